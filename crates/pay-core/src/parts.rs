//! The parts of a request, written by a provider crate and then frozen into the bytes that are sent.

use crate::base_url::BaseUrl;
use crate::error::Error;
use crate::money::Amount;
use crate::provider::{Auth, Operation, Repeat};
use crate::secret::SecretString;
use crate::urls::Urls;
use crate::worth::Worth;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde::Serialize;
use std::borrow::Cow;
use url::Url;
use zeroize::Zeroizing;

/// All but RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parts of one request. The first mistake is kept and comes out when the call is sent.
#[derive(Clone)]
pub struct Parts {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// Borrowed from the operation until something is put into it.
    pub(crate) path: Cow<'static, str>,
    pub(crate) query: String,
    pub(crate) headers: Headers,
    /// Wiped when it is dropped or sealed: it may hold card data.
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) reference: Option<String>,
    pub(crate) worth: Option<Worth>,
    pub(crate) sign: bool,
    pub(crate) seal: bool,
    mistake: Option<Error>,
}

/// A body, a header or a path can hold personal data, so only the operation is shown.
impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

/// Checked when this is compiled, not at each call.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn media_type(text: &'static str) -> HeaderValue {
    if text == "application/json" { JSON } else { HeaderValue::from_static(text) }
}

impl Parts {
    /// Starts a request of `operation`.
    pub fn new(operation: &'static Operation) -> Self {
        let headers = Headers {
            accept: media_type(operation.accept),
            content_type: operation.content_type.map(media_type),
            more: HeaderMap::new(),
        };
        Self {
            operation,
            method: operation.verb.into(),
            path: Cow::Borrowed(operation.path),
            query: String::new(),
            headers,
            body: Zeroizing::default(),
            reference: None,
            worth: None,
            sign: operation.sign,
            seal: operation.seal,
            mistake: None,
        }
    }

    /// Another method than the operation's, where a provider's documents disagree.
    #[must_use]
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Another path than the operation's, with `{names}` for values, where a provider's documents disagree. Values that were
    /// put into the former path are put into this one again by the caller.
    #[must_use]
    pub fn template(mut self, path: &str) -> Self {
        self.path = Cow::Owned(path.to_owned());
        self
    }

    /// Puts `prefix` before the path, where the caller says below what a provider's paths hang. It is checked when the client is built.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        if !prefix.is_empty() {
            self.path = format!("{prefix}{}", self.path).into();
        }
        self
    }

    /// Puts `value` in the place of `{name}` in the path, percent-encoded.
    #[must_use]
    pub fn path_value(mut self, name: &str, value: &str) -> Self {
        // URL parsers fold `.` and `..`, percent-encoded too, so such a value would change the path.
        if value.is_empty() || matches!(value, "." | "..") || value.chars().any(char::is_control) {
            return self.mistake(format!(
                "`{name}` cannot stand in a path: it is empty, a dot segment or holds control characters"
            ));
        }
        let encoded = utf8_percent_encode(value, SEGMENT).to_string();
        self.path = self.path.replacen(&format!("{{{name}}}"), &encoded, 1).into();
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let start = self.query.len();
        if start > 0 {
            self.query.push('&');
        }
        let from = self.query.len();
        self.query = url::form_urlencoded::Serializer::for_suffix(self.query, from).append_pair(name, value).finish();
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => {
                self.headers.insert(name, value);
                self
            }
            Err(_) => self.mistake(format!("the header `{name}` cannot hold this value")),
        }
    }

    /// Adds a header that may hold a secret: HTTP libraries then do not print it.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: &[u8]) -> Self {
        match HeaderValue::from_bytes(value) {
            Ok(mut value) => {
                value.set_sensitive(true);
                self.headers.insert(name, value);
                self
            }
            Err(_) => self.mistake(format!("the header `{name}` cannot hold this value")),
        }
    }

    /// Basic authentication. An id with a colon in it would be read as a shorter one, so it is a mistake.
    #[must_use]
    pub fn basic_auth(self, id: &str, secret: &SecretString) -> Self {
        if id.contains(':') {
            return self.mistake("an id for basic authentication cannot hold a colon");
        }
        let both = Zeroizing::new(format!("{id}:{}", secret.expose_secret()));
        let value = Zeroizing::new(format!("Basic {}", BASE64_STANDARD.encode(both.as_bytes())));
        self.secret_header(AUTHORIZATION, value.as_bytes())
    }

    /// A JSON body. The operation's own content type, where it has one, stays.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match written(body) {
            Ok(bytes) => {
                self.headers.content_type.get_or_insert(JSON);
                self.body = bytes.into();
                self
            }
            // The serializer's own message could name a value.
            Err(_) => self.mistake("the request cannot be written as JSON"),
        }
    }

    /// A form body.
    #[must_use]
    pub fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.headers.content_type = Some(HeaderValue::from_static("application/x-www-form-urlencoded"));
        self.body = text.into_bytes().into();
        self
    }

    /// Bytes as they are, with their media type.
    #[must_use]
    pub fn bytes(mut self, media: &str, body: impl Into<Vec<u8>>) -> Self {
        self = self.header(CONTENT_TYPE, media);
        self.body = Zeroizing::new(body.into());
        self
    }

    /// The caller's reference, for errors and events.
    #[must_use]
    pub fn reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// How much it moves, in the currency's main unit, for a journal: exactly as it stands in the request. `currency` is empty where the
    /// request does not say it.
    #[must_use]
    pub fn worth(mut self, amount: Amount, currency: &str) -> Self {
        self.worth = Worth::new(amount, currency);
        self
    }

    /// Whether this request is signed, where it differs from the operation.
    #[must_use]
    pub fn signed(mut self, sign: bool) -> Self {
        self.sign = sign;
        self
    }

    /// Whether this body is sealed, where it differs from the operation.
    #[must_use]
    pub fn sealed(mut self, seal: bool) -> Self {
        self.seal = seal;
        self
    }

    /// A path given whole by the caller of the escape hatch: it must start with one slash and stay below the base URL.
    #[must_use]
    pub fn raw_path(mut self, path: &str) -> Self {
        let folds = path.split(['/', '\\']).any(|segment| {
            let plain = segment.to_ascii_lowercase().replace("%2e", ".");
            plain == "." || plain == ".."
        });
        if !path.starts_with('/')
            || path.starts_with("//")
            || folds
            || path.contains(['?', '#', '\\'])
            || path.chars().any(char::is_control)
        {
            return self.mistake(
                "the path must start with one `/` and hold no dot segments, `?`, `#`, `\\` or control characters",
            );
        }
        self.path = Cow::Owned(path.to_owned());
        self
    }

    /// Keeps a mistake; the first one comes out when the call is sent.
    #[must_use]
    pub fn mistake(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        if self.mistake.is_none() {
            self.mistake = Some(Error::invalid(self.operation.name, message));
        }
        self
    }

    /// Keeps an error made elsewhere; the first one comes out when the call is sent.
    #[must_use]
    pub fn failed(mut self, error: Error) -> Self {
        self.mistake.get_or_insert(error);
        self
    }

    pub(crate) fn take_mistake(&mut self) -> Option<Error> {
        let error = self.mistake.take()?;
        Some(error.in_operation(self.operation.name).with_reference(self.reference.clone()))
    }

    pub(crate) fn freeze(mut self, base: &BaseUrl, urls: &Urls) -> Frozen {
        let url = match self.path {
            Cow::Borrowed(path) if self.query.is_empty() => urls.of(base, path),
            path => base.join(&path, &self.query),
        };
        Frozen {
            operation: self.operation,
            method: self.method,
            url,
            headers: self.headers,
            body: Bytes::from(std::mem::take(&mut *self.body)),
            reference: self.reference,
            worth: self.worth,
            sign: self.sign,
            resent: false,
        }
    }
}

/// The headers of a request without those of one attempt. The two that all have stand by themselves, so that most requests need
/// no map until they are sent.
#[derive(Clone)]
pub(crate) struct Headers {
    pub(crate) accept: HeaderValue,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) more: HeaderMap,
}

impl Headers {
    pub(crate) fn insert(&mut self, name: HeaderName, value: HeaderValue) {
        match name {
            ACCEPT => self.accept = value,
            CONTENT_TYPE => self.content_type = Some(value),
            _ => drop(self.more.insert(name, value)),
        }
    }

    /// The map that is sent, with room for what an attempt and the HTTP library add.
    pub(crate) fn to_map(&self) -> HeaderMap {
        let mut map = HeaderMap::with_capacity(6 + self.more.len());
        map.insert(ACCEPT, self.accept.clone());
        if let Some(media) = &self.content_type {
            map.insert(CONTENT_TYPE, media.clone());
        }
        map.extend(self.more.iter().map(|(name, value)| (name.clone(), value.clone())));
        map
    }
}

/// JSON in a buffer that leaves nothing behind as it grows, where bodies may be sealed.
#[cfg(feature = "seal")]
fn written<T: Serialize + ?Sized>(body: &T) -> serde_json::Result<Vec<u8>> {
    let mut out = crate::seal::Wiped::new();
    serde_json::to_writer(&mut out, body)?;
    Ok(out.take())
}

#[cfg(not(feature = "seal"))]
fn written<T: Serialize + ?Sized>(body: &T) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(body)
}

/// A request whose bytes do not change any more: what is signed and sent, on every attempt.
#[derive(Clone)]
pub(crate) struct Frozen {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: Headers,
    pub(crate) body: Bytes,
    pub(crate) reference: Option<String>,
    pub(crate) worth: Option<Worth>,
    pub(crate) sign: bool,
    /// It comes from an outbox: an earlier process may have sent it.
    pub(crate) resent: bool,
}

impl Frozen {
    /// Whether a journal writes it: a read has no effect, what is sent again stands there already, and what goes without a token, such as a
    /// new password, moves no money.
    pub(crate) fn is_recorded(&self) -> bool {
        self.operation.repeat != Repeat::Safe && self.operation.auth == Auth::Token && !self.resent
    }

    pub(crate) fn path_and_query(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Repeat, Verb};
    use proptest::prelude::*;

    static READ: Operation = Operation::new("read", Verb::Get, "/a/{id}/b", Repeat::Safe);

    fn base() -> BaseUrl {
        BaseUrl::parse("base_url", "https://h/api/v1").unwrap()
    }

    #[test]
    fn values_are_encoded_where_they_stand() {
        let parts = Parts::new(&READ).path_value("id", "a/b ?#%é").query("q", "x&y=1 +").query("r", "2");
        let frozen = parts.freeze(&base(), &Urls::default());
        assert_eq!(frozen.url.as_str(), "https://h/api/v1/a/a%2Fb%20%3F%23%25%C3%A9/b?q=x%26y%3D1+%2B&r=2");
    }

    #[test]
    fn a_prefix_stands_before_the_path_and_none_leaves_it_as_it_was() {
        let url = |prefix| Parts::new(&READ).path_value("id", "1").below(prefix).freeze(&base(), &Urls::default()).url;
        assert_eq!(url("/service/x").as_str(), "https://h/api/v1/service/x/a/1/b");
        assert_eq!(url("").as_str(), "https://h/api/v1/a/1/b");
    }

    #[test]
    fn basic_authentication_is_the_rfcs_and_does_not_print() {
        // RFC 7617, section 2.
        let parts = Parts::new(&READ).basic_auth("Aladdin", &"open sesame".into());
        let value = &parts.headers.more[AUTHORIZATION];
        assert_eq!(value.to_str().unwrap(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(value.is_sensitive());
        assert!(Parts::new(&READ).basic_auth("a:b", &"c".into()).take_mistake().is_some());
    }

    #[test]
    fn values_that_change_the_path_are_refused() {
        for value in ["", ".", "..", "a\nb"] {
            assert!(Parts::new(&READ).path_value("id", value).take_mistake().is_some(), "{value:?}");
        }
        for path in ["a", "//h/x", "/a/../b", "/a/%2E%2e/b", "/a?b", "/a#b", "/a\\b", "/./x"] {
            assert!(Parts::new(&READ).raw_path(path).take_mistake().is_some(), "{path:?}");
        }
        assert!(Parts::new(&READ).raw_path("/lookups/brands").take_mistake().is_none());
    }

    proptest! {
        #[test]
        fn a_path_value_stays_one_segment(value in "\\PC{1,40}") {
            let mut parts = Parts::new(&READ).path_value("id", &value);
            if parts.take_mistake().is_none() {
                let url = parts.freeze(&base(), &Urls::default()).url;
                let segments: Vec<_> = url.path_segments().unwrap().collect();
                prop_assert_eq!(segments.len(), 5);
                prop_assert_eq!(&segments[..3], &["api", "v1", "a"]);
                prop_assert_eq!(segments[4], "b");
                let back = percent_encoding::percent_decode_str(segments[3]).decode_utf8().unwrap();
                prop_assert_eq!(back.as_ref(), value.as_str());
                prop_assert!(url.query().is_none() && url.fragment().is_none());
            }
        }
    }
}
