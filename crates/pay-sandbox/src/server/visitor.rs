//! Who may use the pages and the control plane: people and programs of this machine, not the pages of other sites.

use crate::pages::form::is_foreign;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;

/// Why a request is refused, if it is.
pub(super) fn refused(head: &Parts) -> Option<&'static str> {
    // A name of someone else's can be made to lead here, and their page would then be of the same origin.
    let host = head.headers.get(HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| !is_ours(host)) {
        return Some("the sandbox is asked by its address or as localhost, not by another name");
    }
    // A browser sends what another site's page posts, and asks nobody.
    (!head.method.is_safe() && is_foreign(&head.headers)).then_some("this comes from a page of another site")
}

fn is_ours(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
    name.parse::<std::net::IpAddr>().is_ok() || name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_localhost_are_ours() {
        for host in ["127.0.0.1:4010", "127.0.0.1", "[::1]:4010", "localhost:4010", "LOCALHOST", "shop.localhost"] {
            assert!(is_ours(host), "{host}");
        }
        for host in ["evil.example:4010", "localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost", "", "a b"]
        {
            assert!(!is_ours(host), "{host}");
        }
    }
}
