//! Settings from the environment.

use crate::builder::Builder;
use crate::environment::Environment;
use http::Method;
use pay_core::Error;
use pay_core::provider::Vars;

impl Builder {
    /// Reads `PAGFAST_ENVIRONMENT` (`assumed_provider_test`, `provider_test`, `production` or `local`), `PAGFAST_BASE_URL` (the API root; required for
    /// all but `assumed_provider_test`), `PAGFAST_ACCESS_KEY`, `PAGFAST_SECRET`, and where they are set `PAGFAST_COMPANY_ACCESS_KEY` with
    /// `PAGFAST_COMPANY_SECRET`, `PAGFAST_SERVICE_PREFIX`, `PAGFAST_SIMULATION_PREFIX`, `PAGFAST_SIMULATE_PIX_METHOD` (`PUT` or `POST`),
    /// `PAGFAST_TOKEN_PATH`, `PAGFAST_TOKEN_FIELDS` (two names with a comma between) and `PAGFAST_TOKEN_MEMBER`.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        let base_url = || vars.required("PAGFAST_BASE_URL");
        let environment = match vars.required("PAGFAST_ENVIRONMENT")?.as_str() {
            "assumed_provider_test" if vars.get("PAGFAST_BASE_URL").is_some() => {
                let why =
                    "has no meaning for `assumed_provider_test`: say `provider_test` where PagFast gave you an address";
                return Err(Error::config("PAGFAST_BASE_URL", why));
            }
            "assumed_provider_test" => Environment::AssumedProviderTest,
            "provider_test" => Environment::ProviderTest { base_url: base_url()? },
            "production" => Environment::Production { base_url: base_url()? },
            "local" => Environment::Local { base_url: base_url()? },
            _ => {
                let why = "must be `assumed_provider_test`, `provider_test`, `production` or `local`";
                return Err(Error::config("PAGFAST_ENVIRONMENT", why));
            }
        };
        let mut builder = Self::default()
            .environment(environment)
            .credentials(vars.required("PAGFAST_ACCESS_KEY")?, vars.required("PAGFAST_SECRET")?);
        match (vars.get("PAGFAST_COMPANY_ACCESS_KEY"), vars.get("PAGFAST_COMPANY_SECRET")) {
            (Some(key), Some(secret)) => builder = builder.company_credentials(key, secret),
            (Some(_), None) => return Err(Error::config("PAGFAST_COMPANY_SECRET", "is not set in the environment")),
            (None, Some(_)) => {
                return Err(Error::config("PAGFAST_COMPANY_ACCESS_KEY", "is not set in the environment"));
            }
            (None, None) => {}
        }
        if let Some(text) = vars.get("PAGFAST_SERVICE_PREFIX") {
            builder = builder.service_prefix(text);
        }
        if let Some(text) = vars.get("PAGFAST_SIMULATION_PREFIX") {
            builder = builder.simulation_prefix(text);
        }
        let methods = [("PUT", Method::PUT), ("POST", Method::POST)];
        if let Some(method) = vars.chosen("PAGFAST_SIMULATE_PIX_METHOD", &methods)? {
            builder = builder.simulate_pix_method(method);
        }
        if let Some(path) = vars.get("PAGFAST_TOKEN_PATH") {
            builder = builder.token_path(path);
        }
        if let Some(names) = vars.get("PAGFAST_TOKEN_FIELDS") {
            let wrong = || Error::config("PAGFAST_TOKEN_FIELDS", "must be two names with a comma between");
            let (key, secret) = names.split_once(',').ok_or_else(wrong)?;
            builder = builder.token_fields(key.trim(), secret.trim());
        }
        if let Some(path) = vars.get("PAGFAST_TOKEN_MEMBER") {
            builder = builder.token_member(path);
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [(&str, &str); 4] = [
        ("PAGFAST_ENVIRONMENT", "local"),
        ("PAGFAST_BASE_URL", "http://127.0.0.1:1/pagfast/v1"),
        ("PAGFAST_ACCESS_KEY", "k"),
        ("PAGFAST_SECRET", "s"),
    ];

    fn build(change: &[(&'static str, Option<&str>)]) -> Result<crate::Client, Error> {
        Builder::from_vars(&Vars::table(&FULL, change))?.build()
    }

    fn with(variable: &'static str, value: &'static str) -> Result<crate::Client, Error> {
        build(&[(variable, Some(value))])
    }

    #[test]
    fn a_full_environment_builds() {
        assert!(build(&[]).is_ok());
        for environment in ["provider_test", "local"] {
            assert!(with("PAGFAST_ENVIRONMENT", environment).is_ok());
        }
        let assumed = build(&[("PAGFAST_ENVIRONMENT", Some("assumed_provider_test")), ("PAGFAST_BASE_URL", None)]);
        assert!(format!("{:?}", assumed.unwrap()).contains("https://api.sandbox.pagfast.com/v1"));
    }

    #[test]
    fn every_missing_variable_is_named() {
        for (missing, _) in FULL {
            let error = build(&[(missing, None)]).unwrap_err();
            assert_eq!(error.setting(), Some(missing));
        }
        for (given, missing) in [
            ("PAGFAST_COMPANY_ACCESS_KEY", "PAGFAST_COMPANY_SECRET"),
            ("PAGFAST_COMPANY_SECRET", "PAGFAST_COMPANY_ACCESS_KEY"),
        ] {
            assert_eq!(with(given, "x").unwrap_err().setting(), Some(missing));
        }
    }

    #[test]
    fn production_is_asked_for_by_name_and_typos_are_refused() {
        for (variable, value) in [
            ("PAGFAST_ENVIRONMENT", "prod"),
            ("PAGFAST_SIMULATE_PIX_METHOD", "put"),
            ("PAGFAST_TOKEN_FIELDS", "accessKey"),
        ] {
            assert_eq!(with(variable, value).unwrap_err().setting(), Some(variable));
        }
        for (variable, value, setting) in [
            ("PAGFAST_SERVICE_PREFIX", "partners-int", "service_prefix"),
            ("PAGFAST_SIMULATION_PREFIX", "/a b", "simulation_prefix"),
            ("PAGFAST_TOKEN_PATH", "login", "token_path"),
            ("PAGFAST_TOKEN_FIELDS", "a,a", "token_fields"),
            ("PAGFAST_TOKEN_MEMBER", "data..token", "token_member"),
            ("PAGFAST_SECRET", " ", "secret"),
        ] {
            assert_eq!(with(variable, value).unwrap_err().setting(), Some(setting), "{variable}");
        }
        // An address beside the preset would be ignored silently.
        assert_eq!(
            with("PAGFAST_ENVIRONMENT", "assumed_provider_test").unwrap_err().setting(),
            Some("PAGFAST_BASE_URL")
        );
    }
}
