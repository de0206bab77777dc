//! Rate limits by address: what one address does costs another nothing.

use super::*;

const MANY: u16 = 429;

#[test]
fn token_and_refresh_limits_count_per_address() {
    let provider = PagamioProvider::new(SandboxClock::new());
    for (path, most, body) in [
        ("/auth/token", 5, json!({ "username": "x", "password": "y" })),
        ("/auth/token/refresh", 10, json!({ "refreshToken": "x" })),
    ] {
        let from = |peer| Request::new("POST", path).json(&body).from(peer).send(&provider).status.as_u16();
        let statuses: Vec<u16> = (0..=most).map(|_| from([127, 0, 0, 1])).collect();
        assert_eq!(statuses.iter().filter(|status| **status == MANY).count(), 1, "{path}");
        assert_eq!(statuses.last(), Some(&MANY), "{path}");
        assert_eq!(from([127, 0, 0, 2]), 401, "{path}: another address");
        assert_eq!(from([127, 0, 0, 1]), MANY, "{path}: the first one still");
    }
}

#[test]
fn the_purchase_limit_counts_per_token_whatever_the_address() {
    let provider = PagamioProvider::new(SandboxClock::new());
    let (one, other) = (merchant(&provider), merchant(&provider));
    let buy = |token: &str, peer| {
        Request::new("POST", "/purchase").token(token).json(&json!({})).from(peer).send(&provider).status.as_u16()
    };
    for n in 0..10 {
        assert_eq!(buy(&one, [127, 0, 0, n]), 200, "a refused order counts too");
    }
    assert_eq!(buy(&one, [127, 0, 0, 99]), MANY);
    assert_eq!(buy(&other, [127, 0, 0, 99]), 200, "the same account under another token");
}
