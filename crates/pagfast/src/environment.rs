//! Which host the calls go to, and below what its paths hang.

use pay_core::Error;
use pay_core::provider::BaseUrl;

/// Host and `/v1` stand in PagFast's samples (docs/asynchronous-events); that the merchant's API lives there is assumed.
const ASSUMED_PROVIDER_TEST: &str = "https://api.sandbox.pagfast.com/v1";

/// The sister platform's; PagFast writes one of its own paths with it (reference/payments-to-companies).
pub(crate) const SERVICE_PREFIX: &str = "/partners-int";

/// Where the calls go. PagFast hands its addresses over privately, so only one is here, and it is assumed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// `https://api.sandbox.pagfast.com/v1`: host and `/v1` stand in PagFast's samples, the rest is assumed.
    AssumedProviderTest,
    /// PagFast's sandbox, at the address that PagFast gave you.
    ProviderTest {
        /// The API root, before the service prefix.
        base_url: String,
    },
    /// Real money, at the address that PagFast gave you. It has no simulators.
    Production {
        /// The API root, before the service prefix.
        base_url: String,
    },
    /// An address of your own: the local sandbox.
    Local {
        /// The API root, before the service prefix.
        base_url: String,
    },
}

impl Environment {
    /// Whether transactions can be completed by a simulator here.
    pub fn has_simulators(&self) -> bool {
        !matches!(self, Self::Production { .. })
    }

    /// The checked API root. It must not end in `prefix`, which each path adds.
    pub(crate) fn root(&self, prefix: &str) -> Result<BaseUrl, Error> {
        let url = match self {
            Self::AssumedProviderTest => ASSUMED_PROVIDER_TEST,
            Self::ProviderTest { base_url } | Self::Production { base_url } | Self::Local { base_url } => base_url,
        };
        let root = BaseUrl::parse("base_url", url)?;
        if !prefix.is_empty() && root.as_str().ends_with(prefix) {
            return Err(Error::config(
                "base_url",
                format!("ends in {prefix}, which is the setting `service_prefix`: give the root before it"),
            ));
        }
        Ok(root)
    }
}

/// A prefix of paths as it is put before them: nothing, or `/a` or `/a/b`.
///
/// # Errors
/// A configuration error that names `setting`.
pub(crate) fn prefix(setting: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim_end_matches('/');
    let plain = |segment: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        !segment.is_empty() && segment.bytes().all(fits) && segment != "." && segment != ".."
    };
    let fits = text.is_empty() || text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain));
    if !fits {
        let why = "must be empty, or one or more segments such as /partners-int, of letters, digits and `-._~`";
        return Err(Error::config(setting, why));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_segments_or_nothing() {
        for (text, kept) in [("", ""), ("/", ""), ("/a", "/a"), ("/a/b/", "/a/b"), ("/partners-int", "/partners-int")] {
            assert_eq!(prefix("service_prefix", text).unwrap(), kept);
        }
        for text in
            ["a", "//a", "/a//b", "/a/../b", "/.", "/a?b", "/a#b", "/a b", "/a%2Fb", "/{a}", "/ä", "https://h/a"]
        {
            assert_eq!(prefix("service_prefix", text).unwrap_err().setting(), Some("service_prefix"), "{text}");
        }
    }

    #[test]
    fn the_root_stands_before_the_prefix() {
        let local = |url: &str| Environment::Local { base_url: url.to_owned() };
        let root = local("http://127.0.0.1:1/pagfast/v1/").root("/partners-int").unwrap();
        assert_eq!(root.as_str(), "http://127.0.0.1:1/pagfast/v1");
        let error = local("https://h/v1/partners-int/").root("/partners-int").unwrap_err();
        assert_eq!(error.setting(), Some("base_url"));
        assert!(local("https://h/v1/partners-int").root("").is_ok());
        assert_eq!(Environment::AssumedProviderTest.root("/x").unwrap().as_str(), ASSUMED_PROVIDER_TEST);
    }
}
