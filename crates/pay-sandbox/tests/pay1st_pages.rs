//! Pay1st's hosted checkout and its pages, without a browser: what is sent, what is answered, what the books say.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::pay1st::{Console, Status};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay1st_common::{Partner, Receiver, assert_sound, order, partner};
use reqwest::{Method, RequestBuilder, Response};

const PERSON: [(&str, &str); 4] = [
    ("firstName", "Adaeze"),
    ("lastName", "Obiora"),
    ("email", "ada@mail.example"),
    ("phoneNumber", "+234 810 555 0199"),
];
/// Visa, in Nigeria.
const CHANNEL: (&str, &str) = ("channelId", "2");
const SHOP: &str = concat!(
    r#","callbackSuccessUrl":"https://shop.example/ok?order=1&x=%2B#top","callbackFailureUrl":"https://shop.example/no","#,
    r#""callbackPendingUrl":"http://shop.example/later","callbackCancelUrl":"https://shop.example/""#
);

/// A payment with callbacks, and the address of its page.
async fn checkout(partner: &Partner, reference: &str, more: &str) -> (String, String) {
    let answer = partner.create(&order(reference, more)).await;
    let payment = answer.text("reference");
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("reference", &payment)
        .append_pair("accessToken", &partner.access)
        .finish();
    let address = format!("{}/checkout?{query}", partner.pay1st.checkout_url());
    (payment, address)
}

fn form(partner: &Partner, address: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    partner.http.post(address).header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// A button pressed by somebody who filled everything in.
async fn press(partner: &Partner, address: &str, action: &str) -> Response {
    let fields: Vec<(&str, &str)> = PERSON.into_iter().chain([CHANNEL, ("action", action)]).collect();
    form(partner, address, &fields).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

fn status(partner: &Partner, reference: &str) -> Status {
    partner.pay1st.payment(reference).unwrap().status
}

#[tokio::test]
async fn each_button_leads_to_its_callback_untouched() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (action, end, target, charges) in [
        ("pay", Status::Successful, "https://shop.example/ok?order=1&x=%2B#top", 1),
        ("fail", Status::Failed, "https://shop.example/no", 0),
        ("pay_later", Status::Pending, "http://shop.example/later", 0),
        ("cancel", Status::Cancelled, "https://shop.example/", 0),
    ] {
        let (payment, address) = checkout(&partner, action, SHOP).await;
        for _ in 0..3 {
            let answer = press(&partner, &address, action).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "location")), (302, target), "{action}");
        }
        assert_eq!(status(&partner, &payment), end);
        assert_eq!(sandbox.ledger().charges(action), charges, "{action}");
    }
    let (payment, address) = checkout(&partner, "expire", SHOP).await;
    let answer = press(&partner, &address, "expire").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (200, ""), "nobody is there to be sent back");
    assert!(answer.text().await.unwrap().contains("abandoned"));
    assert_eq!(status(&partner, &payment), Status::Abandoned);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_console_says_where_to_go_when_the_payment_does_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (_, address) = checkout(&partner, "nowhere", "").await;
    let answer = press(&partner, &address, "pay").await;
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (200, ""));
    let page = answer.text().await.unwrap();
    assert!(page.contains("already completed") && page.contains("names no web address"), "{page}");

    let console = Console { success_url: Some("https://shop.example/default".to_owned()), ..Console::default() };
    partner.pay1st.set_console(console);
    let (_, address) = checkout(&partner, "default", "").await;
    assert_eq!(header(&press(&partner, &address, "pay").await, "location"), "https://shop.example/default");
}

#[tokio::test]
async fn a_callback_that_is_no_web_address_is_not_followed() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    for (number, callback) in ["<https://callback.success", "javascript:alert(1)", "shop.example/ok"].iter().enumerate()
    {
        let more = format!(r#","callbackSuccessUrl":"{callback}""#);
        let (_, address) = checkout(&partner, &format!("order-{number}"), &more).await;
        let answer = press(&partner, &address, "pay").await;
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (200, ""), "{callback}");
        assert!(!answer.text().await.unwrap().contains("href=\"javascript"), "{callback}");
    }
}

#[tokio::test]
async fn modes_change_the_way_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    partner.pay1st.set_mode("redirect_reference", "appended").unwrap();
    let (payment, address) = checkout(&partner, "appended", SHOP).await;
    let wanted = format!("https://shop.example/ok?order=1&x=%2B&reference={payment}#top");
    assert_eq!(header(&press(&partner, &address, "pay").await, "location"), wanted);
    partner.pay1st.set_mode("redirect_reference", "absent").unwrap();
    partner.pay1st.set_mode("paid_redirect", "failure").unwrap();
    let (payment, address) = checkout(&partner, "lied", SHOP).await;
    assert_eq!(header(&press(&partner, &address, "pay").await, "location"), "https://shop.example/no");
    assert_eq!(status(&partner, &payment), Status::Successful, "the redirect lies, the books do not");
}

#[tokio::test]
async fn the_merchant_hears_before_or_after_the_customer_comes_back() {
    for (timing, heard) in [("before_redirect", 1), ("after_redirect", 0)] {
        let sandbox = Sandbox::start().await.unwrap();
        let partner = partner(&sandbox).await;
        partner.pay1st.set_mode("webhook_timing", timing).unwrap();
        let merchant = Receiver::start(&[]).await;
        let (_, address) = checkout(&partner, timing, &format!("{SHOP},\"webhookUrl\":\"{}\"", merchant.url())).await;
        assert_eq!(press(&partner, &address, "pay").await.status(), 302);
        assert_eq!(merchant.arrived().len(), heard, "{timing}");
    }
}

#[tokio::test]
async fn what_is_missing_is_asked_for_and_nothing_is_done() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (payment, address) = checkout(&partner, "order", SHOP).await;
    let all: Vec<(&str, &str)> = PERSON.into_iter().chain([CHANNEL, ("action", "pay")]).collect();
    for missing in 0..5 {
        let mut fields = all.clone();
        let (name, _) = fields.remove(missing);
        let answer = form(&partner, &address, &fields).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{name}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("href=\"#field-{name}\"")), "{name}: {page}");
        assert!(missing == 0 || page.contains("value=\"Adaeze\""), "what was typed stays");
    }
    for wrong in [("channelId", "70"), ("channelId", "x"), ("email", "ada"), ("phoneNumber", "none")] {
        let fields: Vec<(&str, &str)> = all.iter().map(|it| if it.0 == wrong.0 { wrong } else { *it }).collect();
        assert_eq!(form(&partner, &address, &fields).send().await.unwrap().status(), 422, "{wrong:?}");
    }
    // A method that the link names need not be chosen.
    let named = format!("{address}&channelId=3");
    let fields: Vec<(&str, &str)> = all.iter().copied().filter(|(name, _)| *name != "channelId").collect();
    assert_eq!(status(&partner, &payment), Status::New);
    assert_eq!(form(&partner, &named, &fields).send().await.unwrap().status(), 302);
    assert_eq!(partner.pay1st.payment(&payment).unwrap().channel_id, Some(3));
}

#[tokio::test]
async fn forms_that_the_page_did_not_send_do_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (payment, address) = checkout(&partner, "order", SHOP).await;
    for action in ["", "refund", "Pay"] {
        assert_eq!(press(&partner, &address, action).await.status(), 400, "{action}");
    }
    let foreign = form(&partner, &address, &[("action", "cancel")]).header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    assert_eq!(partner.http.request(Method::DELETE, &address).send().await.unwrap().status(), 405);
    let spoilt = address.replace("%3D", "%253D");
    assert_eq!(press(&partner, &spoilt, "pay").await.status(), 401, "the form is held to its link too");
    assert_eq!(status(&partner, &payment), Status::New);

    for page in ["payments", "settings"] {
        let url = format!("{}/_sandbox/pages/pay1st/{page}", sandbox.url());
        let fields = [("action", "pay"), ("reference", payment.as_str()), ("success_url", "https://evil.example")];
        let answer = form(&partner, &url, &fields).header("sec-fetch-site", "same-site").send().await.unwrap();
        assert_eq!(answer.status(), 403, "{page}");
    }
    assert_eq!(status(&partner, &payment), Status::New);
    assert_eq!(partner.pay1st.console(), Console::default());
}

#[tokio::test]
async fn pages_and_logs_hold_no_secret_and_no_person() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let merchant = Receiver::start(&[]).await;
    let hook = format!("{SHOP},\"webhookUrl\":\"{}\"", merchant.url());
    let (_, address) = checkout(&partner, "order", &hook).await;
    let mut seen = partner.http.get(&address).send().await.unwrap().text().await.unwrap();
    let fields: Vec<(&str, &str)> = PERSON.into_iter().chain([("action", "fail")]).collect();
    assert_eq!(form(&partner, &address, &fields).send().await.unwrap().status(), 422);
    assert_eq!(press(&partner, &address, "pay").await.status(), 302);
    let own = ["", "_sandbox/pages/requests", "_sandbox/pages/deliveries", "_sandbox/pages/pay1st/payments"];
    for path in own.into_iter().chain(["_sandbox/pages/pay1st/settings", "_sandbox/requests", "_sandbox/ledger"]) {
        let answer = partner.http.get(format!("{}/{path}", sandbox.url())).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        seen += &answer.text().await.unwrap();
    }
    seen += &partner.http.get(&address).send().await.unwrap().text().await.unwrap();
    assert!(seen.contains("/checkout") && seen.contains("accessToken"), "the log names what it does not show");
    assert_eq!(sandbox.leaks(&seen), Vec::<String>::new());
    for (_, value) in PERSON {
        assert!(!seen.contains(value), "{value}");
    }
}

#[tokio::test]
async fn the_page_keeps_its_token_to_itself() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (_, address) = checkout(&partner, "order", SHOP).await;
    let answer = partner.http.get(&address).send().await.unwrap();
    assert_eq!(header(&answer, "referrer-policy"), "same-origin");
    assert_eq!(header(&answer, "cache-control"), "no-store");
    assert_eq!(
        header(&answer, "content-security-policy"),
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' http: https:; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    assert!(header(&answer, "x-sandbox-assumed").contains("what the hosted page looks like"));
    let page = answer.text().await.unwrap();
    assert!(page.contains("not made by Pay1st") && !page.contains("<script"), "{page}");
}

#[tokio::test]
async fn a_broken_page_can_be_had_and_charges_once() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (payment, address) = checkout(&partner, "order", SHOP).await;
    let fault = |fault: Fault| sandbox.add_fault(FaultRule::new("pay1st", fault).operation("checkout")).unwrap();
    fault(Fault::ResetAfterActing);
    let fields: Vec<(&str, &str)> = PERSON.into_iter().chain([CHANNEL, ("action", "pay")]).collect();
    assert!(form(&partner, &address, &fields).send().await.is_err(), "the customer sees a dead page");
    assert_eq!(press(&partner, &address, "pay").await.status(), 302, "and presses once more");
    fault(Fault::Html);
    assert!(partner.http.get(&address).send().await.unwrap().text().await.unwrap().contains("Something went wrong"));
    assert_eq!(status(&partner, &payment), Status::Successful);
    assert_eq!(sandbox.ledger().charges("order"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_payment_that_waits_is_completed_on_the_page_of_payments() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let (payment, address) = checkout(&partner, "order", SHOP).await;
    press(&partner, &address, "pay_later").await;
    let url = format!("{}/_sandbox/pages/pay1st/payments", sandbox.url());
    let page = partner.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains("PENDING") && page.contains("value=\"pay\"") && !page.contains("value=\"pay_later\""),
        "{page}"
    );
    for _ in 0..2 {
        let fields = [("reference", payment.as_str()), ("action", "pay")];
        let answer = form(&partner, &url, &fields).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/_sandbox/pages/pay1st/payments"));
    }
    let unknown = form(&partner, &url, &[("reference", "C-0-P"), ("action", "pay")]).send().await.unwrap();
    assert_eq!(unknown.status(), 303);
    let page = partner.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("SUCCESSFUL") && !page.contains("<button"), "{page}");
    assert_eq!((status(&partner, &payment), sandbox.ledger().charges("order")), (Status::Successful, 1));
}

#[tokio::test]
async fn a_delivery_is_resent_by_its_button() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let merchant = Receiver::start(&["500 Broken"]).await;
    let (_, address) =
        checkout(&partner, "order", &format!("{SHOP},\"webhookUrl\":\"{}?key=s3cr3t\"", merchant.url())).await;
    press(&partner, &address, "pay").await;
    let url = format!("{}/_sandbox/pages/deliveries", sandbox.url());
    let page = partner.http.get(&url).send().await.unwrap().text().await.unwrap();
    for text in ["waiting", "next try", "answered <strong>500</strong>", "[redacted]", "Resend"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("s3cr3t") && !page.contains("customer-order"), "{page}");
    for (fields, site, status) in [
        ([("id", "1")], "cross-site", 403),
        ([("id", "7")], "same-origin", 409),
        ([("id", "x")], "same-origin", 303),
        ([("id", "1")], "same-origin", 303),
    ] {
        let answer = form(&partner, &url, &fields).header("sec-fetch-site", site).send().await.unwrap();
        assert_eq!(answer.status(), status, "{fields:?} {site}");
    }
    while merchant.arrived().len() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    assert!(merchant.arrived().iter().all(|event| event.is_signed_with(&partner.pay1st.signing_key())));
}

#[tokio::test]
async fn settings_are_saved_whole_or_not_at_all() {
    let sandbox = Sandbox::start().await.unwrap();
    let partner = partner(&sandbox).await;
    let url = format!("{}/_sandbox/pages/pay1st/settings", sandbox.url());
    let save = |fields: [(&'static str, &'static str); 2]| form(&partner, &url, &fields).send();
    let wrong = save([("webhook_url", "https://shop.example/hook"), ("cancel_url", "shop")]).await.unwrap();
    assert_eq!(wrong.status(), 422);
    assert!(wrong.text().await.unwrap().contains("value=\"https://shop.example/hook\""), "what was typed stays");
    assert_eq!(partner.pay1st.console(), Console::default());
    let saved = save([("webhook_url", "https://shop.example/hook"), ("cancel_url", "")]).await.unwrap();
    assert_eq!((saved.status().as_u16(), header(&saved, "location")), (303, "/_sandbox/pages/pay1st/settings?saved"));
    let console = Console { webhook_url: Some("https://shop.example/hook".to_owned()), ..Console::default() };
    assert_eq!(partner.pay1st.console(), console);
}
