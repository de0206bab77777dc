//! Settings from the environment.

use crate::builder::Builder;
use crate::environment::Environment;
use crate::style::{BasicEncoding, PaymentForm, TokenParameters};
use pay_core::Error;
use pay_core::provider::Vars;

impl Builder {
    /// Reads `PAGA_CONNECT_ENVIRONMENT` (`provider_test`, `production` or `local`), `PAGA_CONNECT_BASE_URL` (required for `local`, and otherwise in the
    /// place of the environment's), `PAGA_CONNECT_CLIENT_ID`, `PAGA_CONNECT_CLIENT_SECRET`, and where they are set
    /// `PAGA_CONNECT_REDIRECT_URI`, `PAGA_CONNECT_AUTHORIZATION_URL`, `PAGA_CONNECT_BASIC_ENCODING` (`raw` or `rfc6749`),
    /// `PAGA_CONNECT_TOKEN_PARAMETERS` (`form` or `query`) and `PAGA_CONNECT_PAYMENT_FORM` (`path`, `path-v3` or `body`).
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        let base_url = "PAGA_CONNECT_BASE_URL";
        let environment = match vars.required("PAGA_CONNECT_ENVIRONMENT")?.as_str() {
            "provider_test" => Environment::ProviderTest,
            "production" => Environment::Production,
            "local" => Environment::Local { base_url: vars.required(base_url)? },
            _ => {
                return Err(Error::config(
                    "PAGA_CONNECT_ENVIRONMENT",
                    "must be `provider_test`, `production` or `local`",
                ));
            }
        };
        let mut builder = Self::default()
            .environment(environment)
            .credentials(vars.required("PAGA_CONNECT_CLIENT_ID")?, vars.required("PAGA_CONNECT_CLIENT_SECRET")?);
        if let Some(url) = vars.get(base_url) {
            builder = builder.base_url(url);
        }
        if let Some(uri) = vars.get("PAGA_CONNECT_REDIRECT_URI") {
            builder = builder.redirect_uri(uri);
        }
        if let Some(url) = vars.get("PAGA_CONNECT_AUTHORIZATION_URL") {
            builder = builder.authorization_url(url);
        }
        if let Some(encoding) = vars.chosen(
            "PAGA_CONNECT_BASIC_ENCODING",
            &[("raw", BasicEncoding::Raw), ("rfc6749", BasicEncoding::Rfc6749)],
        )? {
            builder = builder.basic_encoding(encoding);
        }
        if let Some(parameters) = vars.chosen(
            "PAGA_CONNECT_TOKEN_PARAMETERS",
            &[("form", TokenParameters::Form), ("query", TokenParameters::Query)],
        )? {
            builder = builder.token_parameters(parameters);
        }
        if let Some(form) = vars.chosen(
            "PAGA_CONNECT_PAYMENT_FORM",
            &[("path", PaymentForm::Path), ("path-v3", PaymentForm::PathV3), ("body", PaymentForm::Body)],
        )? {
            builder = builder.payment_form(form);
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [(&str, &str); 4] = [
        ("PAGA_CONNECT_ENVIRONMENT", "local"),
        ("PAGA_CONNECT_BASE_URL", "http://127.0.0.1:1/paga-connect"),
        ("PAGA_CONNECT_CLIENT_ID", "id"),
        ("PAGA_CONNECT_CLIENT_SECRET", "s"),
    ];

    fn build(change: &[(&'static str, Option<&str>)]) -> Result<crate::Client, Error> {
        Builder::from_vars(&Vars::table(&FULL, change))?.build()
    }

    #[test]
    fn a_full_environment_builds_and_every_missing_variable_is_named() {
        assert!(build(&[]).is_ok());
        for (missing, _) in FULL {
            let error = build(&[(missing, None)]).unwrap_err();
            assert_eq!(error.setting(), Some(missing));
        }
    }

    #[test]
    fn typos_are_refused_and_production_is_asked_for_by_name() {
        for (variable, value) in [
            ("PAGA_CONNECT_ENVIRONMENT", "live"),
            ("PAGA_CONNECT_BASIC_ENCODING", "RFC"),
            ("PAGA_CONNECT_TOKEN_PARAMETERS", "body"),
            ("PAGA_CONNECT_PAYMENT_FORM", "v3"),
        ] {
            let error = build(&[(variable, Some(value))]).unwrap_err();
            assert_eq!(error.setting(), Some(variable));
        }
        let error = build(&[("PAGA_CONNECT_REDIRECT_URI", Some("callback"))]).unwrap_err();
        assert_eq!(error.setting(), Some("redirect_uri"));
    }

    #[test]
    fn each_choice_is_taken() {
        for (variable, value, shown) in [
            ("PAGA_CONNECT_ENVIRONMENT", "production", "environment: Production"),
            ("PAGA_CONNECT_ENVIRONMENT", "provider_test", "environment: ProviderTest"),
            ("PAGA_CONNECT_REDIRECT_URI", "https://shop.example/cb", "https://shop.example/cb"),
            ("PAGA_CONNECT_BASIC_ENCODING", "rfc6749", "basic: Rfc6749"),
            ("PAGA_CONNECT_TOKEN_PARAMETERS", "query", "parameters: Query"),
            ("PAGA_CONNECT_PAYMENT_FORM", "path-v3", "payment: PathV3"),
            ("PAGA_CONNECT_PAYMENT_FORM", "body", "payment: Body"),
        ] {
            let client = build(&[(variable, Some(value))]).unwrap();
            assert!(format!("{client:?}").contains(shown), "{client:?}");
        }
    }
}
