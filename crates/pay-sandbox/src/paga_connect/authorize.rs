//! What a browser brings to the authorization address: good, wrong in a way to tell the client, or not to be answered at all.

use super::grants::Allowed;
use super::modes::Rfc9700;
use super::params::{get, repeated};
use super::scopes::{self, SCOPES, USER_DATA};
use super::state::State;

/// The pairs of a query.
pub(super) type Query = [(String, String)];

/// A request to act in a user's name, and where to answer it.
pub(crate) struct Request {
    pub(super) client: &'static str,
    /// The client as the page shows it.
    pub(super) client_name: &'static str,
    pub(super) redirect: String,
    pub(super) state: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) user_data: Vec<String>,
    pub(super) challenge: Option<String>,
}

impl Request {
    pub(super) fn allowed_by(&self, user: &'static str) -> Allowed {
        Allowed { client: self.client, user, scopes: self.scopes.clone(), user_data: self.user_data.clone() }
    }
}

/// What a browser brought.
pub(crate) enum Asked {
    /// To be shown to the user.
    Consent(Request),
    /// Wrong; the client is told by this redirect.
    Back(String),
    /// Nobody can be told: client or redirect are not known, so the browser is led nowhere.
    Nowhere(Problem),
}

/// Why the browser is led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    UnknownClient,
    UnregisteredRedirect,
    /// Client or redirect are given twice: which one is meant?
    Ambiguous,
}

/// Reads the query of an authorization address.
pub(super) fn read(state: &State, query: &Query) -> Asked {
    let times = |name: &str| query.iter().filter(|(known, _)| known == name).count();
    if ["client_id", "redirect_uri"].iter().any(|name| times(name) > 1) {
        return Asked::Nowhere(Problem::Ambiguous);
    }
    let Some(client) = get(query, "client_id").and_then(|id| state.client(id)) else {
        return Asked::Nowhere(Problem::UnknownClient);
    };
    // Character by character: every looser rule has been a way to steal codes.
    let redirect = get(query, "redirect_uri").filter(|uri| client.redirects.iter().any(|known| known == uri));
    let Some(redirect) = redirect else { return Asked::Nowhere(Problem::UnregisteredRedirect) };
    let echo = get(query, "state");
    let wrong = |error: &str, description: &str| {
        let pairs = [("error", Some(error)), ("error_description", Some(description)), ("state", echo)];
        Asked::Back(back(redirect, &pairs))
    };

    let strict = state.modes.rfc9700 == Rfc9700::On;
    if let Some(name) = repeated(query).filter(|_| strict) {
        return wrong("invalid_request", &format!("Parameter given twice: {name}"));
    }
    match get(query, "response_type") {
        Some("code") => {}
        None => return wrong("invalid_request", "Missing parameter: response_type"),
        Some(_) => return wrong("unsupported_response_type", "Only code is supported"),
    }
    let scopes = scopes::split_scopes(get(query, "scope").unwrap_or_default());
    if scopes.is_empty() {
        return wrong("invalid_scope", "Empty scope");
    }
    if let Some(unknown) = scopes.iter().find(|scope| !client.scopes.contains(&scope.as_str())) {
        return wrong("invalid_scope", &format!("Invalid scope: {unknown}"));
    }
    let user_data = scopes::split_user_data(get(query, "user_data").unwrap_or_default());
    if let Some(unknown) = user_data.iter().find(|field| USER_DATA.iter().all(|(known, _)| known != field)) {
        return wrong("invalid_request", &format!("Unknown user_data: {unknown}"));
    }
    let challenge = match (strict, get(query, "code_challenge"), get(query, "code_challenge_method")) {
        (false, ..) => None,
        (true, Some(challenge), Some("S256")) if is_challenge(challenge) => Some(challenge.to_owned()),
        (true, Some(_), Some("S256")) => return wrong("invalid_request", "code_challenge is no S256 challenge"),
        (true, Some(_), _) => return wrong("invalid_request", "Transform algorithm not supported: only S256 is"),
        (true, None, _) => return wrong("invalid_request", "Code challenge required"),
    };
    Asked::Consent(Request {
        client: client.id,
        client_name: client.name,
        redirect: redirect.to_owned(),
        state: echo.map(str::to_owned),
        scopes,
        user_data,
        challenge,
    })
}

/// 32 bytes in base64url.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The redirect URI with these parameters, each only where it has a value.
pub(super) fn back(redirect: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs.iter().filter_map(|(name, value)| Some((name, (*value)?))) {
        query.append_pair(name, value);
    }
    let joint = if redirect.contains('?') { '&' } else { '?' };
    format!("{redirect}{joint}{}", query.finish())
}

/// Whether an address may be registered as a redirect: absolute, without fragment, userinfo and anything to be read in two ways.
pub(super) fn is_redirect(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else { return false };
    let scheme = uri.scheme_str().is_some_and(|scheme| ["http", "https"].contains(&scheme));
    let host = uri.authority().is_some_and(|it| !it.as_str().contains('@') && !it.host().is_empty());
    // The parser drops a fragment, and a browser rewrites dots and backslashes.
    let plain = !text.contains(['#', '\\']) && !uri.path().split('/').any(|part| part == "." || part == "..");
    scheme && host && plain
}

/// The words for each scope and field of a request.
pub(super) fn in_words(request: &Request) -> (Vec<&'static str>, Vec<&'static str>) {
    let scopes = request.scopes.iter().map(|scope| scopes::words(&SCOPES, scope)).collect();
    (scopes, request.user_data.iter().map(|field| scopes::words(&USER_DATA, field)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_to_what_is_there() {
        let pairs = [("code", Some("a b&c")), ("none", None), ("state", Some("ü=?"))];
        assert_eq!(back("http://a/b", &pairs), "http://a/b?code=a+b%26c&state=%C3%BC%3D%3F");
        assert_eq!(back("http://a/b?x=1", &[("code", Some("1"))]), "http://a/b?x=1&code=1");
    }

    #[test]
    fn only_plain_addresses_can_be_registered() {
        for good in ["http://127.0.0.1:1/cb", "https://shop.example/cb?a=b", "https://shop.example"] {
            assert!(is_redirect(good), "{good}");
        }
        for bad in [
            "",
            "/cb",
            "javascript:alert(1)",
            "app://cb",
            "http://u@h/cb",
            "http://h/cb#x",
            "http://h/a/../cb",
            "http:///cb",
            "http://h/a\\b",
            "http://h/a b",
        ] {
            assert!(!is_redirect(bad), "{bad}");
        }
    }
}
