//! Helpers: clients over a scripted wire or the sandbox, and answers in the provider's documented shapes.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[path = "../../../pay-core/tests/support/events.rs"]
pub mod events;
#[path = "../../../pay-core/tests/support/golden.rs"]
pub mod golden;

use pay_core::script::{Play, Script, Sent};
use pay1st::{Amount, Builder, Client, Customer, Item, Money, NewPayment, NewRefund, RefundOf, Transport};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub const TOKEN: &str = r#"{"role":"API_USER","accessToken":"access-1=","refreshToken":"refresh-1="}"#;

/// The key of the provider's own signing example.
pub const SIGNING: &str = "hCyO_Flnu6aid-bhFYTYOowkxXRzoZkgzO32rB6Ik8Y";

/// The answer of creating, as documented, for [`order`].
pub const CREATED: &str = r#"{"reference":"C-113976984708914-P","partnerReference":"order-1","countryCode":"NG","currencyCode":"NGN","amount":100,"status":"NEW"}"#;

pub const REFERENCE: &str = "C-113976984708914-P";

/// `2025-03-17T08:10:52.544Z`, by `date -ud 2025-03-17T08:10:52Z +%s`.
pub fn wall() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_742_199_052_544)
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn naira(text: &str) -> Money {
    Money { amount: amount(text), currency: "NGN".into() }
}

pub fn item() -> Item {
    Item { title: "10 Credits".into(), sku: "12345".into(), price: naira("100"), quantity: 1 }
}

pub fn customer() -> Customer {
    Customer { id: "1".into(), country: "NG".into() }
}

pub fn order(reference: &str) -> NewPayment {
    NewPayment::new(reference, naira("100"), customer(), item())
}

pub fn refund_of() -> RefundOf {
    RefundOf { transaction_reference: "C-12345-T".into(), partner_refund_reference: "P-12345".into() }
}

pub fn refund() -> NewRefund {
    NewRefund::partial(refund_of(), amount("50.00"))
}

/// The documented answer to a refund.
pub fn refunded(status: &str) -> String {
    format!(
        r#"{{"refundReference":"R-77","transactionReference":"C-12345-T","partnerReference":"order-1","partnerRefundReference":"P-12345","amount":50.00,"currencyCode":"NGN","status":"{status}","handlingType":"PSP_API","fullRefund":false,"reason":"why","createdDate":"2025-09-17 19:42:42","lastModifiedDate":"2025-09-17 19:42:42"}}"#
    )
}

/// The documented answer to a query.
pub fn payment(status: &str) -> String {
    format!(
        r#"{{"countryCode":"NG","currencyCode":"NGN","amount":100,"reference":"{REFERENCE}","partnerReference":"order-1","partnerSettings":{{"partnerId":9,"webhookUrl":"https://webhook.success","successCallbackUrl":"https://callback.success","failureCallbackUrl":"https://callback.failure","pendingCallbackUrl":"https://callback.pending","cancelCallbackUrl":"https://callback.cancel"}},"products":[{{"title":"10Credits","sku":"12345","price":100,"currencyCode":"NGN","quantity":1}}],"metadata":[{{"key":"customerId","value":"1"}}],"status":"{status}"}}"#
    )
}

/// The documented error envelope.
pub fn refusal(code: &str) -> String {
    format!(r#"{{"errorMessage":"Message of {code}","errorCode":"{code}","sessionId":"session-9"}}"#)
}

/// A script whose token call succeeds, and that leaves the rest to `answer`.
pub fn logged_in(answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    Script::new(move |sent| if sent.path.contains("/auth/") { Play::answer(200, TOKEN) } else { answer(sent) })
}

/// A script that answers the calls after the log-in one by one; the last answer repeats.
pub fn answering(plays: Vec<Play>) -> Script {
    let next = std::sync::atomic::AtomicUsize::new(0);
    logged_in(move |_| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        plays[index.min(plays.len() - 1)].clone()
    })
}

/// A complete builder: `provider_test()` over the script, so that full URLs are seen, with a wall clock that stands still.
pub fn builder(script: &Script) -> Builder {
    Client::builder()
        .provider_test()
        .transport(Transport::scripted(script))
        .credentials("key-1", "s\"ecret")
        .signing_key(SIGNING)
        .wall_clock(wall)
}

pub fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

/// The requests that are no token calls.
pub fn calls(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(|sent| !sent.path.contains("/auth/")).collect()
}

/// A builder for the sandbox's partner.
pub fn on(sandbox: &pay_sandbox::Sandbox) -> Builder {
    let pay1st = sandbox.pay1st();
    Client::builder()
        .local(pay1st.base_url(), pay1st.checkout_url())
        .credentials(pay1st.api_key(), pay1st.api_secret())
        .signing_key(pay1st.signing_key())
}
