//! Settings from the environment.

use crate::builder::Builder;
use crate::rules::AmountUnit;
use pay_core::Error;
use pay_core::provider::Vars;

impl Builder {
    /// Reads `PAYAGENCY_ENVIRONMENT` (`provider_test`, `production` or `local`), `PAYAGENCY_BASE_URL` (required for `local`, and
    /// taken wherever it is set), `PAYAGENCY_SECRET_KEY`, `PAYAGENCY_ENCRYPTION_KEY`, and `PAYAGENCY_AMOUNTS` (`major` or `minor`),
    /// which a live key needs.
    ///
    /// # Errors
    /// `Kind::Config`, naming the variable that is missing or wrong. Production is never a default, and a key of another
    /// environment than the one that is named is refused.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_vars(&Vars::of_process())
    }

    fn from_vars(vars: &Vars) -> Result<Self, Error> {
        let mut builder = match vars.required("PAYAGENCY_ENVIRONMENT")?.as_str() {
            "provider_test" => Self::default().provider_test(),
            "production" => Self::default().production(),
            "local" => Self::default().local(vars.required("PAYAGENCY_BASE_URL")?),
            _ => {
                return Err(Error::config("PAYAGENCY_ENVIRONMENT", "must be `provider_test`, `production` or `local`"));
            }
        };
        if let Some(url) = vars.get("PAYAGENCY_BASE_URL") {
            builder = builder.local(url);
        }
        builder =
            builder.credentials(vars.required("PAYAGENCY_SECRET_KEY")?, vars.required("PAYAGENCY_ENCRYPTION_KEY")?);
        let units = [("major", AmountUnit::Major), ("minor", AmountUnit::Minor)];
        Ok(match vars.chosen("PAYAGENCY_AMOUNTS", &units)? {
            Some(unit) => builder.amounts(unit),
            None => builder,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Environment;

    const FULL: [(&str, &str); 4] = [
        ("PAYAGENCY_ENVIRONMENT", "local"),
        ("PAYAGENCY_BASE_URL", "http://127.0.0.1:1/payagency"),
        ("PAYAGENCY_SECRET_KEY", "PA_TEST_0"),
        ("PAYAGENCY_ENCRYPTION_KEY", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
    ];

    fn build(change: &[(&'static str, Option<&str>)]) -> Result<crate::Client, Error> {
        Builder::from_vars(&Vars::table(&FULL, change))?.build()
    }

    #[test]
    fn a_full_environment_builds() {
        assert_eq!(build(&[]).unwrap().environment(), Environment::ProviderTest);
        let live = [("PAYAGENCY_SECRET_KEY", Some("PA_LIVE_0")), ("PAYAGENCY_AMOUNTS", Some("major"))];
        assert_eq!(build(&live).unwrap().amounts(), Some(AmountUnit::Major));
    }

    #[test]
    fn every_missing_variable_is_named() {
        for (missing, _) in FULL {
            assert_eq!(build(&[(missing, None)]).unwrap_err().setting(), Some(missing));
        }
    }

    #[test]
    fn contradictions_and_typos_are_refused() {
        for (change, setting) in [
            (("PAYAGENCY_ENVIRONMENT", Some("prod")), "PAYAGENCY_ENVIRONMENT"),
            (("PAYAGENCY_ENVIRONMENT", Some("production")), "secret_key"),
            (("PAYAGENCY_AMOUNTS", Some("cents")), "PAYAGENCY_AMOUNTS"),
            (("PAYAGENCY_SECRET_KEY", Some("PA_LIVE_0")), "amounts"),
            (("PAYAGENCY_SECRET_KEY", Some("sk_0")), "secret_key"),
            (("PAYAGENCY_ENCRYPTION_KEY", Some("short")), "encryption_key"),
        ] {
            assert_eq!(build(&[change]).unwrap_err().setting(), Some(setting), "{change:?}");
        }
    }
}
