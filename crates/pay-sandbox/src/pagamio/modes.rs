//! Pagamio's modes: every place where its documents contradict each other or say nothing.

use crate::modes::modes;

modes! { "pagamio";
    /// Where the token stands in the token answer: `data.token` or a top-level `accessToken`.
    token_shape: TokenShape { "data_token" => DataToken Documented, "access_token" => AccessToken Documented }
    /// Whether the token answer carries a refresh token.
    refresh_token: RefreshToken { "on" => On Documented, "off" => Off Documented }
    /// Whether the token answer carries `expiresIn`.
    expires_in: ExpiresIn { "present" => Present Documented, "absent" => Absent Assumed }
    /// What becomes of a refresh token once it was used.
    old_refresh_token: OldRefreshToken { "void" => Void Assumed, "valid" => Valid Assumed }
    /// The unit of `receipt.amount`.
    receipt_amount: ReceiptAmount { "cents" => Cents Documented, "rand" => Rand Documented }
    /// Whether response codes are texts or numbers.
    response_code: ResponseCode { "string" => Text Documented, "number" => Number Documented }
    /// The shape of a successful purchase answer: fields at the top, or inside `data` beside `success`.
    purchase_answer: PurchaseAnswer { "flat" => Flat Documented, "nested" => Nested Documented }
    /// The shape of the answer to a purchase that is still pending; no document shows one.
    pending_answer: PendingAnswer { "code_1" => Code1 Assumed, "code_0" => Code0 Assumed, "status_object" => StatusObject Assumed }
    /// What a repeated purchase answers once the pending original has settled.
    replay_answer: ReplayAnswer { "current" => Current Assumed, "first" => First Assumed }
    /// The HTTP status of a business failure.
    failure_status: FailureStatus { "200" => Ok Documented, "400" => BadRequest Documented }
    /// The HTTP status of code 1009.
    not_available_status: NotAvailableStatus { "200" => Ok Documented, "403" => Forbidden Documented }
    /// The envelope of a business failure.
    error_envelope: ErrorEnvelope { "A" => A Documented, "B" => B Documented, "C" => C Documented, "D" => D Documented }
    /// The method that read endpoints accept.
    reads: Reads { "get" => Get Documented, "post" => Post Documented }
    /// The method that the transaction history accepts; one page uses GET, all others POST.
    transactions_method: TransactionsMethod { "post" => Post Documented, "get" => Get Documented }
    /// Where the parameters of the transaction history stand.
    transactions_parameters: TransactionsParameters { "query" => Query Documented, "body" => Body Assumed }
    /// The form of product, brand and provider ids.
    ids: Ids { "as_documented" => AsDocumented Documented, "numbers" => Numbers Assumed, "strings" => Strings Assumed }
    /// Where receipt field paths start: at the receipt, at the whole answer, or differing by category as documented.
    receipt_fields: ReceiptFields { "as_documented" => AsDocumented Documented, "unrooted" => Unrooted Documented, "rooted" => Rooted Documented }
    /// The number of the first page of the transaction history.
    page_base: PageBase { "0" => Zero Documented, "1" => One Documented }
    /// Whether the transaction history honours `transactionId` and `merchantReference`.
    transaction_filter: TransactionFilter { "ignored" => Ignored Assumed, "honoured" => Honoured Assumed }
    /// Whether a transaction record carries `merchantReference`.
    record_reference: RecordReference { "absent" => Absent Documented, "present" => Present Assumed }
    /// Whether a transaction record carries the receipt.
    record_receipt: RecordReceipt { "absent" => Absent Documented, "present" => Present Documented }
    /// Whether the documented rate limits are enforced.
    rate_limits: RateLimits { "on" => On Documented, "off" => Off Assumed }
    /// The format of timestamps; offset-less ones are South African time, which is assumed.
    timestamps: Timestamps { "as_documented" => AsDocumented Documented, "nanoseconds" => Nanoseconds Documented, "microseconds" => Microseconds Documented, "milliseconds_z" => MillisecondsZ Documented, "slashed" => Slashed Documented }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_name_the_mode() {
        let mut modes = Modes::default();
        let wrong = modes.set("reads", "put").unwrap_err().to_string();
        assert_eq!(wrong, "pagamio.reads: not one of get, post");
        let wrong = modes.set("raeds", "get").unwrap_err().to_string();
        assert_eq!(wrong, "pagamio.raeds: no such mode");
    }
}
