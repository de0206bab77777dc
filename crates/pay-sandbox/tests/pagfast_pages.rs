//! PagFast's hosted pages without a browser: what is sent, what is answered, what the books say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;
mod pay1st_common;

use pagfast_common::*;
use pay_sandbox::Sandbox;
use pay1st_common::Receiver;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::json;

fn form(shop: &Merchant, address: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    shop.http.post(address).header("content-type", "application/x-www-form-urlencoded").body(body)
}

async fn press(shop: &Merchant, address: &str, action: &str) -> Response {
    form(shop, address, &[("action", action)]).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn each_button_leads_back_untouched() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    for (action, state, charges) in [
        ("complete", "Completed", 1),
        ("cancel", "Cancelled", 0),
        ("fail", "Error", 0),
        ("pay_as_someone_else", "Error", 0),
    ] {
        let id = shop.created(INITIATION, &shop.initiation(action, "5")).await;
        let page = sandbox.pagfast().page_url(&id).unwrap();
        for _ in 0..3 {
            let answer = press(&shop, &page, action).await;
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "location")),
                (303, "https://shop.example/back?x=1#top")
            );
        }
        // Another button cannot undo what was done.
        assert_eq!(press(&shop, &page, "cancel").await.status(), 303);
        assert_eq!((shop.state(&id).await.as_str(), sandbox.ledger().charges(action)), (state, charges), "{action}");
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn modes_change_the_way_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let receiver = Receiver::start(&[]).await;
    let shop = Merchant { hook: receiver.url(), ..merchant(&sandbox).await };
    pagfast.set_mode("redirect_query", "appended").unwrap();
    for (timing, heard) in [("before_redirect", 2), ("after_redirect", 1)] {
        pagfast.set_mode("webhook_timing", timing).unwrap();
        let seen = receiver.arrived().len();
        let id = shop.created(INITIATION, &shop.initiation(timing, "5")).await;
        pay1st_common::idle(&sandbox).await;
        let answer = press(&shop, &pagfast.page_url(&id).unwrap(), "complete").await;
        assert_eq!(header(&answer, "location"), format!("https://shop.example/back?x=1&transactionId={id}#top"));
        assert_eq!(receiver.arrived().len() - seen, heard, "{timing}");
    }
    // What is no web address is not followed.
    for address in ["javascript:alert(1)", "shop.example/back", "https://shop.example/a b"] {
        let body = with(&shop.initiation(address, "5"), json!({ "payment": { "redirectUrl": address } }));
        let id = shop.created(INITIATION, &body).await;
        let page = pagfast.page_url(&id).unwrap();
        let answer = press(&shop, &page, "complete").await;
        assert!(page.ends_with(header(&answer, "location")), "to the page itself: {}", header(&answer, "location"));
        assert!(!shop.http.get(&page).send().await.unwrap().text().await.unwrap().contains("Back to the shop"));
    }
}

#[tokio::test]
async fn a_code_is_paid_by_whoever_may() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let patch = json!({ "webhook": null, "payment": { "payer": null, "value": { "editable": true } } });
    let id = shop.created(CASH_IN, &with(&shop.deposit("a", "50"), patch)).await;
    let page = pagfast.page_url(&id).unwrap();
    let all = [("action", "complete"), ("name", "Bia Sandbox"), ("taxNumber", "000.000.001-91"), ("amount", "62,75")];
    for (wrong, value) in [("name", ""), ("taxNumber", "12"), ("amount", "x"), ("amount", "0")] {
        let fields: Vec<(&str, &str)> =
            all.iter().map(|(name, good)| (*name, if *name == wrong { value } else { *good })).collect();
        let answer = form(&shop, &page, &fields).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{wrong}");
        let text = answer.text().await.unwrap();
        assert!(
            text.contains(&format!("href=\"#field-{wrong}\"")) && text.matches("aria-invalid").count() == 1,
            "{wrong}"
        );
    }
    let answer = form(&shop, &page, &all).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), page.ends_with(header(&answer, "location"))), (303, true));
    let record = shop.transaction(&id).await;
    assert_eq!((record["amount"].clone(), record["payer"]["taxNumber"].clone()), (json!("62.750000"), json!(BIA)));
    // A payer who was named is not asked again, and cannot be another one by the form.
    let id = shop.created(CASH_IN, &with(&shop.deposit("b", "50"), json!({ "webhook": null }))).await;
    let page = pagfast.page_url(&id).unwrap();
    assert_eq!(form(&shop, &page, &all).send().await.unwrap().status(), 303);
    let record = shop.transaction(&id).await;
    assert_eq!((record["amount"].clone(), record["payer"]["taxNumber"].clone()), (json!("50.000000"), json!(ANA)));
    assert_sound(&sandbox);
}

#[tokio::test]
async fn pages_keep_to_themselves() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let pix = shop.created(CASH_IN, &shop.deposit("<b>order</b>", "5")).await;
    let open = shop.created(INITIATION, &shop.initiation("open", "5")).await;
    let second = shop.created(INITIATION, &shop.initiation("second", "5")).await;
    let out = shop.created(CASH_OUT, &shop.withdrawal("out", "5")).await;
    assert_eq!(pagfast.page_url(&out), None, "nobody pays a withdrawal on a page");
    let (pix_page, open_page) = (pagfast.page_url(&pix).unwrap(), pagfast.page_url(&open).unwrap());
    for page in [&pix_page, &open_page] {
        let answer = shop.http.get(page).send().await.unwrap();
        let policy = header(&answer, "content-security-policy").to_owned();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http: https:"),
            "{policy}"
        );
        assert_eq!((header(&answer, "cache-control"), header(&answer, "x-frame-options")), ("no-store", "DENY"));
        assert!(header(&answer, "x-sandbox-assumed").contains("what the hosted page looks like"));
        let text = answer.text().await.unwrap();
        assert!(text.contains("not made by PagFast") && !text.contains("<b>order") && !text.contains(ANA), "{text}");
        assert!(sandbox.leaks(&text).is_empty());
        // Nobody but the page's own buttons.
        let foreign = form(&shop, page, &[("action", "complete")]).header("sec-fetch-site", "cross-site");
        assert_eq!(foreign.send().await.unwrap().status(), 403);
        for action in ["", "register", "reverse", "send_back", "anything"] {
            assert_eq!(press(&shop, page, action).await.status(), 400, "{action}");
        }
        assert_eq!(shop.http.put(page).send().await.unwrap().status(), 405);
    }
    assert_eq!((shop.state(&pix).await, shop.state(&open).await), ("Registered".to_owned(), "Registered".to_owned()));
    let other = "00000000-0000-4000-8000-000000000000";
    let (start, _) = open_page.rsplit_once('/').unwrap();
    for gone in [
        format!("{start}/{other}"),
        format!("{start}/{pix}"),
        format!("{start}/{second}"),
        pix_page.replace(pix_page.rsplit('/').next().unwrap(), other),
    ] {
        assert_eq!(shop.http.get(&gone).send().await.unwrap().status(), 404, "{gone}");
    }
}

#[tokio::test]
async fn pictures_and_receipts_say_what_they_are_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let id = shop.created(CASH_IN, &with(&shop.deposit("a", "5"), json!({ "webhook": null }))).await;
    let picture = format!("{}/code.svg", sandbox.pagfast().page_url(&id).unwrap());
    let answer = shop.http.get(&picture).send().await.unwrap();
    assert_eq!(header(&answer, "content-type"), "image/svg+xml");
    assert_eq!(header(&answer, "content-security-policy"), "default-src 'none'; sandbox");
    assert!(answer.text().await.unwrap().contains("SANDBOX: NO BANK CAN PAY THIS"));
    let receipt = format!("{}/system/e-receipt/{id}/receipt.pdf", sandbox.pagfast().base_url());
    assert_eq!(shop.http.get(&receipt).send().await.unwrap().status(), 404, "nothing is paid yet");
    assert_eq!(shop.simulate(&id, None).await.status, 200);
    assert_eq!(shop.transaction(&id).await["receiptUrl"], receipt);
    let answer = shop.http.get(&receipt).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "application/pdf"));
    let text = answer.text().await.unwrap();
    assert!(text.contains("no receipt of PagFast") && text.contains("BRL 5.00") && text.contains(&id), "{text}");
    assert!(!text.contains(ANA) && !text.contains("Ana"), "nothing personal");
    assert_eq!(shop.http.post(&receipt).send().await.unwrap().status(), 405);
}

#[tokio::test]
async fn the_panel_approves_keys_and_moves_transactions() {
    let sandbox = Sandbox::start().await.unwrap();
    let pagfast = sandbox.pagfast();
    let shop = merchant(&sandbox).await;
    let pages = format!("{}/pages/pagfast", sandbox.control_url());
    let id = shop.created(CASH_IN, &with(&shop.deposit("a", "5"), json!({ "webhook": null }))).await;
    let transactions = format!("{pages}/transactions");
    let answer = form(&shop, &transactions, &[("id", &id), ("action", "complete")]).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/_sandbox/pages/pagfast/transactions"));
    assert_eq!(shop.state(&id).await, "Completed");
    for fields in [[("id", "none"), ("action", "complete")], [("id", id.as_str()), ("action", "anything")]] {
        assert_eq!(form(&shop, &transactions, &fields).send().await.unwrap().status(), 303);
    }
    let pending = pagfast.pending_key();
    let accounts = format!("{pages}/accounts");
    let place = pagfast.keys().iter().position(|key| *key == pending).unwrap().to_string();
    for (action, status) in [("approve", 201), ("suspend", 401)] {
        form(&shop, &accounts, &[("key", &place), ("action", action)]).send().await.unwrap();
        assert_eq!(shop.login(&pending.access_key, &pending.secret).await.status, status, "{action}");
    }
    form(&shop, &accounts, &[("key", "99"), ("action", "approve")]).send().await.unwrap();
    let foreign =
        form(&shop, &accounts, &[("key", &place), ("action", "approve")]).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let text = shop.http.request(Method::GET, &accounts).send().await.unwrap().text().await.unwrap();
    assert!(sandbox.leaks(&text).is_empty() && text.contains("Gráfica Aurora"), "no key on a page");
}
