//! A made-up provider with every oddity at once: a token header of its own, signatures with a time stamp, sealed envelopes.

#![allow(dead_code, unreachable_pub, missing_debug_implementations)]

use super::support::provider::{AcmeGrant, judge};
use super::support::server::Server;
use super::support::{BASE, Vault, Wall, settings};
use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use pay_core::provider::{
    Access, Answer, BaseUrl, Credentials, Engine, Operation, Provider, Repeat, ToSign, TokenHeader, Verb, Verdict,
};
use pay_core::script::{Play, Sent};
use pay_core::{Error, ExposeSecret};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::UNIX_EPOCH;

pub const SEALING_KEY: &[u8; 32] = b"0123456789abcdef0123456789abcdef";

pub static SIGNED: Operation = Operation::new("signed", Verb::Post, "/signed", Repeat::Keyed).signed();
pub static SEALED: Operation = Operation::new("sealed", Verb::Post, "/sealed", Repeat::Keyed).sealed();
pub static FORM: Operation = Operation::new("form", Verb::Post, "/form", Repeat::Never);

/// The provider.
#[derive(Default)]
pub struct Mech {
    pub sealed: AtomicU8,
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn signature(key: &str, stamp: &str, method: &str, path: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(format!("{stamp}\n{method}\n{path}\n").as_bytes());
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

#[derive(Serialize, Deserialize)]
pub struct Envelope {
    pub iv: u8,
    pub payload: String,
}

impl Provider for Mech {
    fn name(&self) -> &'static str {
        "mech"
    }

    fn version(&self) -> &'static str {
        "0.0.1"
    }

    fn judge(&self, _: &'static Operation, answer: &Answer) -> Verdict {
        judge(answer)
    }

    fn token_header(&self) -> TokenHeader {
        TokenHeader { name: HeaderName::from_static("accesstoken"), prefix: "Bearer " }
    }

    fn sign(&self, request: &ToSign<'_>, credentials: &Credentials, headers: &mut HeaderMap) -> Result<(), Error> {
        let key = credentials.key("signing").ok_or_else(|| Error::config("signing_key", "is missing"))?;
        let stamp = request.now.duration_since(UNIX_EPOCH).unwrap().as_millis().to_string();
        let signed =
            signature(key.expose_secret(), &stamp, request.method.as_str(), request.path_and_query, request.body);
        headers.insert("x-timestamp", HeaderValue::from_str(&stamp).unwrap());
        headers.insert("x-signature", HeaderValue::from_str(&signed).unwrap());
        Ok(())
    }

    fn seal(&self, plain: Vec<u8>, credentials: &Credentials) -> Result<Vec<u8>, Error> {
        let key = credentials.key("sealing").ok_or_else(|| Error::config("sealing_key", "is missing"))?;
        let key: [u8; 32] = key.expose_secret().as_bytes().try_into().unwrap();
        let iv = self.sealed.fetch_add(1, Ordering::SeqCst) + 1;
        let payload = cbc::Encryptor::<Aes256>::new(&key.into(), &[iv; 16].into()).encrypt_padded_vec::<Pkcs7>(&plain);
        Ok(serde_json::to_vec(&Envelope { iv, payload: hex(&payload) }).unwrap())
    }
}

pub fn open(sent: &Sent) -> String {
    let envelope: Envelope = serde_json::from_slice(&sent.body).unwrap();
    let bytes: Vec<u8> = (0..envelope.payload.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&envelope.payload[at..at + 2], 16).unwrap())
        .collect();
    let opened = cbc::Decryptor::<Aes256>::new(SEALING_KEY.into(), &[envelope.iv; 16].into());
    String::from_utf8(opened.decrypt_padded_vec::<Pkcs7>(&bytes).unwrap()).unwrap()
}

pub struct World {
    pub server: Server,
    pub engine: Engine,
    pub access: Access,
}

pub fn keys() -> Credentials {
    Credentials::new("a", "a-secret")
        .with_key("signing", "signing-key")
        .with_key("sealing", String::from_utf8(SEALING_KEY.to_vec()).unwrap())
}

pub fn engine_on(server: &Server) -> Engine {
    let mut settings = settings(server);
    let wall = Wall::new();
    settings.set_wall_clock(move || wall.now());
    settings.set_fixed_jitter(1000);
    Engine::new(Arc::new(Mech::default()), BaseUrl::parse("base_url", BASE).unwrap(), settings).unwrap()
}

pub fn world(api: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> World {
    let server = Server::with_api(api);
    let engine = engine_on(&server);
    let access = engine.access(Arc::new(Vault::holding(keys())), Some(Arc::new(AcmeGrant::default())), None);
    World { server, engine, access }
}

pub fn ok() -> Play {
    Play::answer(200, "{}")
}

/// Fails the first two API requests in a way that may be repeated.
pub fn third_time_lucky() -> World {
    world(|sent| if sent.index < 3 { Play::answer(503, "{}") } else { ok() })
}

/// All headers but `Accept` and `Content-Type`, which have an assertion of their own.
pub fn names(sent: &Sent) -> Vec<&str> {
    let mut names: Vec<_> = sent.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}
