//! Pay1st's modes: every place where its documents contradict each other or say nothing.

use crate::modes::modes;

modes! { "pay1st";
    /// The shape of the method list: nested groups, or one flat list (C4).
    methods_shape: MethodsShape { "nested" => Nested Documented, "flat" => Flat Documented }
    /// Whether reads must be signed too, over the timestamp and an empty body (C2).
    signed_reads: SignedReads { "off" => Off Documented, "required" => Required Documented }
    /// What the timestamp is measured against: the request's arrival, or the issue of its access token (C5).
    timestamp_rule: TimestampRule { "request" => Request Documented, "access_token" => AccessToken Documented }
    /// Which clock judges timestamps and stamps webhooks.
    stamps: Stamps { "wall_time" => WallTime Documented, "sandbox_clock" => SandboxClock Assumed }
    /// Whether a media type with parameters (such as a charset) is taken.
    media_type: MediaType { "exact" => Exact Documented, "lenient" => Lenient Assumed }
    /// Whether a refresh needs the Basic header (C6); a wrong one is refused either way.
    refresh_basic: RefreshBasic { "optional" => Optional Documented, "required" => Required Documented }
    /// What becomes of a refresh token once it was used (G1).
    old_refresh_token: OldRefreshToken { "void" => Void Assumed, "valid" => Valid Assumed }
    /// What a refresh does to older access tokens: nothing, spoil the checkout links that hold them, or end them (G2).
    old_access_tokens: OldAccessTokens { "live" => Live Assumed, "dead_in_links" => DeadInLinks Assumed, "dead" => Dead Assumed }
    /// Whether a checkout link with a token that is not percent-encoded is refused, even where it could be read.
    link_escaping: LinkEscaping { "strict" => Strict Documented, "lenient" => Lenient Assumed }
    /// What a second payment with the same `partnerReference` gets (G7).
    duplicate_reference: DuplicateReference { "refused" => Refused Assumed, "first_payment" => FirstPayment Assumed, "second_payment" => SecondPayment Assumed }
    /// Whether `products` and `metadata` may be empty lists (G13).
    empty_lists: EmptyLists { "refused" => Refused Assumed, "accepted" => Accepted Assumed }
    /// Which reference a refund takes: the payment's, the transaction's, or both (C7).
    refund_takes: RefundTakes { "both" => Both Assumed, "payment" => Payment Documented, "transaction" => Transaction Documented }
    /// How a refund is handled.
    refund_handling: RefundHandling { "PSP_API" => PspApi Documented, "PSP_MANUAL" => PspManual Documented, "NO_REFUND" => NoRefund Documented }
    /// How a refund ends.
    refund_ends: RefundEnds { "SUCCESSFUL" => Successful Documented, "FAILED" => Failed Documented, "REJECTED" => Rejected Documented }
    /// The form of a refund's dates.
    refund_dates: RefundDates { "rfc3339" => Rfc3339 Assumed, "zoneless" => Zoneless Assumed }
    /// Whether a refund that succeeds sends a `REFUND` event for its payment (G10).
    refund_event: RefundEvent { "off" => Off Assumed, "on" => On Assumed }
    /// Whether the answer to a query and the event carry a `transactionReference` (G9).
    transaction_reference: TransactionReference { "absent" => Absent Documented, "present" => Present Assumed }
    /// Whether errors carry a `sessionId`; older copies of the page have none.
    session_id: SessionId { "present" => Present Documented, "absent" => Absent Documented }
    /// What paying later is called in the event; the payment itself is `PENDING`.
    pay_later_event: PayLaterEvent { "PENDING" => Pending Documented, "PAY_OFFLINE" => PayOffline Documented }
    /// Whether a new payment sends a `NEW` event.
    new_event: NewEvent { "off" => Off Assumed, "on" => On Assumed }
    /// Whether a retry of a webhook carries a stamp and signature of its own, or those of the first attempt (7.3).
    webhook_retry_stamp: WebhookRetryStamp { "fresh" => Fresh Assumed, "first" => First Assumed }
    /// Whether the event is sent before the customer is sent back, or a second later.
    webhook_timing: WebhookTiming { "before_redirect" => BeforeRedirect Assumed, "after_redirect" => AfterRedirect Assumed }
    /// Where a customer who has paid is sent: to the success URL, or wrongly to the failure URL (7.5).
    paid_redirect: PaidRedirect { "success" => Success Documented, "failure" => Failure Assumed }
    /// Whether the reference is appended to the URL that the customer is sent back to.
    redirect_reference: RedirectReference { "absent" => Absent Assumed, "appended" => Appended Assumed }
}
