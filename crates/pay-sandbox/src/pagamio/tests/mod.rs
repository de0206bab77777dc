//! Tests that see every endpoint of the document, without a socket between.

mod addresses;
mod arbitrary;
mod contradictions;
mod roles;
mod walk;

use super::PagamioProvider;
use super::accounts::{ACCOUNTS, Account, MERCHANT};
use crate::SandboxClock;
use crate::provider::{Provider, ProviderRequest, Reply};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};

/// A request in the making.
struct Request {
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Vec<u8>,
    peer: IpAddr,
}

impl Request {
    /// `path` is relative to the base URL.
    fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.parse().unwrap(),
            path: format!("{}{path}", super::routes::BASE),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            peer: Ipv4Addr::LOCALHOST.into(),
        }
    }

    fn token(mut self, token: &str) -> Self {
        self.headers.insert(AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        self
    }

    fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.headers.insert(CONTENT_TYPE, media_type.parse().unwrap());
        self.body = body.into();
        self
    }

    fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    fn from(mut self, peer: [u8; 4]) -> Self {
        self.peer = peer.into();
        self
    }

    fn send(self, provider: &PagamioProvider) -> Reply {
        let request = ProviderRequest {
            method: self.method,
            path: self.path,
            query: self.query,
            raw_query: String::new(),
            headers: self.headers,
            body: self.body.into(),
            peer: self.peer,
        };
        provider.handle(&request, None)
    }
}

fn provider() -> PagamioProvider {
    let provider = PagamioProvider::new(SandboxClock::new());
    provider.set_modes(&[("rate_limits", "off")]).unwrap();
    provider
}

fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_else(|error| panic!("{error}: {reply:?}"))
}

/// Access and refresh token.
fn login(provider: &PagamioProvider, account: &Account) -> (String, String) {
    let body = json!({ "username": account.username(), "password": account.password() });
    let reply = json_of(&Request::new("POST", "/auth/token").json(&body).send(provider));
    let text = |name: &str| reply["data"][name].as_str().unwrap().to_owned();
    (text("token"), text("refreshToken"))
}

fn merchant(provider: &PagamioProvider) -> String {
    login(provider, &ACCOUNTS[MERCHANT]).0
}
