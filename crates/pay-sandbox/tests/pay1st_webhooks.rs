//! Pay1st's webhooks as a merchant's server sees them: signed, delivered, tried again, spoilt by rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pay1st_common;

use pay_sandbox::{DeliveryState, Sandbox, WebhookFault, WebhookPolicy, WebhookRule};
use pay1st_common::*;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

async fn shop(sandbox: &Sandbox, answers: &[&'static str]) -> (Partner, Receiver) {
    let (partner, receiver) = (partner(sandbox).await, Receiver::start(answers).await);
    let console = pay_sandbox::pay1st::Console { webhook_url: Some(receiver.url()), ..Default::default() };
    sandbox.pay1st().set_console(console);
    (partner, receiver)
}

#[tokio::test]
async fn an_event_is_posted_whole_and_signed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let reference = partner.created("order-1").await;
    sandbox.pay1st().pay(&reference).unwrap();
    idle(&sandbox).await;
    let arrived = receiver.arrived();
    assert_eq!(arrived.len(), 1, "a new payment sends none by default");
    let event = &arrived[0];
    assert_eq!(event.head, "POST /hook HTTP/1.1");
    assert_eq!(event.headers["content-type"], "application/json");
    assert_eq!(event.headers["host"], receiver.address.to_string());
    assert_eq!(
        event.body,
        format!(
            r#"{{"partnerId":9001,"partnerCode":"SANDBOX","partnerReference":"order-1","reference":"{reference}","orderAmount":100.50,"currencyCode":"NGN","countryCode":"NG","customerId":"customer-order-1","status":"SUCCESSFUL"}}"#
        )
    );
    assert!(event.is_signed_with(&sandbox.pay1st().signing_key()));
    let timestamp = &event.headers["x-timestamp"];
    assert!(timestamp.len() == 30 && timestamp.ends_with('Z') && is_near(timestamp, 0), "{timestamp}");
    // The log knows of it, without the customer and without the signature.
    let delivery = sandbox.deliveries().remove(0);
    assert_eq!((delivery.state, delivery.attempts[0].status), (DeliveryState::Delivered, Some(200)));
    assert_eq!((delivery.event.as_str(), delivery.subject.as_str()), ("SUCCESSFUL", reference.as_str()));
    let log = serde_json::to_string(&sandbox.deliveries()).unwrap();
    assert!(!log.contains("customer-order-1") && !log.contains(&event.headers["x-signature"]));
    assert!(log.contains("[redacted]"));
}

#[tokio::test]
async fn the_signature_is_what_another_program_makes_of_it() {
    let found = Command::new("openssl").arg("version").output();
    if !found.is_ok_and(|output| output.status.success()) {
        not_run("openssl");
        return;
    }
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    sandbox.pay1st().pay(&partner.created("order-1").await).unwrap();
    idle(&sandbox).await;
    let event = receiver.arrived().remove(0);
    let key = sandbox.pay1st().signing_key();
    let mut openssl = Command::new("openssl")
        .args(["dgst", "-sha256", "-hmac", &key, "-r"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let message = format!("{}{}", event.headers["x-timestamp"], event.body);
    openssl.stdin.take().unwrap().write_all(message.as_bytes()).unwrap();
    let output = String::from_utf8(openssl.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(output.split_whitespace().next().unwrap(), event.headers["x-signature"]);
}

/// A missing program fails the test only where everything must run; elsewhere it is noted.
fn not_run(program: &str) {
    let line = format!("pay-sandbox: {program} not found");
    assert_ne!(std::env::var("PAY_REQUIRE_ALL").as_deref(), Ok("1"), "{line}");
    println!("{line}");
    if let Some(path) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
}

#[tokio::test]
async fn every_move_of_a_payment_has_its_event() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let pay1st = sandbox.pay1st();
    pay1st.set_mode("new_event", "on").unwrap();
    let reference = partner.created("order-1").await;
    pay1st.pay_later(&reference).unwrap();
    pay1st.pay(&reference).unwrap();
    pay1st.pay(&reference).unwrap();
    idle(&sandbox).await;
    // In turn, though all three were caused at once.
    assert_eq!(receiver.statuses(), ["NEW", "PENDING", "SUCCESSFUL"]);
    sandbox.set_modes("pay1st", &[("new_event", "off"), ("pay_later_event", "PAY_OFFLINE")]).unwrap();
    let other = partner.created("order-2").await;
    pay1st.pay_later(&other).unwrap();
    pay1st.cancel(&other).unwrap();
    let third = partner.created("order-3").await;
    pay1st.expire(&third).unwrap();
    idle(&sandbox).await;
    let mut later = receiver.statuses().split_off(3);
    later.sort();
    assert_eq!(later, ["ABANDONED", "CANCELLED", "PAY_OFFLINE"]);
    assert_eq!(partner.query(&other).await.json()["status"], "CANCELLED");
}

#[tokio::test]
async fn all_seventeen_statuses_can_be_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let reference = partner.paid("order-1").await;
    let all = "ABANDONED CANCELLED CHARGEBACK FAILED NEW PAY_OFFLINE PENDING PENDING_INVESTIGATION READY REFUND \
               SEND_BIRTHDAY SEND_PHONE SEND_PIN SEND_OTP SEND_VALIDATION_TOKEN SUCCESSFUL VALIDATED";
    for status in all.split_whitespace() {
        sandbox.pay1st().send_event(&reference, status).unwrap();
    }
    idle(&sandbox).await;
    assert_eq!(receiver.statuses()[1..], all.split_whitespace().collect::<Vec<_>>());
    assert_eq!(partner.query(&reference).await.json()["status"], "SUCCESSFUL", "the payment does not move");
    assert!(sandbox.pay1st().send_event(&reference, "PAID").is_err());
    assert!(sandbox.pay1st().send_event("C-000000000000000-P", "NEW").is_err());
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_by_the_sandbox_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let answers = ["500 Internal Server Error", "302 Found", "404 Not Found", "503 Service Unavailable"];
    let (partner, receiver) = shop(&sandbox, &answers).await;
    let waits = [10, 60].map(Duration::from_secs);
    sandbox.set_webhook_policy(WebhookPolicy::new().retries(waits));
    partner.paid("order-1").await;
    idle(&sandbox).await;
    let state = || sandbox.deliveries()[0].state;
    assert_eq!((receiver.arrived().len(), state()), (1, DeliveryState::Waiting));
    assert!(sandbox.deliveries()[0].next_attempt.is_some());
    for (seconds, attempts, expected) in
        [(10, 2, DeliveryState::Waiting), (60, 3, DeliveryState::GivenUp), (999, 3, DeliveryState::GivenUp)]
    {
        sandbox.clock().advance(Duration::from_secs(seconds));
        idle(&sandbox).await;
        assert_eq!((receiver.arrived().len(), state()), (attempts, expected), "after {seconds} s");
    }
    let seen: Vec<_> = sandbox.deliveries()[0].attempts.iter().map(|attempt| attempt.status.unwrap()).collect();
    assert_eq!(seen, [500, 302, 404], "a redirect is an answer, and not followed");
    // By hand, twice: it fails once more, and then arrives.
    sandbox.resend(1).unwrap();
    idle(&sandbox).await;
    assert_eq!(state(), DeliveryState::Waiting);
    sandbox.resend(1).unwrap();
    idle(&sandbox).await;
    assert_eq!((state(), receiver.arrived().len()), (DeliveryState::Delivered, 5));
    let key = sandbox.pay1st().signing_key();
    assert!(receiver.arrived().iter().all(|event| event.is_signed_with(&key) && event.status() == "SUCCESSFUL"));
    assert!(sandbox.resend(99).is_err());
}

#[tokio::test]
async fn a_retry_is_stamped_anew_or_as_the_first() {
    for (mode, same) in [("fresh", false), ("first", true)] {
        let sandbox = Sandbox::start().await.unwrap();
        let (partner, receiver) = shop(&sandbox, &["500 Internal Server Error"]).await;
        sandbox.pay1st().set_mode("webhook_retry_stamp", mode).unwrap();
        partner.paid("order-1").await;
        idle(&sandbox).await;
        sandbox.clock().advance(Duration::from_secs(10));
        idle(&sandbox).await;
        let stamps: Vec<_> = receiver.arrived().iter().map(|event| event.headers["x-timestamp"].clone()).collect();
        assert_eq!((stamps.len(), stamps[0] == stamps[1]), (2, same), "{mode}");
    }
}

#[tokio::test]
async fn a_receiver_that_says_nothing_is_left() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &["silence"]).await;
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]).timeout(Duration::from_millis(50)));
    partner.paid("order-1").await;
    idle(&sandbox).await;
    let delivery = sandbox.deliveries().remove(0);
    assert_eq!((delivery.state, receiver.arrived().len()), (DeliveryState::GivenUp, 1));
    assert_eq!(delivery.attempts[0].error.as_deref(), Some("no answer in time"));
    // Nobody there at all.
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let console = pay_sandbox::pay1st::Console { webhook_url: Some(format!("http://{nobody}/")), ..Default::default() };
    sandbox.pay1st().set_console(console);
    partner.paid("order-2").await;
    idle(&sandbox).await;
    assert_eq!(sandbox.deliveries()[1].attempts[0].error.as_deref(), Some("no connection"));
}

#[tokio::test]
async fn rules_spoil_what_they_name() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let key = sandbox.pay1st().signing_key();
    let mut number = 0;
    let mut seen = 0;
    for (fault, arrives, signed) in [
        (WebhookFault::Duplicate(3), 4, true),
        (WebhookFault::Tamper, 1, false),
        (WebhookFault::BadSignature, 1, false),
        (WebhookFault::Unsigned, 1, false),
        (WebhookFault::Stale(Duration::from_secs(3600)), 1, true),
        (WebhookFault::Drop, 0, true),
        (WebhookFault::Delay(Duration::from_secs(300)), 0, true),
    ] {
        number += 1;
        let name = fault.name();
        sandbox.add_webhook_rule(WebhookRule::new("pay1st", fault.clone()).event("SUCCESSFUL")).unwrap();
        let reference = partner.paid(&format!("order-{number}")).await;
        idle(&sandbox).await;
        let arrived = receiver.arrived().split_off(seen);
        seen += arrived.len();
        assert_eq!(arrived.len(), arrives, "{name}");
        for event in &arrived {
            assert_eq!(event.is_signed_with(&key), signed, "{name}");
            let body: Value = serde_json::from_str(&event.body).unwrap();
            let amount = if name == "tamper" { json!(9100.5) } else { json!(100.5) };
            assert_eq!((&body["orderAmount"], &body["reference"]), (&amount, &json!(reference)), "{name}");
            assert_eq!(event.headers.contains_key("x-signature"), name != "unsigned");
            let old = event.headers.get("x-timestamp").is_some_and(|at| !is_near(at, 0));
            assert_eq!(old, name == "stale");
        }
        let log = sandbox.deliveries();
        let of_it: Vec<_> = log.iter().filter(|delivery| delivery.subject == reference).collect();
        assert!(of_it.iter().all(|delivery| delivery.fault == Some(name)));
        let copies = of_it.iter().filter(|delivery| delivery.copy_of == Some(of_it[0].id)).count();
        assert_eq!((of_it.len(), copies), (arrives.max(1), arrives.max(1) - 1));
    }
    // The delayed one comes when its time has come; the dropped and the tampered one by hand, and right.
    sandbox.clock().advance(Duration::from_secs(300));
    idle(&sandbox).await;
    assert_eq!(receiver.arrived().len(), seen + 1);
    for name in ["drop", "tamper"] {
        let id = sandbox.deliveries().iter().find(|delivery| delivery.fault == Some(name)).unwrap().id;
        sandbox.resend(id).unwrap();
    }
    idle(&sandbox).await;
    let arrived = receiver.arrived().split_off(seen);
    assert_eq!(arrived.len(), 3);
    assert!(arrived.iter().all(|event| event.is_signed_with(&key)));
    assert!(sandbox.add_webhook_rule(WebhookRule::new("nobody", WebhookFault::Drop)).is_err());
    assert_eq!(sandbox.webhook_rules().iter().map(|rule| rule.taken).sum::<u64>(), 7);
}

#[tokio::test]
async fn a_reordered_event_comes_after_the_next_one() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let pay1st = sandbox.pay1st();
    let reference = partner.created("order-1").await;
    let rule = WebhookRule::new("pay1st", WebhookFault::Reorder).event("PENDING").subject(&reference);
    sandbox.add_webhook_rule(rule).unwrap();
    pay1st.pay_later(&reference).unwrap();
    idle(&sandbox).await;
    assert_eq!((receiver.arrived().len(), sandbox.deliveries()[0].state), (0, DeliveryState::Held));
    // An event on another payment does not free it.
    partner.paid("order-2").await;
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["SUCCESSFUL"]);
    pay1st.pay(&reference).unwrap();
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["SUCCESSFUL", "SUCCESSFUL", "PENDING"]);
}

#[tokio::test]
async fn stamps_follow_wall_time_unless_told() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    sandbox.clock().advance(Duration::from_secs(7200));
    let partner = Partner { access: partner_token(&partner).await, ..partner };
    partner.paid("order-1").await;
    sandbox.pay1st().set_mode("stamps", "sandbox_clock").unwrap();
    let body = order("order-2", "");
    let reference = send(partner.signed_at(CREATE, PAYMENT, &body, 7200)).await.text("reference");
    sandbox.pay1st().pay(&reference).unwrap();
    idle(&sandbox).await;
    let mut stamps: Vec<_> = receiver.arrived().iter().map(|event| event.headers["x-timestamp"].clone()).collect();
    stamps.sort();
    assert!(is_near(&stamps[0], 0) && is_near(&stamps[1], 7200), "{stamps:?}");
}

async fn partner_token(partner: &Partner) -> String {
    send(partner.login()).await.text("accessToken")
}

#[tokio::test]
async fn the_timing_against_the_redirect_is_a_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    sandbox.pay1st().set_mode("webhook_timing", "after_redirect").unwrap();
    partner.paid("order-1").await;
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Waiting);
    sandbox.clock().advance(Duration::from_secs(1));
    idle(&sandbox).await;
    assert_eq!(receiver.statuses(), ["SUCCESSFUL"]);
}

#[tokio::test]
async fn a_target_that_nobody_has_allowed_is_never_called() {
    let sandbox = Sandbox::start().await.unwrap();
    let (partner, receiver) = shop(&sandbox, &[]).await;
    let port = receiver.address.port();
    let own = sandbox.control_url();
    // By every way in: the address in other spellings, names, schemes, the sandbox itself.
    let forms = [
        format!("http://2130706433:{port}/"),
        format!("http://0x7f000001:{port}/"),
        format!("http://0177.0.0.1:{port}/"),
        format!("http://127.1:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://user@127.0.0.1:{port}/"),
        format!("http://127.0.0.1.evil.example:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://192.168.1.1/".to_owned(),
        "http://shop.example/hook".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("{own}/reset"),
        "nonsense".to_owned(),
    ];
    for (index, url) in forms.iter().enumerate() {
        let more = format!(r#","webhookUrl":"{url}""#);
        let reference = partner.create(&order(&format!("order-{index}"), &more)).await.text("reference");
        sandbox.pay1st().pay(&reference).unwrap();
    }
    idle(&sandbox).await;
    for (delivery, url) in sandbox.deliveries().iter().zip(&forms) {
        assert_eq!((delivery.state, delivery.attempts.len()), (DeliveryState::Refused, 0), "{url}");
        assert!(delivery.refused.is_some(), "{url}");
    }
    assert_eq!((sandbox.deliveries().len(), receiver.arrived().len()), (forms.len(), 0));
    assert_eq!(sandbox.pay1st().payments().len(), forms.len(), "no event has reset the sandbox");
    sandbox.resend(1).unwrap();
    idle(&sandbox).await;
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Refused, "by hand neither");
}

#[tokio::test]
async fn a_redirect_to_another_place_is_not_followed() {
    let sandbox = Sandbox::start().await.unwrap();
    let inner = Receiver::start(&[]).await;
    let answer = format!("307 Temporary Redirect\r\nlocation: {}", inner.url());
    let (partner, receiver) = shop(&sandbox, &[Box::leak(answer.into_boxed_str())]).await;
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]));
    partner.paid("order-1").await;
    idle(&sandbox).await;
    assert_eq!((receiver.arrived().len(), inner.arrived().len()), (1, 0));
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::GivenUp);
}

#[tokio::test]
async fn a_host_is_allowed_at_the_start_or_later() {
    let sandbox = Sandbox::builder().allow_webhook_host("240.0.0.1").start().await.unwrap();
    let (partner, _receiver) = shop(&sandbox, &[]).await;
    // Reserved addresses: nothing answers there, whatever the network.
    sandbox.set_webhook_policy(WebhookPolicy::new().retries([]).timeout(Duration::from_millis(50)));
    for (index, host) in ["240.0.0.1", "240.0.0.2"].into_iter().enumerate() {
        let more = format!(r#","webhookUrl":"http://{host}/hook""#);
        let reference = partner.create(&order(&format!("order-{index}"), &more)).await.text("reference");
        sandbox.pay1st().pay(&reference).unwrap();
    }
    idle(&sandbox).await;
    let ends = || sandbox.deliveries().iter().map(|delivery| delivery.state).collect::<Vec<_>>();
    assert_eq!(ends(), [DeliveryState::GivenUp, DeliveryState::Refused]);
    sandbox.allow_webhook_host("240.0.0.2").unwrap();
    sandbox.resend(2).unwrap();
    idle(&sandbox).await;
    assert_eq!(ends(), [DeliveryState::GivenUp, DeliveryState::GivenUp], "tried, and not there");
    assert!(sandbox.allow_webhook_host("http://x").is_err());
    assert!(Sandbox::builder().allow_webhook_host("0x7f.1").start().await.is_err());
    // What was allowed later is forgotten with everything else.
    sandbox.reset();
    assert!(sandbox.deliveries().is_empty());
}

#[tokio::test]
async fn a_payment_without_a_target_says_so() {
    let sandbox = Sandbox::start().await.unwrap();
    partner(&sandbox).await.paid("order-1").await;
    idle(&sandbox).await;
    let delivery = sandbox.deliveries().remove(0);
    assert_eq!((delivery.state, delivery.target.as_str()), (DeliveryState::Refused, ""));
    assert!(delivery.refused.unwrap().contains("no webhook URL"));
    sandbox.resend(1).unwrap();
    idle(&sandbox).await;
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Refused);
}
