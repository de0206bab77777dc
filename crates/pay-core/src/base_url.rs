//! The configured base URL, checked once so that nothing is ever sent anywhere else.

use crate::error::Error;
use url::{Host, Url};

/// A checked base URL: `https`, or `http` to loopback; no query, fragment or user info.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    url: Url,
}

impl BaseUrl {
    /// Checks `text`, the value of `setting`. A trailing slash makes no difference.
    ///
    /// # Errors
    /// A configuration error that names the setting.
    pub fn parse(setting: &'static str, text: &str) -> Result<Self, Error> {
        let refuse = |why: &'static str| Err(Error::config(setting, why));
        let Ok(mut url) = Url::parse(text.trim()) else {
            return refuse("must be an absolute URL such as https://api.example.com/v1");
        };
        let loopback = is_here(&url);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return refuse("must be https: credentials never travel in clear, except to loopback"),
            _ => return refuse("must be an https URL"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not hold a user name or password");
        }
        if url.query().is_some() {
            return refuse("must not have a query");
        }
        if url.fragment().is_some() {
            return refuse("must not have a fragment");
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), url })
    }

    /// The URL without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is plain `http`, which only this machine may be.
    pub fn is_plain(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// Checks that the path ends in `segment` (such as `/api/v1`) exactly once.
    ///
    /// # Errors
    /// A configuration error that names the setting.
    pub fn ending_in(self, setting: &'static str, segment: &str) -> Result<Self, Error> {
        let Some(rest) = self.text.strip_suffix(segment) else {
            return Err(Error::config(setting, format!("must end in {segment}, the version is part of the base URL")));
        };
        if rest.trim_end_matches('/').ends_with(segment) {
            return Err(Error::config(setting, format!("holds {segment} twice")));
        }
        Ok(self)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The URL of a path below; the host is not parsed again. The path starts with a slash and holds no `?` or `#`: those would be encoded.
    pub(crate) fn join(&self, path: &str, query: &str) -> Url {
        let below = self.url.path().trim_end_matches('/');
        let mut whole = String::with_capacity(below.len() + path.len());
        whole.push_str(below);
        whole.push_str(path);
        let mut url = self.url.clone();
        url.set_path(&whole);
        if !query.is_empty() {
            url.set_query(Some(query));
        }
        url
    }
}

/// Whether an absolute URL's host is this machine: `localhost`, 127.0.0.0/8 or `::1`. No where it is no URL.
pub fn is_loopback(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_here(&url))
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls_lose_their_trailing_slash() {
        for (text, kept) in [
            ("https://api.example.com/api/v1/", "https://api.example.com/api/v1"),
            ("http://127.0.0.1:4010/x", "http://127.0.0.1:4010/x"),
            ("http://[::1]:4010", "http://[::1]:4010"),
            ("http://localhost:1/", "http://localhost:1"),
        ] {
            assert_eq!(BaseUrl::parse("base_url", text).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn bad_urls_are_refused_by_the_name_of_the_setting() {
        for text in [
            "",
            "api.example.com",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "ftp://example.com",
            "https://u:p@example.com",
            "https://example.com?x=1",
            "https://example.com#x",
        ] {
            let error = BaseUrl::parse("base_url", text).unwrap_err();
            assert_eq!(error.setting(), Some("base_url"), "{text}");
        }
    }

    #[test]
    fn the_version_segment_stands_exactly_once() {
        let parse = |text| BaseUrl::parse("base_url", text).unwrap().ending_in("base_url", "/api/v1");
        assert!(parse("https://h/api/v1").is_ok());
        assert!(parse("https://h/pagamio/api/v1/").is_ok());
        assert!(parse("https://h/").unwrap_err().to_string().contains("must end in"));
        assert!(parse("https://h/api/v1/api/v1").unwrap_err().to_string().contains("twice"));
    }
}
