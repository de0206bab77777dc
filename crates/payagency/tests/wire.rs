//! What goes over the wire, byte for byte, against requests written by hand from the provider's documents. Sealed bodies are opened
//! by `openssl`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Script, Sent};
use payagency::{
    Client, Coin, CryptoLink, CryptoLinkOf, Cursor, Estimate, ListQuery, OffRampOrder, Pan, Payin, PaymentLink, Ramp,
    RampEnds, RawRequest, Refund,
};
use std::fmt::Write as _;
use support::{
    ENCRYPTION, LIVE, PAN, PAYEE_PAN, TRANSACTION, always, amount, builder, card, client, digits, live, money, only,
    openssl, order, page_payment, paid, payer, payout, reply,
};

const LINK: &str = r#"{"message":"Payment link created successfully.","data":"https://portal.example/pay/1"}"#;
const LIST: &str = r#"{"message":"m","data":[]}"#;

/// Request line, headers by name, an empty line and the body; card numbers as `[PAN]`, so that no golden file holds one.
fn shown(sent: &Sent) -> String {
    let mut headers: Vec<_> =
        sent.headers.keys().map(|name| format!("{name}: {}", sent.header(name.as_str()))).collect();
    headers.sort();
    let mut text = format!("{} {}\n", sent.method, sent.url);
    headers.iter().for_each(|header| writeln!(text, "{header}").unwrap());
    let body = match sent.text() {
        sealed if sealed.starts_with(r#"{"payload""#) => format!("sealed: {}", openssl::unsealed(ENCRYPTION, sealed)),
        plain => plain.to_owned(),
    };
    write!(text, "\n{body}").unwrap();
    text.replace(&digits(PAN), "[PAN]").replace(&digits(PAYEE_PAN), "[PAN]")
}

#[track_caller]
fn assert_sent(sent: &Sent, golden: &str) {
    let golden = golden.strip_suffix('\n').expect("a golden file ends in a line end");
    assert_eq!(shown(sent), golden, "\nsent:\n{}\n\ngolden:\n{golden}\n", shown(sent));
}

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("goldens/", $name, ".http"))
    };
}

/// A test that needs `openssl` to look inside.
macro_rules! sealed {
    ($($name:ident: $golden:literal, $answer:expr, $client:ident => $call:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            if !openssl::there(concat!("payagency wire ", stringify!($name))) {
                return;
            }
            let script = always(200, $answer);
            let $client: Client = client(&script);
            let _ = $call.await.unwrap();
            assert_sent(&only(&script), golden!($golden));
        })+
    };
}

macro_rules! plain {
    ($($name:ident: $golden:literal, $answer:expr, $client:ident => $call:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            let script = always(200, $answer);
            let $client: Client = client(&script);
            let _ = $call.await.unwrap();
            assert_sent(&only(&script), golden!($golden));
        })+
    };
}

fn ends() -> RampEnds {
    RampEnds::wallet("made-up-address").redirect_url("https://merchant.example/return")
}

sealed! {
    card_with_everything: "card", paid("ORDER-0001"), client => {
        // Vector V3 of the facts: the whole of it is `ada@example.com`'s payment.
        let order = order("ORDER-0001").webhook_url("https://merchant.example/webhook").terminal_id("T12345");
        client.card(payagency::CardPayment::new(order, payer(), card(), "https://merchant.example/return")).send()
    };
    hosted_card: "hosted_card", support::redirect("ORDER-0002"), client => client.hosted_card(page_payment("ORDER-0002")).send();
    apm: "apm", support::redirect("ORDER-0003"), client => client.apm(page_payment("ORDER-0003")).send();
    // Vector V5 of the facts.
    payout_to_a_card: "payout", reply("PENDING", "\"PO-0001\"", ""), client => client.payout(payout("PO-0001")).send();
    estimate_that_is_sealed: "estimate_payout_sealed", r#"{"data":{}}"#, client =>
        client.estimate_payout(Estimate::new("WAL1234567890", amount("200"), Pan::unchecked(PAYEE_PAN).unwrap()).sealed(true)).send();
    payment_link_that_is_sealed: "payment_link_sealed", LINK, client => client.payment_link(PaymentLink::new("LINK-2").sealed(true)).send();
    ramp_to_crypto: "crypto_ramp_on", reply("REDIRECT", "\"RAMP-1\"", ""), client => {
        let order = order("RAMP-1").webhook_url("https://merchant.example/webhook").terminal_id("T12345");
        client.crypto_ramp(Ramp::on(order, payer(), Coin::bitcoin(), ends())).send()
    };
    ramp_to_money: "crypto_ramp_off", reply("PENDING", "\"RAMP-2\"", ""), client => {
        let order = OffRampOrder::new("RAMP-2", amount("0.050")).into_currency("EUR");
        client.crypto_ramp(Ramp::off(order, payer(), Coin::named("USDT").on("TRON"), ends()).payment_method("BANK")).send()
    };
    payin: "crypto_payin", reply("REDIRECT", "\"PAYIN-1\"", ""), client =>
        client.crypto_payin(Payin::new(order("PAYIN-1"), payer(), Coin::ether(), "https://merchant.example/return")).send();
}

plain! {
    wallets: "wallets", r#"{"data":[]}"#, client => client.wallets().send();
    estimate: "estimate_payout", r#"{"data":{}}"#, client =>
        client.estimate_payout(Estimate::new("WAL1234567890", amount("200"), Pan::unchecked(PAYEE_PAN).unwrap())).send();
    payout_status: "payout_status", reply("PENDING", "\"PO-0001\"", ""), client => client.payout_status("PO-0001").send();
    refund: "refund", support::flagged("SUCCESS", "ORDER-0001", true, false), client =>
        client.refund(Refund::of(TRANSACTION).because("customer returned it")).send();
    status: "status", paid("ORDER-0001"), client => client.status("ORDER-0001").send();
    transactions: "transactions", LIST, client => client.transactions(&ListQuery::new()).send();
    transactions_filtered: "transactions_filtered", LIST, client => {
        let query = ListQuery::new().from("2025-01-01").until("2025-12-31").at(Cursor::Next("NTQ1".into()));
        client.transactions(&query).send()
    };
    wallet_transactions_backwards: "wallet_transactions", LIST, client =>
        client.wallet_transactions(&ListQuery::new().at(Cursor::Previous("MTI=".into()))).send();
    payment_link: "payment_link", LINK, client =>
        client.payment_link(PaymentLink::new("LINK-1").price(money("19.90", "EUR")).expires_on("2026-12-31")).send();
    payment_templates: "payment_templates", r#"{"data":[]}"#, client => client.payment_templates().send();
    currencies: "crypto_currencies", LIST, client => client.crypto_currencies("GB", amount("100.50")).send();
    crypto_link_to_pay: "crypto_link_payin", LINK, client => {
        let link = CryptoLink::new("LINK-4", CryptoLinkOf::PayIn(money("100", "GBP")), Coin::bitcoin());
        client.crypto_payment_link(link.template("TPL1234567").terminal_id("T12345").expires_on("2026-12-31")).send()
    };
    crypto_link_to_buy: "crypto_link_on", LINK, client => {
        let link = CryptoLink::new("LINK-5", CryptoLinkOf::OnRamp(money("100", "GBP")), Coin::bitcoin());
        client.crypto_payment_link(link.template("TPL1234567")).send()
    };
    crypto_link_to_sell: "crypto_link_off", LINK, client => {
        let of = CryptoLinkOf::OffRamp(amount("0.5"), "GBP".into());
        client.crypto_payment_link(CryptoLink::new("LINK-6", of, Coin::bitcoin()).template("TPL1234567")).send()
    };
}

#[tokio::test]
async fn payment_link_with_a_live_key() {
    let script = always(200, LINK);
    let link =
        PaymentLink::new("LINK-3").template("PLI00000000000000001").price(money("100", "GBP")).terminal_id("T12345");
    live(&script).build().unwrap().payment_link(link).send().await.unwrap();
    assert_sent(&only(&script), golden!("payment_link_live"));
}

/// All seventeen, once each.
async fn everything(client: &Client) {
    let _ = client.card(support::card_payment("ORDER-1")).send().await;
    let _ = client.hosted_card(page_payment("ORDER-1")).send().await;
    let _ = client.apm(page_payment("ORDER-1")).send().await;
    let _ = client.payout(payout("ORDER-1")).send().await;
    let _ = client.wallets().send().await;
    let _ = client.estimate_payout(Estimate::new("W", amount("1"), Pan::unchecked(PAYEE_PAN).unwrap())).send().await;
    let _ = client.payout_status("live").send().await;
    let _ = client.refund(Refund::of("T").because("r")).send().await;
    let _ = client.status("a/b ?").send().await;
    let _ = client.transactions(&ListQuery::new()).send().await;
    let _ = client.wallet_transactions(&ListQuery::new()).send().await;
    let link = PaymentLink::new("ORDER-1");
    let link = if client.environment() == payagency::Environment::Production { link.template("T") } else { link };
    let _ = client.payment_link(link).send().await;
    let _ = client.payment_templates().send().await;
    let _ = client.crypto_ramp(Ramp::on(order("ORDER-1"), payer(), Coin::bitcoin(), ends())).send().await;
    let _ = client.crypto_payin(Payin::new(order("ORDER-1"), payer(), Coin::ether(), "https://m.example")).send().await;
    let _ = client.crypto_currencies("GB", amount("1")).send().await;
    let link = CryptoLink::new("ORDER-1", CryptoLinkOf::PayIn(money("1", "GBP")), Coin::bitcoin());
    let _ = client.crypto_payment_link(link.template("T")).send().await;
}

fn paths(script: &Script) -> Vec<String> {
    script.seen().iter().map(|sent| format!("{} {}", sent.method, sent.path)).collect()
}

/// The table of the facts, line by line.
const TABLE: [&str; 17] = [
    "POST /api/v1/live/card",
    "POST /api/v1/live/hosted/card",
    "POST /api/v1/live/apm",
    "POST /api/v1/live/payout",
    "GET /api/v1/wallet",
    "POST /api/v1/wallet/estimate-payout",
    "GET /api/v1/live/payout/live/status",
    "POST /api/v1/live/refund",
    "GET /api/live/status/a%2Fb%20%3F",
    "GET /api/v1/live-transactions",
    "GET /api/v1/live-wallet-transactions",
    "POST /api/v1/payment-link",
    "GET /api/v1/payment-templates",
    "POST /api/v1/live/crypto",
    "POST /api/v1/live/crypto/payin",
    "POST /api/v1/live/crypto/currencies",
    "POST /api/v1/crypto/payment-link",
];

#[tokio::test]
async fn every_path_follows_the_key_and_none_mixes() {
    let script = always(200, "{}");
    everything(&live(&script).build().unwrap()).await;
    assert_eq!(paths(&script), TABLE);
    let script = always(200, "{}");
    everything(&client(&script)).await;
    let expected: Vec<String> =
        TABLE.iter().map(|path| path.replacen("/live-", "/test-", 1).replacen("/live/", "/test/", 1)).collect();
    assert_eq!(paths(&script), expected);
    // Which are sealed, by the same table: 1 to 4, 14 and 15.
    let sealed: Vec<usize> = (script.seen().iter().enumerate())
        .filter(|(_, sent)| sent.text().starts_with(r#"{"payload":""#))
        .map(|(at, _)| at + 1)
        .collect();
    assert_eq!(sealed, [1, 2, 3, 4, 14, 15]);
    for sent in script.seen() {
        assert_eq!(sent.header("content-type"), "application/json", "{sent:?}");
        assert!(!sent.path.contains("Skip-Encryption"), "{sent:?}");
        assert_eq!(sent.headers.len(), 3, "{sent:?}");
        assert!(sent.headers["authorization"].is_sensitive());
    }
}

#[tokio::test]
async fn paths_and_host_can_be_others() {
    let script = always(200, LINK);
    let client = builder(&script)
        .local("https://tenant.pay.example/")
        .path("payment_templates", "/v1/payment-templates")
        .path("crypto_payment_link", "/api/v1/{environment}/crypto/payment-link")
        .path("status", "/api/v1/{environment}/card/status/{id}")
        .build()
        .unwrap();
    let link = CryptoLink::new("ORDER-1", CryptoLinkOf::PayIn(money("1", "GBP")), Coin::bitcoin()).template("T");
    client.crypto_payment_link(link).send().await.unwrap();
    let _ = client.payment_templates().send().await;
    let _ = client.status("a/b").send().await;
    let urls: Vec<_> = script.seen().iter().map(|sent| sent.url.clone()).collect();
    assert_eq!(
        urls,
        [
            "https://tenant.pay.example/api/v1/test/crypto/payment-link",
            "https://tenant.pay.example/v1/payment-templates",
            "https://tenant.pay.example/api/v1/test/card/status/a%2Fb",
        ]
    );
}

#[tokio::test]
async fn what_is_sealed_can_be_set_for_the_client_and_for_the_call() {
    let script = always(200, LINK);
    let client = builder(&script).seal_payment_links(true).seal_estimates(true).build().unwrap();
    client.payment_link(PaymentLink::new("ORDER-1")).send().await.unwrap();
    client.payment_link(PaymentLink::new("ORDER-1").sealed(false)).send().await.unwrap();
    let estimate = || Estimate::new("W", amount("1"), Pan::unchecked(PAYEE_PAN).unwrap());
    let _ = client.estimate_payout(estimate()).send().await;
    let _ = client.estimate_payout(estimate().sealed(false)).send().await;
    let sealed: Vec<_> = script.seen().iter().map(|sent| sent.text().starts_with(r#"{"payload""#)).collect();
    assert_eq!(sealed, [true, false, true, false]);
}

#[tokio::test]
async fn raw_requests_carry_the_key_and_can_be_sealed() {
    if !openssl::there("payagency wire raw") {
        return;
    }
    let script = always(200, "{}");
    let request = RawRequest::new(http::Method::POST, "/api/v1/test/new", payagency::Repeat::Never)
        .body("application/json", r#"{"a":1.00}"#)
        .sealed();
    client(&script).raw(request).send().await.unwrap();
    let sent = only(&script);
    assert_eq!(sent.header("authorization"), format!("Bearer {}", support::SECRET));
    assert_eq!(openssl::unsealed(ENCRYPTION, sent.text()), r#"{"a":1.00}"#);
}

#[tokio::test]
async fn raw_requests_stay_in_the_environment_of_the_key() {
    for path in ["/api/v1/live/card", "/api/v1/live-transactions", "/api/v1/%6Cive/card", "/api/v1/Live/card"] {
        let script = always(200, "{}");
        let error = client(&script).raw(RawRequest::get(path)).send().await.unwrap_err();
        assert_eq!(error.kind(), payagency::Kind::Invalid, "{error}");
        assert!(script.seen().is_empty());
    }
    let script = always(200, "{}");
    live(&script).build().unwrap().raw(RawRequest::get("/api/v1/live/new")).send().await.unwrap();
    assert_eq!(only(&script).header("authorization"), format!("Bearer {LIVE}"));
}

#[test]
fn what_openssl_seals_is_opened_and_the_other_way_round() {
    if !openssl::there("payagency wire both ways") {
        return;
    }
    let key = pay_core::seal::SealKey::new(&ENCRYPTION.into()).unwrap();
    for length in [2, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1024, 4099] {
        let plain = format!("{{{}}}", " ".repeat(length - 2));
        let ours =
            String::from_utf8(key.seal(r#"{"payload":""#, plain.clone().into_bytes(), r#""}"#).unwrap()).unwrap();
        assert_eq!(openssl::unsealed(ENCRYPTION, &ours), plain, "{length}");
        let theirs = openssl::sealed(ENCRYPTION, "f0e0d0c0b0a090807060504030201000", &plain);
        assert_eq!(key.open(&theirs).unwrap().expose(), plain.as_bytes(), "{length}");
    }
}
