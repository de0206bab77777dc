//! Settings from the environment.

use crate::account::{Account, Environment};
use crate::builder::Builder;
use crate::style::{ReadMethod, TransactionsStyle};
use pay_core::Error;

impl Builder {
    /// Reads `PAGAMIO_ENVIRONMENT` (`provider_test`, `production` or `local`), `PAGAMIO_BASE_URL` (for `local`),
    /// `PAGAMIO_USERNAME`, `PAGAMIO_PASSWORD`, `PAGAMIO_MERCHANT_ID` or `PAGAMIO_SUB_MERCHANT_ID`,
    /// `PAGAMIO_CHANNEL_ID`, and where they are set `PAGAMIO_USER_TYPE_ID`, `PAGAMIO_READ_METHOD` (`get` or `post`) and
    /// `PAGAMIO_TRANSACTIONS_STYLE` (`post_query`, `get_query` or `post_json`).
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    fn from_vars(var: impl Fn(&'static str) -> Option<String>) -> Result<Self, Error> {
        let required = |name| var(name).ok_or_else(|| Error::config(name, "is not set in the environment"));
        let environment = match required("PAGAMIO_ENVIRONMENT")?.as_str() {
            "provider_test" => Environment::ProviderTest,
            "production" => Environment::Production,
            "local" => Environment::Local(required("PAGAMIO_BASE_URL")?),
            _ => return Err(Error::config("PAGAMIO_ENVIRONMENT", "must be `provider_test`, `production` or `local`")),
        };
        let account = match (var("PAGAMIO_MERCHANT_ID"), var("PAGAMIO_SUB_MERCHANT_ID")) {
            (Some(id), None) => Account::Merchant(id),
            (None, Some(id)) => Account::SubMerchant(id),
            (Some(_), Some(_)) => {
                return Err(Error::config("PAGAMIO_MERCHANT_ID", "must not be set beside PAGAMIO_SUB_MERCHANT_ID"));
            }
            (None, None) => {
                return Err(Error::config(
                    "PAGAMIO_MERCHANT_ID",
                    "is not set in the environment, nor is PAGAMIO_SUB_MERCHANT_ID",
                ));
            }
        };
        let mut builder = Self::default()
            .environment(environment)
            .credentials(required("PAGAMIO_USERNAME")?, required("PAGAMIO_PASSWORD")?)
            .account(account)
            .channel(required("PAGAMIO_CHANNEL_ID")?);
        if let Some(id) = var("PAGAMIO_USER_TYPE_ID") {
            builder = builder.user_type_id(id);
        }
        if let Some(name) = var("PAGAMIO_READ_METHOD") {
            let wrong = || Error::config("PAGAMIO_READ_METHOD", "must be `get` or `post`");
            builder = builder.read_method(ReadMethod::named(&name).ok_or_else(wrong)?);
        }
        if let Some(name) = var("PAGAMIO_TRANSACTIONS_STYLE") {
            let wrong =
                || Error::config("PAGAMIO_TRANSACTIONS_STYLE", "must be `post_query`, `get_query` or `post_json`");
            builder = builder.transactions_style(TransactionsStyle::named(&name).ok_or_else(wrong)?);
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [(&str, &str); 6] = [
        ("PAGAMIO_ENVIRONMENT", "local"),
        ("PAGAMIO_BASE_URL", "http://127.0.0.1:1/api/v1"),
        ("PAGAMIO_USERNAME", "u"),
        ("PAGAMIO_PASSWORD", "p"),
        ("PAGAMIO_MERCHANT_ID", "m"),
        ("PAGAMIO_CHANNEL_ID", "c"),
    ];

    fn build(change: impl Fn(&str) -> Option<Option<&'static str>>) -> Result<crate::Client, Error> {
        let var = |name: &'static str| match change(name) {
            Some(value) => value.map(str::to_owned),
            None => FULL.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
        };
        Builder::from_vars(var)?.build()
    }

    #[test]
    fn a_full_environment_builds() {
        assert!(build(|_| None).is_ok());
    }

    #[test]
    fn every_missing_variable_is_named() {
        for (missing, _) in FULL {
            let error = build(|name| (name == missing).then_some(None)).unwrap_err();
            assert_eq!(error.setting(), Some(missing));
        }
    }

    #[test]
    fn production_is_asked_for_by_name_and_typos_are_refused() {
        let error = build(|name| (name == "PAGAMIO_ENVIRONMENT").then_some(Some("prod"))).unwrap_err();
        assert_eq!(error.setting(), Some("PAGAMIO_ENVIRONMENT"));
        for setting in ["PAGAMIO_READ_METHOD", "PAGAMIO_TRANSACTIONS_STYLE"] {
            let error = build(|name| (name == setting).then_some(Some("put"))).unwrap_err();
            assert_eq!(error.setting(), Some(setting));
        }
        let error = build(|name| (name == "PAGAMIO_SUB_MERCHANT_ID").then_some(Some("s"))).unwrap_err();
        assert_eq!(error.setting(), Some("PAGAMIO_MERCHANT_ID"));
    }
}
