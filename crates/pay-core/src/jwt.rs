//! What a JWT says about its own life: a hint for when to fetch the next one, and never a proof of anything.

use crate::decode::members;
use crate::secret::SecretString;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A hint below this is not followed: a token a minute is no lifetime that anybody issues, but what remains of an
/// hour where this machine's clock is nearly an hour ahead; followed, it would mean a log-in for each call.
pub const SHORTEST: Duration = Duration::from_secs(60);

/// A hint above this counts as this: a log-in a day costs nothing, and a wrong date must not keep a token for ever.
pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Digits of seconds since 1970. Thirteen are milliseconds, which no JWT has.
const MOST_DIGITS: usize = 12;

/// The dates of a JWT (RFC 7519), as it claims them. **The signature is not looked at**: whoever can write the token can write
/// these. Good for one thing, which is to fetch the next token in time.
///
/// ```
/// use pay_core::jwt::Hint;
/// use std::time::{Duration, UNIX_EPOCH};
///
/// // {"alg":"HS384","typ":"JWT"} . {"iat":1700000000,"exp":1700003600} . no signature
/// let token = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDAsImV4cCI6MTcwMDAwMzYwMH0.";
/// let now = UNIX_EPOCH + Duration::from_secs(1_700_000_600);
/// assert_eq!(Hint::read(&token.into()).lifetime(now), Some(Duration::from_secs(3000)));
/// assert_eq!(Hint::read(&"no JWT".into()).lifetime(now), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Hint {
    /// `iat`, where it is a plain number of seconds.
    pub issued: Option<SystemTime>,
    /// `exp`, where it is a plain number of seconds.
    pub expires: Option<SystemTime>,
}

#[derive(Deserialize)]
struct Claims {
    iat: Option<Box<RawValue>>,
    exp: Option<Box<RawValue>>,
}

impl Hint {
    /// Reads both dates of a compact JWT, with any algorithm or none. What is no JWT, and a date that is no plain number of seconds,
    /// gives none: every text is good for a question, and none is an error.
    pub fn read(token: &SecretString) -> Self {
        let token = token.expose_secret().trim();
        // The library would look into the last two of four parts, too. Its errors quote claims, so they end here.
        let decode = jsonwebtoken::dangerous::insecure_decode_claims::<Claims>;
        let claims = is_jwt(token).then(|| decode(token).ok()).flatten();
        let date = |raw: Option<Box<RawValue>>| raw.and_then(|raw| seconds(raw.get()));
        claims.map_or_else(Self::default, |claims| Self { issued: date(claims.iat), expires: date(claims.exp) })
    }

    /// For how long a token that came at `now` can be used, between [`SHORTEST`] and [`LONGEST`]; `None` where there is no `exp`, or
    /// none that can be meant, so that the caller's own assumption counts.
    ///
    /// With `iat` the length is that of the issuer's clock, less the age that this machine sees, where it can be true: a clock that
    /// goes wrong here then neither kills a good token nor keeps a dead one for longer than it was issued for.
    pub fn lifetime(&self, now: SystemTime) -> Option<Duration> {
        let expires = self.expires?;
        let left = expires.duration_since(now).ok().filter(|left| !left.is_zero());
        let lifetime = match self.issued {
            Some(issued) => {
                let whole = expires.duration_since(issued).ok()?;
                left.map_or(whole, |left| left.min(whole))
            }
            None => left?,
        };
        (lifetime >= SHORTEST).then(|| lifetime.min(LONGEST))
    }
}

/// Whether a text has the form of a compact JWT: three parts, the first of them an encoded JSON object. Tells a bare token from a
/// message; says nothing about whether it is good.
pub fn is_jwt(text: &str) -> bool {
    let mut parts = text.trim().split('.');
    let (Some(header), Some(_), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    URL_SAFE_NO_PAD.decode(header).is_ok_and(|header| members(&header).is_ok())
}

/// A date as JSON text: digits, and perhaps a fraction, which is dropped.
fn seconds(text: &str) -> Option<SystemTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=MOST_DIGITS).contains(&whole.len()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    UNIX_EPOCH.checked_add(Duration::from_secs(whole.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 1_700_000_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn token(claims: &str) -> SecretString {
        let [header, claims] = [r#"{"alg":"HS384","typ":"JWT"}"#, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{claims}.c2lnbmF0dXJl").into()
    }

    fn lifetime(claims: &str) -> Option<u64> {
        Hint::read(&token(claims)).lifetime(at(NOW)).map(|lifetime| lifetime.as_secs())
    }

    #[test]
    fn the_lifetime_is_what_is_left_and_never_more_than_was_given() {
        for (claims, expected) in [
            (r#"{"iat":1700000000,"exp":1700003600}"#, Some(3600)),
            (r#"{"uid":"u","exp":1700003600}"#, Some(3600)),
            // Issued half an hour ago.
            (r#"{"iat":1699998200,"exp":1700001800}"#, Some(1800)),
            // This machine's clock is a day behind, or a day ahead: the issuer's own counts.
            (r#"{"iat":1700086400,"exp":1700090000}"#, Some(3600)),
            (r#"{"iat":1699913600,"exp":1699917200}"#, Some(3600)),
            // Without `iat` nothing tells a clock that is ahead from a token that is over.
            (r#"{"exp":1699917200}"#, None),
            (r#"{"exp":1700000000}"#, None),
            (r#"{"exp":1700003600.75}"#, Some(3600)),
        ] {
            assert_eq!(lifetime(claims), expected, "{claims}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_no_hint_and_what_is_far_off_counts_as_a_day() {
        for (claims, expected) in [
            (r#"{"exp":1700000059}"#, None),
            (r#"{"exp":1700000060}"#, Some(60)),
            (r#"{"exp":1700086400}"#, Some(86400)),
            (r#"{"exp":1700086401}"#, Some(86400)),
            (r#"{"exp":999999999999}"#, Some(86400)),
            // Milliseconds; more than a clock holds; exponents; a sign; a text; null; twice; no dates at all.
            (r#"{"exp":1700003600000}"#, None),
            (r#"{"exp":18446744073709551616}"#, None),
            (r#"{"exp":1e12}"#, None),
            (r#"{"exp":1.7e9}"#, None),
            (r#"{"exp":-1700003600}"#, None),
            (r#"{"exp":"1700003600"}"#, None),
            (r#"{"exp":null}"#, None),
            (r#"{"exp":1700003600,"exp":1700007200}"#, None),
            (r#"{"exp":{}}"#, None),
            ("{}", None),
            ("null", None),
            ("\u{fffd}", None),
            // Ends before it begins.
            (r#"{"iat":1700003600,"exp":1700003599}"#, None),
            // A wrong `iat` alone spoils nothing.
            (r#"{"iat":"x","exp":1700003600}"#, Some(3600)),
        ] {
            assert_eq!(lifetime(claims), expected, "{claims}");
        }
    }

    #[test]
    fn any_algorithm_and_white_space_around_are_taken() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1700003600}"#);
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"X999"}"#] {
            let text = format!(" {}.{claims}.\n", URL_SAFE_NO_PAD.encode(header));
            assert!(is_jwt(&text), "{text}");
            assert!(Hint::read(&text.into()).expires.is_some());
        }
    }

    #[test]
    fn only_three_parts_with_an_object_first_have_the_form() {
        let header = URL_SAFE_NO_PAD.encode("{}");
        assert!(is_jwt(&format!("{header}..")) && is_jwt(&format!("{header}.a.b")));
        for text in ["", ".", "..", "a.b.c", "Service is down. Call us. Now", "W10.a.b"] {
            assert!(!is_jwt(text), "{text}");
        }
        for text in [header.clone(), format!("{header}.a"), format!("{header}.a.b.c"), format!("\"{header}.a.b\"")] {
            assert!(!is_jwt(&text), "{text}");
        }
    }

    #[test]
    fn what_has_not_the_form_has_no_dates() {
        let whole = token(r#"{"exp":1700003600}"#);
        let whole = whole.expose_secret();
        for text in
            [format!("e30.{whole}"), format!("{whole}.e30"), whole.replacen("ey", "??", 1), whole.replace('.', " ")]
        {
            assert_eq!(Hint::read(&text.clone().into()), Hint::default(), "{text}");
        }
    }

    #[test]
    fn nothing_of_the_token_is_printed() {
        let shown = format!("{:?}", Hint::read(&token(r#"{"uid":"SENTINEL","exp":1700003600}"#)));
        assert!(shown.contains("expires") && !shown.contains("SENTINEL"), "{shown}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_text_panics(text in ".*", claims in ".*", now in any::<u32>()) {
            for token in [text.clone().into(), token(&claims), format!("{text}.{claims}.").into()] {
                let _ = (is_jwt(token.expose_secret()), Hint::read(&token).lifetime(at(now.into())));
            }
        }

        #[test]
        fn a_lifetime_keeps_its_bounds(iat in proptest::option::of(any::<u64>()), exp in any::<u64>(), now in any::<u32>()) {
            let iat_member = iat.map_or(String::new(), |iat| format!(r#""iat":{iat},"#));
            let hint = Hint::read(&token(&format!("{{{iat_member}\"exp\":{exp}}}")));
            if let Some(lifetime) = hint.lifetime(at(now.into())) {
                prop_assert!((SHORTEST..=LONGEST).contains(&lifetime));
                prop_assert!(exp <= 999_999_999_999);
                let given = iat.filter(|iat| *iat <= 999_999_999_999).map(|iat| exp - iat);
                prop_assert!(given.is_none_or(|given| lifetime.as_secs() <= given), "longer than it was issued for");
            }
        }

        #[test]
        fn an_honest_token_lives_as_long_as_it_says(length in 60_u64..86_400, age in 0_u64..3600) {
            prop_assume!(length.saturating_sub(age) >= 60);
            let hint = Hint::read(&token(&format!(r#"{{"exp":{},"iat":{}}}"#, NOW - age + length, NOW - age)));
            prop_assert_eq!(hint.lifetime(at(NOW)), Some(Duration::from_secs(length - age)));
        }
    }
}
