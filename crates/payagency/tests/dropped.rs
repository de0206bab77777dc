//! Calls that are dropped before their end: the one event that says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::Play;
use support::events::Events;
use support::{PAN, answering, card_payment, digits};

/// Frameworks drop handlers when a browser goes away: the payment may have happened, and only this line says so.
#[tokio::test(start_paused = true)]
async fn a_dropped_payment_is_one_warning_with_its_order() {
    let (events, _guard) = Events::capture();
    let script = answering(vec![Play::hang()]);
    let client = support::client(&script);
    let call = client.card(card_payment("ORDER-1")).send();
    assert!(tokio::time::timeout(support::secs(1), call).await.is_err());
    assert_eq!(script.seen().len(), 1);
    let warnings = events.named("pay.call.dropped");
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(warnings[0].field("reference"), Some("ORDER-1"));
    assert_eq!(warnings[0].field("outcome"), Some("unknown"));
    let shown = format!("{warnings:?}");
    for hidden in ["Ada", "Byron", "ada@example.com", "203.0.113.7", &digits(PAN), PAN] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
