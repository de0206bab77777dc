//! The Basic header of a token call, raw as every library sends it or form-encoded as the RFC says.

use super::account::Client;
use super::answers::{Refusal, header};
use super::modes::BasicEncoding;
use super::state::State;
use crate::provider::ProviderRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

/// The client that a token call proves to be.
pub(super) fn client<'a>(state: &'a State, request: &ProviderRequest) -> Result<&'a Client, Refusal> {
    let given = header(&request.headers, AUTHORIZATION);
    let (scheme, encoded) = given.split_once(' ').unwrap_or_default();
    let text = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.filter(|_| scheme.eq_ignore_ascii_case("basic")).ok_or_else(Refusal::client)?;
    let (id, secret) = text.split_once(':').ok_or_else(Refusal::client)?;
    let allowed = state.modes.basic;
    let raw = (allowed != BasicEncoding::FormEncoded).then(|| (id.to_owned(), secret.to_owned()));
    let decoded = (allowed != BasicEncoding::Raw).then(|| (decoded(id), decoded(secret)));
    let mut tried = raw.into_iter().chain(decoded);
    tried
        .find_map(|(id, secret)| state.client(&id).filter(|client| client.secret == secret))
        .ok_or_else(Refusal::client)
}

/// One form-encoded value.
fn decoded(text: &str) -> String {
    let pair = format!("v={}", text.replace('&', "%26"));
    form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Both ways to write a client's credentials after `Basic `.
pub(super) fn written(client: &Client) -> [String; 2] {
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    [
        STANDARD.encode(format!("{}:{}", client.id, client.secret)),
        STANDARD.encode(format!("{}:{}", form(client.id), form(&client.secret))),
    ]
}
