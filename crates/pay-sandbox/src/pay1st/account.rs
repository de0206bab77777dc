//! The partner of this sandbox: fixtures, worthless anywhere else.

pub(super) const API_KEY: &str = "sandbox-pay1st-api-key";
pub(super) const API_SECRET: &str = "sandbox-pay1st-api-secret";
/// 43 characters of base64url, like the documented example: a client that decodes it signs wrongly.
pub(super) const SIGNING_KEY: &str = "c2FuZGJveF9QYXkxc3Rfc2lnbmluZ19rZXlfMDAwMDE";
pub(super) const PARTNER_ID: i64 = 9001;
pub(super) const PARTNER_CODE: &str = "SANDBOX";
/// What the hosted page calls the merchant.
pub(super) const PARTNER_NAME: &str = "Sandbox Games";
