//! PagFast's modes: switches for what its documents leave open or contradict. C and G are contradictions and gaps of the facts.

crate::modes::modes! { "pagfast";
    #[doc = "Whether this is the provider's sandbox with its simulators, or production without them."]
    environment: Environment { "sandbox" => Sandbox Documented, "production" => Production Assumed }
    #[doc = "Whether `/partners-int` stands before the merchant's endpoints; before receivers it always does (C1)."]
    service_prefix: ServicePrefix { "partners_int" => PartnersInt Assumed, "absent" => Absent Assumed }
    #[doc = "Where `/sandbox/...` hangs: below the service prefix, or right below the root (G17)."]
    simulation_prefix: SimulationPrefix { "service" => Service Assumed, "root" => Root Assumed }
    #[doc = "Which methods complete a simulation: either, or only the documented one of each (C8)."]
    simulation_method: SimulationMethod { "either" => Either Assumed, "documented" => Documented Documented }
    #[doc = "The shape of the token answer; the last three are names of a member."]
    login_answer: LoginAnswer {
        "text" => Text Assumed, "json_text" => JsonText Assumed, "data" => Data Assumed, "data_token" => DataToken Assumed,
        "token" => Token Assumed, "accessToken" => AccessToken Assumed, "access_token" => AccessTokenSnake Assumed,
    }
    #[doc = "The HTTP status of the token answer."]
    login_status: LoginStatus { "201" => Created Assumed, "200" => Ok Assumed }
    #[doc = "HTTP statuses of errors: by kind, always 400, or always 200 (G14)."]
    error_status: ErrorStatus { "by_kind" => ByKind Assumed, "400" => Always400 Assumed, "200" => Always200 Assumed }
    #[doc = "Whether `details` of an error is an object, a list, or as each documented example has it (C5)."]
    error_details: ErrorDetails { "as_documented" => AsDocumented Documented, "object" => Object Assumed, "list" => List Assumed }
    #[doc = "The shape of the answer to a Pix deposit or withdrawal: `data.transaction.id`, `data.transactionId`, or no id at all (G3)."]
    creation_answer: CreationAnswer { "transaction" => Transaction Assumed, "transaction_id" => TransactionId Assumed, "no_id" => NoId Assumed }
    #[doc = "The HTTP status of the answer to a Pix deposit or withdrawal."]
    creation_status: CreationStatus { "201" => Created Assumed, "200" => Ok Assumed }
    #[doc = "Whether a new transaction is registered with the banks at once, or by the control plane."]
    registration: Registration { "at_once" => AtOnce Assumed, "by_hand" => ByHand Assumed }
    #[doc = "What a second request with the same order id gets (G12)."]
    duplicate_order_id: DuplicateOrderId { "allow" => Allow Assumed, "refuse" => Refuse Assumed, "first" => First Assumed }
    #[doc = "Whether a withdrawal must have an order id (C2)."]
    withdrawal_order_id: WithdrawalOrderId { "optional" => Optional Documented, "required" => Required Assumed }
    #[doc = "Which types of Pix keys are taken: the documented four, or any text (C9)."]
    key_types: KeyTypes { "documented" => Documented Documented, "any" => Any Assumed }
    #[doc = "When a Pix key that is not the recipient's is found out: on the request, or later, as `Error`."]
    key_check: KeyCheck { "on_request" => OnRequest Assumed, "later" => Later Assumed }
    #[doc = "Whether a CPF whose check digits are wrong is refused on a request."]
    cpf_check_digits: CpfCheckDigits { "ignored" => Ignored Assumed, "checked" => Checked Assumed }
    #[doc = "What a simulator answers when the webhook URL cannot be called."]
    webhook_unreachable: WebhookUnreachable { "404" => NotFound Documented, "500" => ServerError Documented }
    #[doc = "Where such an answer leaves the transaction (G19)."]
    unreachable_leaves: UnreachableLeaves { "completed" => Completed Assumed, "registered" => Registered Assumed }
    #[doc = "What `id` of a webhook is: the transaction's, as in the samples, or the event's own, as in the table (C4)."]
    webhook_id: WebhookId { "transaction" => Transaction Documented, "event" => Event Documented }
    #[doc = "The form of `X-Webhook-Signature`: with its prefix, with spaces after commas too, or without prefix (C10)."]
    signature_form: SignatureForm { "prefixed" => Prefixed Documented, "spaced" => Spaced Documented, "bare" => Bare Assumed }
    #[doc = "Which clock stamps webhooks."]
    stamps: Stamps { "wall_time" => WallTime Documented, "sandbox_clock" => SandboxClock Assumed }
    #[doc = "Whether the webhook is sent before the payer is sent back from a page, or a second later."]
    webhook_timing: WebhookTiming { "before_redirect" => BeforeRedirect Assumed, "after_redirect" => AfterRedirect Assumed }
    #[doc = "Whether something is appended to the URL that the payer is sent back to."]
    redirect_query: RedirectQuery { "absent" => Absent Assumed, "appended" => Appended Assumed }
    #[doc = "The form of amounts in answers and webhooks: texts of six or two decimals, or JSON numbers."]
    amounts: Amounts { "six_decimals" => SixDecimals Documented, "two_decimals" => TwoDecimals Assumed, "numbers" => Numbers Assumed }
    #[doc = "What `stateErrorCause` holds after an error: a text, or an object (G10)."]
    error_cause: ErrorCause { "text" => Text Assumed, "object" => Object Assumed }
    #[doc = "Whether a deposit that was refused and refunded has `stateRefundDate` beside `stateErrorDate` (C13)."]
    refund_date: RefundDate { "absent" => Absent Assumed, "present" => Present Assumed }
    #[doc = "The form of list items: today's, or that of v2.0.2 with `externalResourceId` and `category` (C14)."]
    list_items: ListItems { "current" => Current Documented, "v2_0_2" => V202 Documented }
    #[doc = "Which page sizes the list takes: 5, 10 and 20, or any up to 100 (C3)."]
    page_sizes: PageSizes { "documented" => Documented Documented, "any" => Any Assumed }
    #[doc = "Whether the look-ups find Open Finance deposits too."]
    open_finance_lookup: OpenFinanceLookup { "found" => Found Assumed, "not_found" => NotFound Assumed }
    #[doc = "Whether a transaction's answer says how its last webhook went, in words of ours."]
    delivery_status: DeliveryStatus { "present" => Present Assumed, "absent" => Absent Assumed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_can_be_set_and_is_described() {
        let mut modes = Modes::default();
        for mode in modes.describe() {
            assert_eq!(mode.value, mode.default, "{}", mode.name);
            assert!(mode.about.ends_with('.'), "{}", mode.name);
            for value in &mode.allowed {
                modes.set(mode.name, value.value).unwrap();
                let now = modes.describe();
                let now = now.iter().find(|now| now.name == mode.name).unwrap();
                assert_eq!(now.value, value.value);
            }
        }
    }
}
