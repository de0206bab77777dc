//! The bearer tokens: HS384 JWTs with `uid`, `iat` and `exp`, made and checked here and shared with no client.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha384;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `{"alg":"HS384","typ":"JWT"}`, byte for byte as in the sample.
const HEADER: &str = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9";

/// What a token says, in the order of the sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) uid: String,
    pub(super) iat: u64,
    pub(super) exp: u64,
}

/// A token for an account, good from now on for so long.
pub(super) fn issue(key: &str, uid: &str, now: SystemTime, life: Duration) -> String {
    let iat = seconds(now);
    let claims = Claims { uid: uid.to_owned(), iat, exp: iat.saturating_add(life.as_secs()) };
    // Texts and integers: writing them cannot fail.
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).unwrap_or_default());
    let signed = format!("{HEADER}.{payload}");
    let signature = mac(key, &signed).map(|mac| mac.finalize().into_bytes());
    format!("{signed}.{}", signature.map(|it| URL_SAFE_NO_PAD.encode(it)).unwrap_or_default())
}

/// The claims of a token that this key has signed and that has not expired. One header only: no other algorithm, and not `none`.
pub(super) fn verified(key: &str, token: &str, now: SystemTime) -> Option<Claims> {
    let (signed, signature) = token.rsplit_once('.')?;
    let payload = signed.strip_prefix(HEADER)?.strip_prefix('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    mac(key, signed)?.verify_slice(&signature).ok()?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    (seconds(now) < claims.exp).then_some(claims)
}

fn mac(key: &str, signed: &str) -> Option<Hmac<Sha384>> {
    Some(Hmac::<Sha384>::new_from_slice(key.as_bytes()).ok()?.chain_update(signed))
}

fn seconds(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "a key of this file";
    const UID: &str = "00000000-0000-4000-8000-000000000001";

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_good_for_its_hour() {
        let token = issue(KEY, UID, at(1_000), Duration::from_secs(3600));
        let claims = verified(KEY, &token, at(4_599)).unwrap();
        assert_eq!((claims.uid.as_str(), claims.iat, claims.exp), (UID, 1_000, 4_600));
        assert_eq!(verified(KEY, &token, at(4_600)), None);
        assert_eq!(verified("another key", &token, at(1_000)), None);
        let payload = token.split('.').nth(1).unwrap();
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert!(text.starts_with(r#"{"uid":""#), "uid is the first claim: {text}");
    }

    /// Made with Python's hmac and hashlib.
    #[test]
    fn the_vector_of_another_program() {
        let token = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJ1aWQiOiIwMDAwMDAwMC0wMDAwLTQwMDAtODAwMC0wMDAwMDAwMDAwMDEiLCJpYXQiOjEwMDAsImV4cCI6NDYwMH0.BgR1-q08bK8MuT7ZKwmLuq8IFRfhb8Rfpt8r7lnvbEmjyBd8vrABn9X46XowKclh";
        assert_eq!(issue(KEY, UID, at(1_000), Duration::from_secs(3600)), token);
    }

    #[test]
    fn a_token_that_was_touched_is_refused() {
        let token = issue(KEY, UID, at(0), Duration::from_secs(3600));
        let parts: Vec<&str> = token.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let other = URL_SAFE_NO_PAD.encode(r#"{"uid":"x","iat":0,"exp":99999999999}"#);
        for wrong in [
            String::new(),
            "..".to_owned(),
            parts[..2].join("."),
            format!("{token}A"),
            format!("{token}."),
            format!("{}.{other}.{}", parts[0], parts[2]),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            token.to_lowercase(),
        ] {
            assert_eq!(verified(KEY, &wrong, at(0)), None, "{wrong}");
        }
    }
}
