//! Pay Agency's modes: every place where its sources contradict each other or say nothing.

use crate::modes::modes;

modes! { "payagency";
    /// The unit of amounts: main units with decimals, or the smallest unit and no decimals (C1).
    money_unit: MoneyUnit { "major" => Major Documented, "minor" => Minor Documented }
    /// How many letters a country has on cards, hosted pages, APM and payouts (C2).
    country_codes: CountryCodes { "alpha_2" => Alpha2 Documented, "alpha_3" => Alpha3 Documented, "both" => Both Assumed }
    /// Whether amounts in answers are numbers at creation and texts in status calls, or all alike (C3).
    reply_amounts: ReplyAmounts { "as_documented" => AsDocumented Documented, "numbers" => Numbers Assumed, "strings" => Strings Assumed }
    /// What a crypto pay-in answers at first (C4).
    payin_answer: PayinAnswer { "REDIRECT" => Redirect Documented, "PENDING" => Pending Documented }
    /// Whether status words are in capitals.
    status_case: StatusCase { "upper" => Upper Documented, "lower" => Lower Assumed }
    /// Which path serves the payment templates (C5).
    templates_path: TemplatesPath { "sdk" => Sdk Documented, "page" => Page Documented }
    /// Which path serves crypto payment links (C6).
    crypto_link_path: CryptoLinkPath { "sdk" => Sdk Documented, "page" => Page Documented }
    /// Which form of body an estimate takes (C7).
    estimate_body: EstimateBody { "either" => Either Assumed, "plain" => Plain Documented, "sealed" => Sealed Documented }
    /// Which form of body a payment link takes (C8).
    payment_link_body: PaymentLinkBody { "either" => Either Assumed, "plain" => Plain Documented, "sealed" => Sealed Documented }
    /// Which key signs webhooks: a secret of its own, or the encryption key (C9). That it is HMAC-SHA256 is a hypothesis.
    webhook_key: WebhookKey { "secret" => Secret Documented, "encryption_key" => EncryptionKey Documented }
    /// Whether a link must name a template: with a live key only (a test key's is refused), always, or as one likes (C10).
    link_template: LinkTemplate { "by_key" => ByKey Documented, "required" => Required Documented, "optional" => Optional Assumed }
    /// What an amount in a refund does (C11): a refund is always in full.
    refund_amount: RefundAmount { "ignored" => Ignored Assumed, "refused" => Refused Assumed }
    /// Whether crypto amounts in answers are numbers or texts (C13).
    crypto_amounts: CryptoAmounts { "number" => Number Documented, "string" => Text Documented }
    /// Whether a crypto pay-in needs an order id (C14).
    payin_order_id: PayinOrderId { "required" => Required Documented, "optional" => Optional Documented }
    /// How an estimate spells what is required (C17).
    estimate_key: EstimateKey { "amount_requried" => Requried Documented, "amount_required" => Required Documented }
    /// The form of the hosted page's address: as the service gave it, or with a double slash as on the page (C20).
    hosted_url: HostedUrl { "service" => Service Documented, "page" => Page Documented }
    /// Which paths are there: all, or without those that one host answered with "Route not found" (C25).
    routes: Routes { "all" => All Documented, "as_on_one_host" => AsOnOneHost Documented }
    /// How the message about a missing key is worded (C28).
    missing_key_message: MissingKeyMessage { "token" => Token Documented, "secret_key" => SecretKey Documented }
    /// HTTP statuses of errors: by kind, always 400, or always 200 (G1).
    error_status: ErrorStatus { "by_kind" => ByKind Assumed, "400" => Always400 Assumed, "200" => Always200 Assumed }
    /// The HTTP status of a declined or blocked payment (G1).
    declined_status: DeclinedStatus { "200" => Ok Assumed, "400" => BadRequest Assumed }
    /// Whether validation errors carry a list of fields.
    field_errors: FieldErrors { "present" => Present Documented, "absent" => Absent Assumed }
    /// Whether wallets, estimates and templates are served to a test key (G4).
    test_key_reads: TestKeyReads { "served" => Served Assumed, "refused" => Refused Assumed }
    /// The words of `crypto_payment_status` (G6), which no source shows.
    crypto_words: CryptoWords { "upper" => Upper Assumed, "lower" => Lower Assumed, "absent" => Absent Assumed }
    /// What becomes of a crypto pay-in that less came in for than was asked.
    underpaid: Underpaid { "SUCCESS" => Success Assumed, "FAILED" => Failed Assumed }
    /// Whether something is appended to the URL that the payer is sent back to (G7).
    redirect_query: RedirectQuery { "absent" => Absent Assumed, "appended" => Appended Assumed }
    /// What a status call says of a payment whose payer is still on a page.
    open_status: OpenStatus { "PENDING" => Pending Documented, "INIT" => Init Assumed, "REDIRECT" => Redirect Assumed }
    /// What a second call with the same `order_id` gets (G11).
    duplicate_order: DuplicateOrder { "refused" => Refused Assumed, "first" => First Assumed, "accepted" => Accepted Assumed }
    /// What becomes of a card that is not in the sandbox's list.
    other_cards: OtherCards { "success" => Success Assumed, "three_ds" => ThreeDs Assumed, "decline" => Decline Assumed }
    /// What a payout answers at first.
    payout_answer: PayoutAnswer { "SUCCESS" => Success Documented, "PENDING" => Pending Documented }
    /// How a pending payout ends.
    payout_ends: PayoutEnds { "SUCCESS" => Success Documented, "FAILED" => Failed Documented }
    /// Whether payouts send webhooks (G8).
    payout_event: PayoutEvent { "on" => On Assumed, "off" => Off Assumed }
    /// Whether ramps send webhooks (G8).
    ramp_event: RampEvent { "on" => On Assumed, "off" => Off Assumed }
    /// Whether a refund sends a webhook (G8).
    refund_event: RefundEvent { "off" => Off Assumed, "on" => On Assumed }
    /// Whether a chargeback sends a webhook (G8).
    chargeback_event: ChargebackEvent { "off" => Off Assumed, "on" => On Assumed }
    /// Whether the webhook is sent before the payer is sent back, or a second later.
    webhook_timing: WebhookTiming { "before_redirect" => BeforeRedirect Assumed, "after_redirect" => AfterRedirect Assumed }
}
