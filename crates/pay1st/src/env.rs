//! Settings from the environment.

use crate::builder::Builder;
use crate::environment::Environment;
use pay_core::Error;
use pay_core::provider::Vars;
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
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        let (base_url, checkout_url) = ("PAY1ST_BASE_URL", "PAY1ST_CHECKOUT_URL");
        let environment = match vars.required("PAY1ST_ENVIRONMENT")?.as_str() {
            "provider_test" => Environment::ProviderTest,
            "production" => Environment::Production,
            "local" => {
                Environment::Local { base_url: vars.required(base_url)?, checkout_url: vars.required(checkout_url)? }
            }
            _ => return Err(Error::config("PAY1ST_ENVIRONMENT", "must be `provider_test`, `production` or `local`")),
        };
        let mut builder = Self::default()
            .environment(environment)
            .credentials(vars.required("PAY1ST_API_KEY")?, vars.required("PAY1ST_API_SECRET")?)
            .signing_key(vars.required("PAY1ST_SIGNING_KEY")?);
        if let Some(url) = vars.get(base_url) {
            builder = builder.base_url(url);
        }
        if let Some(url) = vars.get(checkout_url) {
            builder = builder.checkout_url(url);
        }
        if let Some(sign) = vars.chosen("PAY1ST_SIGN_READS", &[("true", true), ("false", false)])? {
            builder = builder.sign_reads(sign);
        }
        if let Some(text) = vars.get("PAY1ST_TOKEN_MAX_AGE") {
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
        for (variable, value) in
            [("PAY1ST_ENVIRONMENT", "prod"), ("PAY1ST_SIGN_READS", "yes"), ("PAY1ST_TOKEN_MAX_AGE", "4m")]
        {
            let error = build(&[(variable, Some(value))]).unwrap_err();
            assert_eq!(error.setting(), Some(variable));
        }
        let error = build(&[("PAY1ST_TOKEN_MAX_AGE", Some("300"))]).unwrap_err();
        assert_eq!(error.setting(), Some("token_max_age"));
    }

    #[test]
    fn addresses_replace_those_of_an_environment() {
        let client = build(&[("PAY1ST_ENVIRONMENT", Some("provider_test"))]).unwrap();
        assert!(format!("{client:?}").contains("http://127.0.0.1:1/pay1st"));
    }
}
