//! The whole story, written against the client alone and run on the sandbox; the stage around it is set here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

#[path = "flows/paying.rs"]
mod paying;

use http::{HeaderMap, HeaderValue};
use pay_sandbox::payagency::{Environment, Status};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use payagency::webhook::{Event, Received, SignatureScheme, Webhooks};
use payagency::{
    Client, Coin, CryptoLink, CryptoLinkOf, Estimate, Kind, ListQuery, Outcome, Pan, Payin, Payment, PaymentLink,
    PaymentStatus, Ramp, RampEnds, Reason, Refund, RefundRefusal, Settled,
};
use paying::{BACK, BLOCKED, DECLINED, PAID, THREE_DS};
use paying::{amount, by_card, completed, on_a_page, order, pay, payer, payout, redirected, settled};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

async fn stage() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox);
    (sandbox, client)
}

fn on(sandbox: &Sandbox) -> Client {
    let (payagency, test) = (sandbox.payagency(), Environment::Test);
    let keys = (payagency.secret_key(test), payagency.encryption_key(test));
    let builder = Client::builder().local(payagency.base_url()).credentials(keys.0, keys.1);
    builder.attempt_timeout(Duration::from_secs(3)).build().unwrap()
}

fn next(sandbox: &Sandbox, operation: &str, fault: Fault) {
    sandbox.add_fault(FaultRule::new("payagency", fault).operation(operation)).unwrap();
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

fn mode(sandbox: &Sandbox, name: &str, value: &str) {
    sandbox.payagency().set_mode(name, value).unwrap();
}

#[track_caller]
fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

fn wallet(sandbox: &Sandbox) -> String {
    let mut wallets = sandbox.payagency().wallets();
    wallets.retain(|wallet| wallet.environment == Environment::Test && wallet.active && wallet.currency == "USD");
    wallets.into_iter().max_by_key(|wallet| wallet.cents).unwrap().wallet_id
}

#[tokio::test]
async fn a_card_is_paid_at_once_declined_or_blocked() {
    let (sandbox, client) = stage().await;
    client.check_credentials().await.unwrap();
    let Payment::Completed(record) = pay(&client, "order-1", PAID).await else { panic!() };
    assert_eq!((record.order_id(), &record.status), (Some("order-1"), &PaymentStatus::Success));
    assert!(matches!(pay(&client, "order-2", DECLINED).await, Payment::Refused(_)));
    assert!(matches!(pay(&client, "order-3", BLOCKED).await, Payment::Refused(_)));
    let ledger = sandbox.ledger();
    assert_eq!(["order-1", "order-2", "order-3"].map(|id| ledger.charges(id)), [1, 0, 0]);
    // A decline may come with another status of HTTP, and is one all the same.
    mode(&sandbox, "declined_status", "400");
    assert!(matches!(pay(&client, "order-4", DECLINED).await, Payment::Refused(_)));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn three_d_secure_ends_as_the_payer_decides() {
    let (sandbox, client) = stage().await;
    let payagency = sandbox.payagency();
    let id = redirected(&pay(&client, "approved", THREE_DS).await);
    let Settled::StillUnknown(why) = settled(&client, "approved").await else { panic!() };
    assert_eq!(why.reason, Reason::StillOpen, "the payer is on the page");
    assert_eq!(payagency.approve(&id).unwrap(), Status::Success);
    assert_eq!(completed(&client, "approved").await.transaction_id(), Some(id.as_str()));
    assert_eq!(completed(&client, &id).await.order_id(), Some("approved"), "either id is asked for");

    let id = redirected(&pay(&client, "declined", THREE_DS).await);
    assert_eq!(payagency.decline(&id).unwrap(), Status::Failed);
    assert!(matches!(settled(&client, "declined").await, Settled::Failed(_)));

    let id = redirected(&pay(&client, "abandoned", THREE_DS).await);
    assert_eq!(payagency.abandon(&id).unwrap(), Status::Abandoned);
    // No document says that it is final.
    let Settled::StillUnknown(why) = settled(&client, "abandoned").await else { panic!() };
    assert_eq!(why.record.unwrap().status, PaymentStatus::Abandoned);
    let ledger = sandbox.ledger();
    assert_eq!(["approved", "declined", "abandoned"].map(|id| ledger.charges(id)), [1, 0, 0]);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn pages_take_payments_without_card_data() {
    let (sandbox, client) = stage().await;
    let hosted = client.hosted_card(on_a_page("hosted-1")).send().await.unwrap();
    assert!(redirected(&hosted).starts_with("PA"));
    let id = redirected(&client.apm(on_a_page("apm-1")).send().await.unwrap());
    sandbox.payagency().approve(&id).unwrap();
    completed(&client, "apm-1").await;
    let id = redirected(&client.apm(on_a_page("apm-2")).send().await.unwrap());
    sandbox.payagency().decline(&id).unwrap();
    assert!(matches!(settled(&client, "apm-2").await, Settled::Failed(_)));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_payout_is_estimated_paid_and_an_empty_wallet_refuses() {
    let (sandbox, client) = stage().await;
    let wallet = wallet(&sandbox);
    assert!(client.wallets().send().await.unwrap().len() >= 2);
    let estimate = || Estimate::new(&wallet, amount("12.50"), Pan::new(PAID).unwrap());
    let plain = client.estimate_payout(estimate()).send().await.unwrap();
    let (required, fee) = (plain.amount_required.unwrap(), plain.total_fee.unwrap());
    assert!(required.to_string().as_str() > "12.50" && fee.is_positive(), "{plain:?}");
    for (body, key) in [("sealed", "amount_required"), ("either", "amount_requried")] {
        mode(&sandbox, "estimate_body", body);
        mode(&sandbox, "estimate_key", key);
        assert_eq!(client.estimate_payout(estimate().sealed(true)).send().await.unwrap(), plain, "{body} {key}");
    }
    let paid = client.payout(payout("payout-1", &wallet)).send().await.unwrap();
    assert!(matches!(paid, Payment::Completed(_)), "{paid:?}");
    assert!(matches!(client.settle_payout("payout-1").await, Settled::Completed(_)));
    let asked = client.payout_status("payout-1").send().await.unwrap();
    assert_eq!(asked.transaction_id(), paid.transaction_id());
    assert_eq!(sandbox.ledger().paid_out("payout-1"), 1);

    sandbox.payagency().set_wallet(&wallet, "1").unwrap();
    let error = client.estimate_payout(estimate()).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Refused, Outcome::Refused), "{error}");
    // No source says what this error looks like for a payout itself, so it is looked up.
    let error = client.payout(payout("payout-2", &wallet)).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    let asked = client.settle_payout("payout-2").within(Duration::from_millis(100)).await;
    assert!(matches!(asked, Settled::StillUnknown(why) if why.reason == Reason::NotFound));
    assert_eq!(sandbox.ledger().paid_out("payout-2"), 0);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_refund_is_whole_and_happens_once() {
    let (sandbox, client) = stage().await;
    let Payment::Completed(record) = pay(&client, "order-1", PAID).await else { panic!() };
    let refund = || Refund::of(record.transaction_id().unwrap()).because("asked for");
    assert!(
        matches!(client.refund(refund()).send().await.unwrap(), Payment::Completed(record) if record.is_refunded())
    );
    let error = client.refund(refund()).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    assert_eq!(RefundRefusal::of(&error), Some(RefundRefusal::AlreadyRefunded));
    assert!(completed(&client, "order-1").await.is_refunded());

    let Payment::Completed(record) = pay(&client, "order-2", PAID).await else { panic!() };
    let id = record.transaction_id().unwrap();
    next(&sandbox, "refund", Fault::ResetAfterActing);
    let error = client.refund(Refund::of(id).because("asked for")).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown, "{error}");
    assert!(completed(&client, "order-2").await.is_refunded(), "status shows what the lost answer did not");

    let Payment::Completed(record) = pay(&client, "order-3", PAID).await else { panic!() };
    let id = record.transaction_id().unwrap();
    sandbox.payagency().charge_back(id).unwrap();
    let error = client.refund(Refund::of(id).because("asked for")).send().await.unwrap_err();
    assert_eq!(RefundRefusal::of(&error), Some(RefundRefusal::ChargedBack), "{error}");
    assert!(completed(&client, "order-3").await.is_charged_back());
    assert_sound(&sandbox);
}

#[tokio::test]
async fn links_are_made_as_the_key_allows() {
    let (sandbox, client) = stage().await;
    for (id, body, sealed) in [("link-1", "plain", false), ("link-2", "sealed", true)] {
        mode(&sandbox, "payment_link_body", body);
        let price = order(id, "GBP").money().clone();
        let link = client.payment_link(PaymentLink::new(id).price(price).sealed(sealed)).send().await.unwrap();
        assert!(link.url.contains("/pay/"), "{body}");
    }
    let template = client.payment_templates().send().await.unwrap().remove(0).payment_template_id.unwrap();
    let price = order("link-3", "GBP").money().clone();
    let crypto = CryptoLink::new("link-3", CryptoLinkOf::PayIn(price), Coin::ether()).template(template);
    client.crypto_payment_link(crypto).send().await.unwrap();
    assert_eq!(sandbox.payagency().links().len(), 3);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn crypto_is_done_only_where_nothing_is_left_to_look_at() {
    let (sandbox, client) = stage().await;
    assert!(!client.crypto_currencies("GB", amount("12.50")).send().await.unwrap().is_empty());
    let ends = RampEnds::wallet("wallet-address").redirect_url(BACK);
    let ramp = Ramp::on(order("ramp-1", "GBP"), payer(), Coin::bitcoin(), ends);
    let id = redirected(&client.crypto_ramp(ramp).send().await.unwrap());
    sandbox.payagency().approve(&id).unwrap();
    for (number, answer) in ["REDIRECT", "PENDING"].into_iter().enumerate() {
        mode(&sandbox, "payin_answer", answer);
        let reference = format!("payin-{number}");
        let payin = Payin::new(order(&reference, "GBP"), payer(), Coin::ether(), BACK);
        let opened = client.crypto_payin(payin).send().await.unwrap();
        assert!(matches!(opened, Payment::Redirect(_) | Payment::Pending(_)), "{answer}");
        sandbox.payagency().pay_under(opened.transaction_id().unwrap()).unwrap();
        let Settled::StillUnknown(why) = settled(&client, &reference).await else { panic!("{answer}") };
        assert_eq!(why.reason, Reason::LookAtCrypto, "too little came in, and the word is SUCCESS");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn lists_come_page_by_page() {
    let (sandbox, client) = stage().await;
    let wallet = wallet(&sandbox);
    for n in 0..23 {
        let _ = pay(&client, &format!("order-{n}"), PAID).await;
    }
    let _ = client.payout(payout("payout-1", &wallet)).send().await.unwrap();
    let mut pages = client.transaction_pages(ListQuery::new());
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().items.len());
    }
    assert_eq!(sizes, [20, 3]);
    let payouts = client.wallet_transactions(&ListQuery::new()).send().await.unwrap();
    assert_eq!((payouts.items.len(), payouts.items[0].order_id.as_deref()), (1, Some("payout-1")));
}

/// The answer is lost after the provider acted: the order id finds it, and nobody pays twice.
#[tokio::test]
async fn a_lost_answer_is_unknown_and_the_order_id_finds_it() {
    for fault in [Fault::ResetAfterActing, Fault::CloseAfterActing, Fault::TruncatedBody, Fault::Html] {
        let (sandbox, client) = stage().await;
        next(&sandbox, "card", fault.clone());
        let error = client.card(by_card(order("order-1", "GBP"), PAID)).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.reference()), (Outcome::Unknown, Some("order-1")), "{fault:?}: {error}");
        let Settled::Completed(record) = client.settle(&error).await else { panic!("{fault:?}") };
        assert_eq!(record.order_id(), Some("order-1"));
        assert_eq!((sandbox.ledger().charges("order-1"), count(&sandbox, "card")), (1, 1), "{fault:?}");
        assert_sound(&sandbox);
    }
    let (sandbox, client) = stage().await;
    next(&sandbox, "card", Fault::ResetAfterReading);
    let error = client.card(by_card(order("order-1", "GBP"), PAID)).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    let Settled::StillUnknown(why) = settled(&client, "order-1").await else { panic!() };
    assert_eq!(why.reason, Reason::NotFound, "not found is not failed");
    assert_eq!(sandbox.ledger().charges("order-1"), 0);
}

#[tokio::test]
async fn a_used_order_id_is_unknown_until_it_is_looked_up() {
    let (sandbox, client) = stage().await;
    let _ = pay(&client, "order-1", PAID).await;
    for status in ["by_kind", "400", "200"] {
        mode(&sandbox, "error_status", status);
        let error = client.card(by_card(order("order-1", "GBP"), PAID)).send().await.unwrap_err();
        assert_eq!(error.outcome(), Outcome::Unknown, "{status}: {error}");
        completed(&client, "order-1").await;
    }
    mode(&sandbox, "duplicate_order", "first");
    assert!(matches!(pay(&client, "order-1", PAID).await, Payment::Completed(_)));
    assert_eq!(sandbox.ledger().charges("order-1"), 1);
}

#[tokio::test]
async fn contradictions_change_the_wire_and_not_the_answer() {
    let sets = [
        ("reply_amounts", "numbers"),
        ("reply_amounts", "strings"),
        ("status_case", "lower"),
        ("open_status", "INIT"),
        ("open_status", "REDIRECT"),
        ("hosted_url", "page"),
        ("field_errors", "absent"),
    ];
    for (name, value) in sets {
        let (sandbox, client) = stage().await;
        mode(&sandbox, name, value);
        assert!(matches!(pay(&client, "order-1", PAID).await, Payment::Completed(_)), "{name} {value}");
        completed(&client, "order-1").await;
        let id = redirected(&pay(&client, "order-2", THREE_DS).await);
        assert!(matches!(settled(&client, "order-2").await, Settled::StillUnknown(_)), "{name} {value}");
        sandbox.payagency().approve(&id).unwrap();
        completed(&client, "order-2").await;
        assert_sound(&sandbox);
    }
    let (sandbox, client) = stage().await;
    mode(&sandbox, "routes", "as_on_one_host");
    let refused = client.hosted_card(on_a_page("order-1")).send().await.err().map(|error| error.kind());
    assert!(refused.is_none_or(|kind| kind == Kind::NoRoute), "{refused:?}");
    mode(&sandbox, "test_key_reads", "refused");
    let error = client.wallets().send().await.unwrap_err();
    assert!(matches!(error.kind(), Kind::Login | Kind::NoRoute), "{error}");
}

/// One delivery, answered with 200: its head as it is, and its body.
async fn delivered(listener: &TcpListener) -> (HeaderMap, Vec<u8>) {
    let (mut stream, _) = listener.accept().await.unwrap();
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let fields: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).collect();
            let length = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length")).unwrap().1;
            if body.len() == length.parse::<usize>().unwrap() {
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
                let hash = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(payagency::webhook::HEADER));
                let mut headers = HeaderMap::new();
                headers.insert(payagency::webhook::HEADER, HeaderValue::from_str(hash.unwrap().1).unwrap());
                return (headers, body.as_bytes().to_vec());
            }
        }
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "{text}");
        bytes.extend_from_slice(&buffer[..read]);
    }
}

#[tokio::test]
async fn a_webhook_is_verified_and_then_confirmed() {
    let (sandbox, client) = stage().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    for (id, key) in [("order-1", "secret"), ("order-2", "encryption_key")] {
        mode(&sandbox, "webhook_key", key);
        let signed = order(id, "GBP").webhook_url(&url);
        assert!(matches!(client.card(by_card(signed, PAID)).send().await.unwrap(), Payment::Completed(_)));
        let (headers, body) = delivered(&listener).await;
        let scheme = SignatureScheme::AssumedHmacSha256Hex;
        let webhooks = Webhooks::new(scheme, sandbox.payagency().webhook_secret()).unwrap();
        let webhooks = webhooks.and_key(sandbox.payagency().encryption_key(Environment::Test)).unwrap();
        let Received::Verified(Event::Payment(event)) = webhooks.verify(&body, &headers) else { panic!("{key}") };
        let confirmed = client.confirm(&event).send().await.unwrap();
        assert_eq!((confirmed.order_id(), confirmed.status()), (Some(id), &PaymentStatus::Success));
        // One byte more, and nobody believes it.
        let forged = [&body[..], b" "].concat();
        assert!(matches!(webhooks.verify(&forged, &headers), Received::Forged));
        assert!(matches!(webhooks.verify(&body, &HeaderMap::new()), Received::Unsigned));
    }
}
