//! Settings from the environment.

use crate::account::{Account, Environment};
use crate::builder::Builder;
use crate::style::{ReadMethod, TransactionsStyle};
use pay_core::Error;
use pay_core::provider::Vars;

impl Builder {
    /// Reads `PAGAMIO_ENVIRONMENT` (`provider_test`, `production` or `local`), `PAGAMIO_BASE_URL` (for `local`),
    /// `PAGAMIO_USERNAME`, `PAGAMIO_PASSWORD`, `PAGAMIO_MERCHANT_ID` or `PAGAMIO_SUB_MERCHANT_ID`,
    /// `PAGAMIO_CHANNEL_ID`, and where they are set `PAGAMIO_USER_TYPE_ID`, `PAGAMIO_READ_METHOD` (`get` or `post`) and
    /// `PAGAMIO_TRANSACTIONS_STYLE` (`post_query`, `get_query` or `post_json`).
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        let environment = match vars.required("PAGAMIO_ENVIRONMENT")?.as_str() {
            "provider_test" => Environment::ProviderTest,
            "production" => Environment::Production,
            "local" => Environment::Local(vars.required("PAGAMIO_BASE_URL")?),
            _ => return Err(Error::config("PAGAMIO_ENVIRONMENT", "must be `provider_test`, `production` or `local`")),
        };
        let account = match (vars.get("PAGAMIO_MERCHANT_ID"), vars.get("PAGAMIO_SUB_MERCHANT_ID")) {
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
            .credentials(vars.required("PAGAMIO_USERNAME")?, vars.required("PAGAMIO_PASSWORD")?)
            .account(account)
            .channel(vars.required("PAGAMIO_CHANNEL_ID")?);
        if let Some(id) = vars.get("PAGAMIO_USER_TYPE_ID") {
            builder = builder.user_type_id(id);
        }
        let methods = [("get", ReadMethod::Get), ("post", ReadMethod::Post)];
        if let Some(method) = vars.chosen("PAGAMIO_READ_METHOD", &methods)? {
            builder = builder.read_method(method);
        }
        let styles = [
            ("post_query", TransactionsStyle::PostQuery),
            ("get_query", TransactionsStyle::GetQuery),
            ("post_json", TransactionsStyle::PostJson),
        ];
        if let Some(style) = vars.chosen("PAGAMIO_TRANSACTIONS_STYLE", &styles)? {
            builder = builder.transactions_style(style);
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

    fn build(change: &[(&'static str, Option<&str>)]) -> Result<crate::Client, Error> {
        Builder::from_vars(&Vars::table(&FULL, change))?.build()
    }

    #[test]
    fn a_full_environment_builds() {
        assert!(build(&[]).is_ok());
    }

    #[test]
    fn every_missing_variable_is_named() {
        for (missing, _) in FULL {
            let error = build(&[(missing, None)]).unwrap_err();
            assert_eq!(error.setting(), Some(missing));
        }
    }

    #[test]
    fn production_is_asked_for_by_name_and_typos_are_refused() {
        let error = build(&[("PAGAMIO_ENVIRONMENT", Some("prod"))]).unwrap_err();
        assert_eq!(error.setting(), Some("PAGAMIO_ENVIRONMENT"));
        for setting in ["PAGAMIO_READ_METHOD", "PAGAMIO_TRANSACTIONS_STYLE"] {
            let error = build(&[(setting, Some("put"))]).unwrap_err();
            assert_eq!(error.setting(), Some(setting));
        }
        let error = build(&[("PAGAMIO_SUB_MERCHANT_ID", Some("s"))]).unwrap_err();
        assert_eq!(error.setting(), Some("PAGAMIO_MERCHANT_ID"));
    }
}
