//! Paga Connect's modes: nearly all of its server is unknown, so nearly every answer has one.

use crate::modes::modes;

modes! { "paga-connect";
    /// Whether the server is stricter than Paga's is thought to be, to test clients against: PKCE by S256, rotation, revocation on reuse, parameters once and in the body. Not Paga's.
    rfc9700: Rfc9700 { "off" => Off Assumed, "on" => On Assumed }
    /// Whether the control plane may consent in a user's place, without a browser.
    consent_without_browser: ConsentWithoutBrowser { "off" => Off Assumed, "on" => On Assumed }
    /// Which of Paga's hosts is played: a client id of the other one is unknown here.
    host: HostPlayed { "test" => Test Assumed, "live" => Live Assumed }
    /// What a refresh gives back: the same refresh token, none (the old one stays good), a new one (the old one ends), a refusal, or the answer that there is no such grant type.
    refresh_token: RefreshToken { "kept" => Kept Assumed, "omitted" => Omitted Assumed, "rotated" => Rotated Assumed, "refused" => Refused Assumed, "unsupported" => Unsupported Assumed }
    /// What a refresh does to the access token before it.
    old_access_token: OldAccessToken { "live" => Live Assumed, "dead" => Dead Assumed }
    /// What consenting again gives while an access token lives: the same one, or another.
    consent_again: ConsentAgain { "same_token" => SameToken Assumed, "new_token" => NewToken Assumed }
    /// Where the token call's parameters may stand: in the query (every library), in a form body (the RFC), or in both.
    token_parameters: TokenParameters { "query_or_form" => QueryOrForm Assumed, "query" => Query Assumed, "form" => Form Assumed }
    /// How id and secret may be written in the Basic header: as they are (every library), form-encoded first (the RFC), or both.
    basic: BasicEncoding { "either" => Either Assumed, "raw" => Raw Assumed, "form_encoded" => FormEncoded Assumed }
    /// How the lifetime stands in the token answer.
    expires_in: ExpiresIn { "number" => Number Assumed, "text" => Text Assumed, "absent" => Absent Assumed }
    /// How the token's type stands in the token answer.
    token_type: TokenType { "bearer" => Lower Assumed, "Bearer" => Upper Assumed, "absent" => Absent Assumed }
    /// How `user_data` stands in the token answer.
    user_data: UserDataMember { "text" => Text Assumed, "list" => List Assumed, "absent" => Absent Assumed }
    /// Whether the token answer has a `limitMaximum`, which one integration read, and how.
    limit_maximum: LimitMaximum { "absent" => Absent Assumed, "number" => Number Assumed, "text" => Text Assumed }
    /// The status of the redirect back to the client.
    redirect_status: RedirectStatus { "303" => SeeOther Assumed, "302" => Found Assumed }
    /// What a reference gets that was used before: a refusal, or the first answer again.
    duplicate_reference: DuplicateReference { "rejected" => Rejected Assumed, "replayed" => Replayed Assumed }
    /// The form of a result: wrapped as in the libraries' models (a transfer's is flat), flat or wrapped for all, without the ids of the transaction, an empty body, or a page.
    result: ResultForm { "as_in_models" => AsInModels Assumed, "flat" => Flat Assumed, "wrapped" => Wrapped Assumed, "without_ids" => WithoutIds Assumed, "empty" => Empty Assumed, "html" => Html Assumed }
    /// How a result says that there is no error.
    no_error: NoError { "null" => Null Assumed, "absent" => Absent Assumed, "empty_text" => EmptyText Assumed, "zero_text" => ZeroText Assumed, "zero_number" => ZeroNumber Assumed }
    /// How an error code stands in a result; the codes are the sandbox's own.
    error_code: ErrorCode { "text" => Text Assumed, "number" => Number Assumed }
    /// The HTTP status of a result that is an error.
    failure_status: FailureStatus { "200" => Ok Assumed, "400" => BadRequest Assumed }
    /// Whose money a transfer moves.
    transfer_debits: TransferDebits { "merchant" => Merchant Assumed, "user" => User Assumed }
    /// How the balance stands in the user's details.
    account_balance: AccountBalance { "text" => Text Assumed, "number" => Number Assumed }
    /// The member of the mobile number in the user's details: plainly the sandbox's own, since no model has one, or none.
    mobile_number: MobileNumber { "sandboxMobileNumber" => Sandbox Assumed, "absent" => Absent Assumed }
    /// Whether a path's last value loses what follows its last dot, as such servers once did.
    last_dot: LastDot { "kept" => Kept Assumed, "cut" => Cut Assumed }
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
