//! Which hosts the calls and the customers go to.

use pay_core::Error;
use pay_core::provider::BaseUrl;

/// Where the calls and the customers go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// Staging: `https://api-gateway.platform.stage.carry1st.com`, checkout at `https://pay.stage.carry1st.com`.
    ProviderTest,
    /// Real money: `https://api-gateway.carry1st.com`, checkout at `https://pay.carry1st.com`.
    Production,
    /// Addresses of your own: the local sandbox, or what Carry1st gave you.
    Local {
        /// What stands before `/api/pay1st/...`.
        base_url: String,
        /// What stands before `/checkout`.
        checkout_url: String,
    },
}

/// The two checked base URLs.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    pub(crate) api: BaseUrl,
    pub(crate) checkout: BaseUrl,
}

impl Environment {
    /// The hosts, where an address of the caller's own replaces one or both.
    pub(crate) fn hosts(&self, api: Option<&str>, checkout: Option<&str>) -> Result<Hosts, Error> {
        // Which placeholder of the pages is which host is our reading; `/reference/staging-environment` lists them.
        let (own_api, own_checkout) = match self {
            Self::ProviderTest => ("https://api-gateway.platform.stage.carry1st.com", "https://pay.stage.carry1st.com"),
            Self::Production => ("https://api-gateway.carry1st.com", "https://pay.carry1st.com"),
            Self::Local { base_url, checkout_url } => (base_url.as_str(), checkout_url.as_str()),
        };
        let api = BaseUrl::parse("base_url", without_api(api.unwrap_or(own_api)))?;
        if api.as_str().ends_with("/api/pay1st") {
            return Err(Error::config("base_url", "must not hold /api/pay1st: every path begins with it"));
        }
        let checkout = BaseUrl::parse("checkout_url", checkout.unwrap_or(own_checkout))?;
        if checkout.as_str().ends_with("/checkout") {
            return Err(Error::config("checkout_url", "must not hold /checkout: the link adds it"));
        }
        Ok(Hosts { api, checkout })
    }
}

/// One page prints production's address with `/api`, which every path has already.
fn without_api(url: &str) -> &str {
    let url = url.trim().trim_end_matches('/');
    url.strip_suffix("/api").unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(url: &str) -> Result<String, Error> {
        let hosts = Environment::Production.hosts(Some(url), None)?;
        Ok(hosts.api.as_str().to_owned())
    }

    #[test]
    fn one_trailing_api_is_dropped() {
        for url in ["https://h", "https://h/", "https://h/api", "https://h/api/", " https://h/api// "] {
            assert_eq!(api(url).unwrap(), "https://h", "{url}");
        }
        assert_eq!(api("http://127.0.0.1:1/pay1st/api").unwrap(), "http://127.0.0.1:1/pay1st");
        assert_eq!(api("https://h/api/api").unwrap(), "https://h/api");
        assert_eq!(api("https://h/my-api").unwrap(), "https://h/my-api");
    }

    #[test]
    fn the_paths_own_beginning_is_refused() {
        assert_eq!(api("https://h/api/pay1st").unwrap_err().setting(), Some("base_url"));
        let checkout = Environment::ProviderTest.hosts(None, Some("https://pay.example/checkout/"));
        assert_eq!(checkout.unwrap_err().setting(), Some("checkout_url"));
    }

    #[test]
    fn each_host_is_replaced_alone() {
        let hosts = Environment::ProviderTest.hosts(None, Some("https://pay.example/")).unwrap();
        assert_eq!(hosts.api.as_str(), "https://api-gateway.platform.stage.carry1st.com");
        assert_eq!(hosts.checkout.as_str(), "https://pay.example");
    }
}
