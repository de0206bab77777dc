//! Which host the calls and the browsers go to.

use pay_core::Error;
use pay_core::provider::BaseUrl;

/// The path of the consent page. No official text spells it out; three third-party integrations agree on it.
const AUTHORIZATION: &str = "/paga-webservices/oauth2/authorization";

/// Where the calls and the users go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// Tests: `https://beta.mypaga.com`. Older libraries of Paga's name `https://qa1.mypaga.com`.
    ProviderTest,
    /// Real money: `https://www.mypaga.com`. Some libraries leave `www.` out.
    Production,
    /// An address of your own: the local sandbox, or what Paga gave you.
    Local {
        /// What stands before `/paga-webservices/...`.
        base_url: String,
    },
}

/// The two checked addresses.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) api: BaseUrl,
    /// The whole address of the consent page.
    pub(crate) authorization: BaseUrl,
}

impl Environment {
    /// The addresses, where ones of the caller's own replace one or both.
    pub(crate) fn hosts(&self, api: Option<&str>, authorization: Option<&str>) -> Result<Hosts, Error> {
        let own = match self {
            Self::ProviderTest => "https://beta.mypaga.com",
            Self::Production => "https://www.mypaga.com",
            Self::Local { base_url } => base_url.as_str(),
        };
        let api = BaseUrl::parse("base_url", api.unwrap_or(own))?;
        if api.as_str().contains("/paga-webservices") {
            return Err(Error::config("base_url", "must not hold /paga-webservices: every path begins with it"));
        }
        let usual = format!("{}{AUTHORIZATION}", api.as_str());
        let authorization = BaseUrl::parse("authorization_url", authorization.unwrap_or(&usual))?;
        Ok(Hosts { api, authorization })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_consent_page_follows_the_host_unless_it_is_given() {
        let hosts = Environment::ProviderTest.hosts(None, None).unwrap();
        assert_eq!(hosts.authorization.as_str(), "https://beta.mypaga.com/paga-webservices/oauth2/authorization");
        let hosts = Environment::Production.hosts(Some("https://mypaga.com/"), None).unwrap();
        assert_eq!(hosts.api.as_str(), "https://mypaga.com");
        assert_eq!(hosts.authorization.as_str(), "https://mypaga.com/paga-webservices/oauth2/authorization");
        let hosts = Environment::Production.hosts(None, Some("https://id.example/consent")).unwrap();
        assert_eq!(hosts.api.as_str(), "https://www.mypaga.com");
        assert_eq!(hosts.authorization.as_str(), "https://id.example/consent");
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for (api, authorization, setting) in [
            (Some("http://beta.mypaga.com"), None, "base_url"),
            (Some("https://beta.mypaga.com/paga-webservices/oauth2"), None, "base_url"),
            (Some("https://u:p@beta.mypaga.com"), None, "base_url"),
            (None, Some("http://beta.mypaga.com/x"), "authorization_url"),
            (None, Some("https://beta.mypaga.com/x?y=1"), "authorization_url"),
        ] {
            assert_eq!(Environment::ProviderTest.hosts(api, authorization).unwrap_err().setting(), Some(setting));
        }
    }
}
