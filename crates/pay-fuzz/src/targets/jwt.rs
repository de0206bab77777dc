//! A JWT's dates: whatever a token endpoint answers, a lifetime within bounds or none, and nothing of the token is printed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pay_core::jwt::{Hint, LONGEST, SHORTEST, is_jwt};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `base64url({"alg":"HS384","typ":"JWT"})`
const HEADER: &str = "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9";

/// The input as a token, and as the claims of one.
pub(super) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let of_claims = format!("{HEADER}.{}.", URL_SAFE_NO_PAD.encode(data));
    assert!(is_jwt(&of_claims), "whatever is claimed, it has the form");
    for token in [text, &of_claims] {
        let hint = Hint::read(&token.into());
        assert!(hint == Hint::default() || token.trim().split('.').count() == 3, "dates of no token");
        for now in [0, 1_700_000_000, u64::from(u32::MAX)] {
            bounded(hint, UNIX_EPOCH + Duration::from_secs(now));
        }
    }
}

fn bounded(hint: Hint, now: SystemTime) {
    let Some(lifetime) = hint.lifetime(now) else { return };
    assert!((SHORTEST..=LONGEST).contains(&lifetime), "{lifetime:?}");
    let given = hint.issued.and_then(|issued| hint.expires?.duration_since(issued).ok());
    assert!(given.is_none_or(|given| lifetime <= given), "longer than it was issued for");
}
