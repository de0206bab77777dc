//! A toy provider over the scripted wire: HMAC-SHA256 over method, path and body; AES-256-CBC around card data.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, unreachable_pub)]

use aes::cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use pay_core::provider::{
    Answer, BaseUrl, Credentials, Engine, Failure, Operation, Provider, Settings, ToSign, Verdict,
};
use pay_core::script::{Play, Script, Sent};
use pay_core::{Error, ExposeSecret, Kind, Outcome, Transport};
use pay_golden::Client;
use std::sync::Arc;

struct Golden;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Provider for Golden {
    fn name(&self) -> &'static str {
        "golden"
    }

    fn version(&self) -> &'static str {
        "0"
    }

    fn judge(&self, _: &'static Operation, answer: &Answer) -> Verdict {
        if answer.status.is_success() {
            Verdict::Accept
        } else {
            Verdict::Fail(Failure::new(Kind::Refused, Outcome::Refused).provider(Some("51".to_owned()), None))
        }
    }

    fn sign(&self, request: &ToSign<'_>, credentials: &Credentials, headers: &mut HeaderMap) -> Result<(), Error> {
        let key = credentials.key("sign").unwrap();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.expose_secret().as_bytes()).unwrap();
        mac.update(format!("{} {}\n", request.method, request.path_and_query).as_bytes());
        mac.update(request.body);
        headers.insert("x-signature", hex(&mac.finalize().into_bytes()).parse().unwrap());
        Ok(())
    }

    fn seal(&self, plain: Vec<u8>, credentials: &Credentials) -> Result<Vec<u8>, Error> {
        let key = credentials.key("seal").unwrap().expose_secret().as_bytes();
        // A fixed vector: only a toy may do that, and only so can the bytes be held against openssl's.
        let sealer = cbc::Encryptor::<aes::Aes256>::new_from_slices(key, &[0; 16]).unwrap();
        Ok(format!("{{\"payload\":\"{}\"}}", hex(&sealer.encrypt_padded_vec::<Pkcs7>(&plain))).into_bytes())
    }
}

/// A client whose provider answers every call with `body`, and its log-in with a token named after the user.
pub fn answering(status: u16, body: &'static str) -> (Client, Script) {
    let script = Script::new(move |sent| {
        if sent.path.ends_with("/session") {
            let user = sent.text().split(['=', '&']).nth(1).unwrap().to_owned();
            return Play::answer(200, format!("token-of-{user}"));
        }
        Play::answer(status, body)
    });
    let mut settings = Settings::default();
    settings.transport = Some(Transport::scripted(&script));
    let base = BaseUrl::parse("base_url", "https://golden.example/v1").unwrap();
    let engine = Engine::new(Arc::new(Golden), base, settings).unwrap();
    let credentials = Credentials::new("shop", "pass word")
        .with_key("sign", "sign-key")
        .with_key("seal", "0123456789abcdef0123456789abcdef");
    (Client::new(engine, credentials), script)
}

/// The last request that is no log-in.
pub fn last(script: &Script) -> Sent {
    script.seen().into_iter().rfind(|sent| !sent.path.ends_with("/session")).expect("nothing was sent")
}
