//! Pay Agency's hosted pages, without a browser: what is sent, what is answered, what the books and logs say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use pay_sandbox::payagency::{CryptoPaid, Environment, Status};
use pay_sandbox::{Fault, Sandbox};
use payagency_common::{
    Merchant, PAID, TEMPLATE, THREE_DS, THREE_DS_DECLINED, add_fault, assert_sound, card_numbers, live, merchant, page,
    with,
};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const BACK: &str = "https://merchant.example/return";
const CVV: &str = "987";

fn form(merchant: &Merchant, address: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    merchant.http.post(address).header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn press(merchant: &Merchant, address: &str, fields: &[(&str, &str)]) -> Response {
    form(merchant, address, fields).send().await.unwrap()
}

fn card(number: &str) -> [(&str, &str); 4] {
    [("action", "pay"), ("card_number", number), ("card_expiry", "12/90"), ("card_cvv", CVV)]
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn went(answer: &Response) -> (u16, &str) {
    (answer.status().as_u16(), header(answer, "location"))
}

/// A payment that is open on a page: its id, and the page's address.
async fn open(merchant: &Merchant, path: &str, order: &str) -> (String, String) {
    let more = json!({ "crypto_currency": "BTC", "crypto_network": "BITCOIN" });
    let body = if path.contains("crypto") { with(&page(order), more) } else { page(order) };
    let answer = merchant.post(path, &body).await;
    let address = answer.json()["redirect_url"].as_str().unwrap_or_else(|| panic!("no page: {answer:?}")).to_owned();
    (answer.id(), address)
}

const HOSTED: &str = "/api/v1/{env}/hosted/card";
const APM: &str = "/api/v1/{env}/apm";
const PAYIN: &str = "/api/v1/{env}/crypto/payin";

async fn link(merchant: &Merchant, order: &str, more: serde_json::Value) -> String {
    let body = with(&json!({ "order_id": order, "payment_template_id": TEMPLATE }), more);
    let answer = merchant.post_plain("/api/v1/payment-link", &body).await;
    answer.json()["data"].as_str().unwrap_or_else(|| panic!("no link: {answer:?}")).to_owned()
}

fn status(merchant: &Merchant, id: &str) -> Status {
    merchant.agency.payment(id).unwrap().status
}

#[tokio::test]
async fn every_page_keeps_to_itself_and_says_what_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let (test, shop) = (merchant(&sandbox), live(&sandbox));
    let secure = test.card(THREE_DS, "secure").await.json()["redirect_url"].as_str().unwrap().to_owned();
    let mut pages = vec![secure];
    for path in [HOSTED, APM, PAYIN] {
        pages.push(open(&test, path, &format!("order {path}")).await.1);
    }
    pages.push(link(&shop, "linked", json!({ "amount": 5, "currency": "EUR" })).await);
    pages.push(pages[1].replace("/PA", "/none-"));
    for (number, address) in pages.iter().enumerate() {
        let answer = test.http.get(address).send().await.unwrap();
        assert_eq!(answer.status(), if number == 5 { 404 } else { 200 }, "{address}");
        for (name, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(header(&answer, name), value, "{address}: {name}");
        }
        assert!(header(&answer, "content-security-policy").starts_with("default-src 'none'"), "{address}");
        assert!(header(&answer, "x-sandbox-assumed").contains("looks like"), "{address}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("It is not made by Pay Agency, and no money moves."), "{address}");
        assert!(!text.contains("<script") && !text.contains(" style="), "{address}");
        assert!(sandbox.leaks(&text).is_empty() && card_numbers(&text).is_empty(), "{address}");
    }
}

#[tokio::test]
async fn each_button_leads_to_its_end_and_back_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    for (path, action, end) in [
        (HOSTED, "decline", Status::Failed),
        (HOSTED, "abandon", Status::Abandoned),
        (APM, "approve", Status::Success),
        (APM, "decline", Status::Failed),
        (APM, "abandon", Status::Abandoned),
        (PAYIN, "approve", Status::Success),
        (PAYIN, "pay_over", Status::Success),
        (PAYIN, "decline", Status::Failed),
    ] {
        let order = format!("{action} {path}");
        let (id, address) = open(&shop, path, &order).await;
        let answer = press(&shop, &address, &[("action", action)]).await;
        let wanted = if end == Status::Abandoned { (200, "") } else { (303, BACK) };
        assert_eq!(went(&answer), wanted, "{order}");
        assert_eq!(status(&shop, &id), end, "{order}");
        assert_eq!(sandbox.ledger().charges(&order), u32::from(end == Status::Success), "{order}");
        // What has ended says so, whatever is pressed on a page of long ago.
        for stale in ["approve", "decline", "pay", "abandon"] {
            let answer = press(&shop, &address, &[("action", stale)]).await;
            assert!([200, 400].contains(&answer.status().as_u16()), "{order}, then {stale}");
            assert_eq!(header(&answer, "location"), "");
        }
        assert_eq!(status(&shop, &id), end, "{order}");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_bank_that_declines_whoever_approves() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    let (id, address) = open(&shop, HOSTED, "order").await;
    let answer = press(&shop, &address, &card(THREE_DS_DECLINED)).await;
    let bank = header(&answer, "location").to_owned();
    assert!(answer.status() == 303 && bank.ends_with(&format!("/v1/test/card/checkout/{id}")), "{bank}");
    assert_eq!(went(&press(&shop, &bank, &[("action", "approve")]).await), (303, BACK));
    assert_eq!(status(&shop, &id), Status::Failed);
    assert_eq!(sandbox.ledger().charges("order"), 0);
}

#[tokio::test]
async fn a_card_that_was_typed_is_in_no_page_and_no_log() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    let (id, address) = open(&shop, HOSTED, "order").await;
    // Wrong in one field: all three are asked for anew.
    for wrong in [
        ("card_number", "4111111111111112"),
        ("card_expiry", "00/90"),
        ("card_expiry", "12/20"),
        ("card_expiry", "12/9x"),
        ("card_cvv", "98"),
    ] {
        let fields = card(PAID).map(|field| if field.0 == wrong.0 { wrong } else { field });
        let answer = press(&shop, &address, &fields).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "cache-control")), (422, "no-store"), "{wrong:?}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(&format!("href=\"#field-{}\"", wrong.0)) && text.contains("is not kept"), "{wrong:?}");
        for typed in [PAID, wrong.1, CVV, "12/90"] {
            assert!(!text.contains(&format!("\"{typed}\"")), "{typed}");
        }
        assert_eq!(card_numbers(&text), [""; 0]);
    }
    // Planted where none belongs: in the query, as an id, as a name of a field, and in a form that no page has.
    for planted in [format!("?card_number={PAID}"), format!("?{PAID}=1"), format!("#{PAID}")] {
        shop.http.get(format!("{address}{planted}")).send().await.unwrap();
    }
    for path in ["hosted", "checkout"] {
        let planted = shop.url(&format!("/v1/test/card/{path}/{PAID}"));
        assert_eq!(press(&shop, &planted, &card(PAID)).await.status(), 404);
    }
    press(&shop, &shop.url(&format!("/pay/{PAID}")), &card(PAID)).await;
    assert_eq!(shop.status(PAID).await.status, 404);
    assert_eq!(shop.payout_status(PAID).await.status, 404);
    press(&shop, &address, &[("action", PAID), (PAID, PAID)]).await;
    assert_eq!(went(&press(&shop, &address, &card("4111 1111 1111 1111")).await), (303, BACK));
    assert_eq!(shop.agency.payment(&id).unwrap().card.as_deref(), Some("411111XXXXXX1111"));

    let mut told = format!("{:?} {:?} {:?}", sandbox.requests(), sandbox.ledger(), shop.agency.payments());
    for path in ["requests", "ledger", "pages/requests", "pages/deliveries", "pages/payagency/payments"] {
        let answer = shop.http.get(format!("{}/{path}", sandbox.control_url())).send().await.unwrap();
        told += &answer.text().await.unwrap();
    }
    assert_eq!(card_numbers(&told), [""; 0]);
    assert!(!told.contains(&format!("\"{CVV}\"")) && !told.contains("12/90"), "no code and no date");
    assert!(told.contains("411111XXXXXX1111"));
    assert_eq!(card_numbers(&format!("a{PAID}b")), [PAID], "the search finds one");
}

#[tokio::test]
async fn forms_that_no_page_sent_do_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    let (id, address) = open(&shop, HOSTED, "order").await;
    for action in ["", "approve", "pay_over", "pay_under", "charge_back", "Pay"] {
        let answer = press(&shop, &address, &[("action", action)]).await;
        assert_eq!(answer.status(), 400, "{action}");
    }
    let foreign = form(&shop, &address, &card(PAID)).header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert_eq!(shop.http.request(Method::DELETE, &address).send().await.unwrap().status(), 405);
    for other in [address.replace("/test/", "/live/"), address.replace("card/hosted", "apm"), address.clone() + "0"] {
        assert_eq!(press(&shop, &other, &card(PAID)).await.status(), 404, "{other}");
    }
    assert_eq!(status(&shop, &id), Status::Redirect);
    let url = format!("{}/pages/payagency/payments", sandbox.control_url());
    let fields = [("action", "decline"), ("transaction_id", id.as_str())];
    let answer = form(&shop, &url, &fields).header("sec-fetch-site", "same-site").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), status(&shop, &id)), (403, Status::Redirect));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_link_asks_for_what_it_does_not_fix() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = live(&sandbox);
    let template = shop.agency.set_template_urls(TEMPLATE, BACK, "").unwrap();
    assert_eq!(template.redirect_url, BACK);
    let payer = [("first_name", "Ada"), ("last_name", "Byron"), ("email", "ada@example.com")];
    let price = [("amount", "12.50"), ("currency", "gbp")];
    let all: Vec<(&str, &str)> = card(PAID).into_iter().chain(payer).chain(price).collect();
    let address = link(&shop, "open", json!({})).await;
    for missing in all.iter().map(|(name, _)| *name).filter(|name| *name != "action") {
        let fields: Vec<(&str, &str)> = all.iter().copied().filter(|(name, _)| *name != missing).collect();
        let answer = press(&shop, &address, &fields).await;
        assert_eq!(answer.status(), 422, "{missing}");
        assert!(answer.text().await.unwrap().contains(&format!("href=\"#field-{missing}\"")), "{missing}");
    }
    assert_eq!(shop.agency.payments().len(), 0, "nothing was opened");
    for _ in 0..2 {
        let answer = press(&shop, &address, &all).await;
        assert!([(303, BACK), (200, "")].contains(&went(&answer)), "{answer:?}");
    }
    let payment = shop.agency.payments().remove(0);
    assert_eq!((payment.amount.as_str(), payment.currency.as_str()), ("12.50", "GBP"));
    assert_eq!((payment.status, sandbox.ledger().charges("open")), (Status::Success, 1));

    // What the link fixes is not the payer's to change.
    let fixed = link(&shop, "fixed", json!({ "amount": 7, "currency": "EUR" })).await;
    assert_eq!(went(&press(&shop, &fixed, &all).await), (303, BACK));
    let payment = shop.agency.payments().remove(1);
    assert_eq!((payment.amount.as_str(), payment.currency.as_str()), ("7", "EUR"));
    assert_eq!(payment.environment, Environment::Live);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn modes_change_the_pages() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    shop.agency.set_mode("redirect_query", "appended").unwrap();
    let (id, address) = open(&shop, APM, "appended").await;
    let answer = press(&shop, &address, &[("action", "approve")]).await;
    let wanted = format!("{BACK}?transaction_id={id}&order_id=appended&status=SUCCESS");
    assert_eq!(went(&answer), (303, wanted.as_str()));
    shop.agency.set_mode("hosted_url", "page").unwrap();
    let (id, address) = open(&shop, HOSTED, "double").await;
    assert!(address.contains("/api/v1/test/card/hosted//PA"), "{address}");
    assert_eq!(press(&shop, &address, &card(PAID)).await.status(), 303);
    assert_eq!(status(&shop, &id), Status::Success);
    // A pay-in that waits under another word can still be paid.
    shop.agency.set_mode("payin_answer", "PENDING").unwrap();
    let (id, address) = open(&shop, PAYIN, "pending").await;
    assert_eq!(press(&shop, &address, &[("action", "pay_over")]).await.status(), 303);
    let payment = shop.agency.payment(&id).unwrap();
    assert_eq!((payment.status, payment.crypto_paid), (Status::Success, Some(CryptoPaid::Over)));
}

/// A merchant's server that takes its time; says whether it is through with the first webhook.
async fn slow_server() -> (String, Arc<AtomicBool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = Arc::new(AtomicBool::new(false));
    let through = Arc::clone(&heard);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4096];
        let _ = stream.read(&mut bytes).await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        through.store(true, Ordering::SeqCst);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    });
    (url, heard)
}

#[tokio::test]
async fn the_merchant_hears_before_or_after_the_payer_comes_back() {
    for (timing, heard_first) in [("before_redirect", true), ("after_redirect", false)] {
        let sandbox = Sandbox::start().await.unwrap();
        let shop = merchant(&sandbox);
        shop.agency.set_mode("webhook_timing", timing).unwrap();
        let (webhook_url, heard) = slow_server().await;
        let answer = shop.post(HOSTED, &with(&page(timing), json!({ "webhook_url": webhook_url }))).await;
        let address = answer.json()["redirect_url"].as_str().unwrap().to_owned();
        assert_eq!(went(&press(&shop, &address, &card(PAID)).await), (303, BACK));
        assert_eq!(heard.load(Ordering::SeqCst), heard_first, "{timing}");
    }
}

#[tokio::test]
async fn pages_have_faults_too() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox);
    let (id, address) = open(&shop, HOSTED, "order").await;
    add_fault(&sandbox, "hosted_card_page", Fault::ResetAfterActing);
    assert!(form(&shop, &address, &card(PAID)).send().await.is_err(), "the answer was lost");
    assert_eq!(status(&shop, &id), Status::Success);
    let answer = press(&shop, &address, &card(PAID)).await;
    assert!(answer.text().await.unwrap().contains("completed"));
    assert_eq!(sandbox.ledger().charges("order"), 1);
}
