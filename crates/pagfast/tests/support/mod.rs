//! Helpers: clients over a scripted wire or the sandbox, and answers in the provider's documented shapes.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[path = "../../../pay-core/tests/support/events.rs"]
pub mod events;
#[path = "../../../pay-core/tests/support/golden.rs"]
pub mod golden;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pagfast::{
    Amount, Builder, Client, Cpf, NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, Notify, Payer, PixKey,
    Recipient, Transport,
};
use pay_core::script::{Play, Script, Sent};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `2026-11-21T08:00:00.000Z`, by `date -ud 2026-11-21T08:00:00Z +%s`.
pub const NOW: u64 = 1_795_248_000;

pub const ID: &str = "f6431a0f-970a-4be9-9c6d-f444f729adc3";
pub const HOOK: &str = "https://shop.example/pagfast";
pub const BASE: &str = "https://api.sandbox.pagfast.com/v1";

pub fn wall() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
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

/// A JWT as PagFast's samples begin: HS384 and a leading `uid`. The last part is no signature.
pub fn jwt(uid: &str, claims: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2ln", encode(r#"{"alg":"HS384","typ":"JWT"}"#), encode(&format!(r#"{{"uid":"{uid}"{claims}}}"#)))
}

/// One that lasts an hour from [`NOW`] on.
pub fn hour() -> String {
    jwt("u-1", &format!(r#","iat":{NOW},"exp":{}"#, NOW + 3600))
}

pub fn cpf() -> Cpf {
    Cpf::new("123.456.789-09").unwrap()
}

pub fn notify() -> Notify {
    Notify::to(HOOK)
}

pub fn deposit(order_id: &str) -> NewPixDeposit {
    NewPixDeposit::identified(order_id, amount("50"), Payer::new(cpf()).name("Ana Exemplo")).notify(notify())
}

pub fn recipient() -> Recipient {
    Recipient::by_cpf("Ana Exemplo", cpf())
}

pub fn withdrawal(order_id: &str) -> NewPixWithdrawal {
    NewPixWithdrawal::new(order_id, amount("10.50"), recipient()).notify(notify())
}

pub fn random_key() -> Recipient {
    Recipient::new("Ana Exemplo", cpf(), PixKey::random("b6295ee1-f054-47d1-9e90-ee57b74f60d9"))
}

pub fn open_finance(order_id: &str) -> NewOpenFinanceDeposit {
    NewOpenFinanceDeposit::new(order_id, amount("10.00"), cpf())
        .redirect_url("https://shop.example/back")
        .notify(notify())
}

/// What the sister platform answers to a deposit or withdrawal; PagFast's answer is in no readable copy.
pub fn created(order_id: &str, state: &str, amount: &str) -> String {
    format!(
        r#"{{"statusCode":"Done","data":{{"transaction":{{"id":"{ID}","orderId":"{order_id}","date":"2026-11-21T08:00:00.123Z","state":"{state}","amount":"{amount}"}},"payment":{{"qrCode":"00020126BR.GOV.BCB.PIX","qrCodeLocation":"https://api.example/v1/system/qrcodeviewer/1"}}}}}}"#
    )
}

/// The documented answer to a deposit through Open Finance.
pub fn checkout() -> String {
    format!(
        r#"{{"statusCode":"Done","data":{{"transactionId":"{ID}","checkoutUrl":"https://checkout.sandbox.pagfast.com/v1/system/checkout/init/1/{ID}"}}}}"#
    )
}

/// The record of [`withdrawal`] in the documented shape, as far as the page could be read.
pub fn record(order_id: &str, state: &str, amount: &str) -> String {
    format!(
        r#"{{"id":"{ID}","externalResourceId":"6b7d","orderId":"{order_id}","orderDescription":"text","date":"2026-11-21T08:00:00.123Z","stateRegisteredDate":"2026-11-21T08:00:00.200Z","stateCompletedDate":null,"stateCancelledDate":null,"stateRefundDate":null,"stateReversedDate":null,"stateErrorDate":null,"stateErrorCause":null,"type":"Debit","paymentType":"PIX","category":"PartnerSales","amount":"{amount}","currency":"BRL","state":"{state}","charges":"0.000000","chargesObject":{{"costValue":"0","rateValue":"0","rate":"0.00"}},"receiptUrl":null,"receiptDate":null,"receiptVoucher":null,"receiptAmount":null,"metadata":{{}},"payer":{{"name":"Ana Exemplo","taxNumber":"09977799400","bankCode":"999","bankName":null,"accountAgency":"99999","accountNumber":"99999","accountDigit":"9"}},"customerName":"Ana Exemplo"}}"#
    )
}

/// The answer to a question by id.
pub fn transaction(order_id: &str, state: &str, amount: &str) -> String {
    format!(
        r#"{{"statusCode":"Done","data":{{"transaction":{},"payment":{{"x":1}},"webhook":{{"deliveryStatus":"?"}}}}}}"#,
        record(order_id, state, amount)
    )
}

/// The answer to a question by order id.
pub fn list(records: &[String], offset: usize, total: usize) -> String {
    let items: Vec<_> = records.iter().map(|record| format!(r#"{{"transaction":{record}}}"#)).collect();
    let items = items.join(",");
    format!(r#"{{"statusCode":"Done","data":{{"limit":20,"offset":{offset},"total":{total},"items":[{items}]}}}}"#)
}

/// The documented envelope of failures, with one detail.
pub fn refusal(name: &str, reason: &str) -> String {
    format!(
        r#"{{"statusCode":"Error","error":{{"name":"{name}","message":"Message of {name}","details":{{"reason":"{reason}","message":"low"}}}}}}"#
    )
}

/// The documented refusal of a token.
pub fn bad_token() -> String {
    refusal("AuthenticationError", "AuthenticationTokenInvalid")
}

/// A script whose token call succeeds, and that leaves the rest to `answer`.
pub fn logged_in(answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    Script::new(move |sent| if sent.path.ends_with("/login") { Play::answer(201, hour()) } else { answer(sent) })
}

/// A script that answers the calls after the log-in one by one; the last answer repeats.
pub fn answering(plays: Vec<Play>) -> Script {
    let next = std::sync::atomic::AtomicUsize::new(0);
    logged_in(move |_| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        plays[index.min(plays.len() - 1)].clone()
    })
}

/// A complete builder over the script, so that full URLs are seen, with a wall clock that stands still.
pub fn builder(script: &Script) -> Builder {
    Client::builder()
        .assumed_provider_test()
        .transport(Transport::scripted(script))
        .credentials("key-1", "s\"ecret")
        .wall_clock(wall)
}

pub fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

/// The requests that are no token calls.
pub fn calls(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(|sent| !sent.path.ends_with("/login")).collect()
}

/// A builder for the sandbox's main account, on the sandbox's clock.
pub fn on(sandbox: &pay_sandbox::Sandbox) -> Builder {
    let pagfast = sandbox.pagfast();
    let clock = sandbox.clock();
    Client::builder()
        .local(pagfast.base_url())
        .credentials(pagfast.access_key(), pagfast.secret())
        .wall_clock(move || clock.now())
}

/// A deposit without a webhook, which the sandbox then need not reach.
pub fn quiet(order_id: &str) -> NewPixDeposit {
    NewPixDeposit::identified(order_id, amount("50.00"), Payer::new(cpf()).name("Ana Exemplo"))
}
