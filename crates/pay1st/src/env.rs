//! Settings from the environment.

use crate::builder::Builder;
use crate::environment::Environment;
use pay_core::Error;
use std::time::Duration;

impl Builder {
    /// Reads `PAY1ST_ENVIRONMENT` (`provider_test`, `production` or `local`), `PAY1ST_BASE_URL` and `PAY1ST_CHECKOUT_URL` (required
    /// for `local`, and otherwise in the place of the environment's), `PAY1ST_API_KEY`, `PAY1ST_API_SECRET`,
    /// `PAY1ST_SIGNING_KEY`, and where they are set `PAY1ST_SIGN_READS` (`true` or `false`) and `PAY1ST_TOKEN_MAX_AGE` (whole
    /// seconds).
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(|name| std::env::var(name).ok())
    }

    fn from_vars(var: impl Fn(&'static str) -> Option<String>) -> Result<Self, Error> {
        let required = |name| var(name).ok_or_else(|| Error::config(name, "is not set in the environment"));
        let (base_url, checkout_url) = ("PAY1ST_BASE_URL", "PAY1ST_CHECKOUT_URL");
        let environment = match required("PAY1ST_ENVIRONMENT")?.as_str() {
            "provider_test" => Environment::ProviderTest,
            "production" => Environment::Production,
            "local" => Environment::Local { base_url: required(base_url)?, checkout_url: required(checkout_url)? },
            _ => return Err(Error::config("PAY1ST_ENVIRONMENT", "must be `provider_test`, `production` or `local`")),
        };
        let mut builder = Self::default()
            .environment(environment)
            .credentials(required("PAY1ST_API_KEY")?, required("PAY1ST_API_SECRET")?)
            .signing_key(required("PAY1ST_SIGNING_KEY")?);
        if let Some(url) = var(base_url) {
            builder = builder.base_url(url);
        }
        if let Some(url) = var(checkout_url) {
            builder = builder.checkout_url(url);
        }
        if let Some(text) = var("PAY1ST_SIGN_READS") {
            let wrong = |_| Error::config("PAY1ST_SIGN_READS", "must be `true` or `false`");
            builder = builder.sign_reads(text.parse().map_err(wrong)?);
        }
        if let Some(text) = var("PAY1ST_TOKEN_MAX_AGE") {
            let wrong = |_| Error::config("PAY1ST_TOKEN_MAX_AGE", "must be whole seconds");
            builder = builder.token_max_age(Duration::from_secs(text.parse().map_err(wrong)?));
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [(&str, &str); 6] = [
        ("PAY1ST_ENVIRONMENT", "local"),
        ("PAY1ST_BASE_URL", "http://127.0.0.1:1/pay1st"),
        ("PAY1ST_CHECKOUT_URL", "http://127.0.0.1:1/pay1st"),
        ("PAY1ST_API_KEY", "k"),
        ("PAY1ST_API_SECRET", "s"),
        ("PAY1ST_SIGNING_KEY", "sign"),
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
        for (variable, value) in
            [("PAY1ST_ENVIRONMENT", "prod"), ("PAY1ST_SIGN_READS", "yes"), ("PAY1ST_TOKEN_MAX_AGE", "4m")]
        {
            let error = build(|name| (name == variable).then_some(Some(value))).unwrap_err();
            assert_eq!(error.setting(), Some(variable));
        }
        let error = build(|name| (name == "PAY1ST_TOKEN_MAX_AGE").then_some(Some("300"))).unwrap_err();
        assert_eq!(error.setting(), Some("token_max_age"));
    }

    #[test]
    fn addresses_replace_those_of_an_environment() {
        let client = build(|name| (name == "PAY1ST_ENVIRONMENT").then_some(Some("provider_test"))).unwrap();
        assert!(format!("{client:?}").contains("http://127.0.0.1:1/pay1st"));
    }
}
