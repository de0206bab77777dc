//! Sealed bodies: what opens, and that everything else is answered alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod payagency_common;

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Environment;
use payagency_common::*;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const CARD: &str = "/api/v1/{env}/card";

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the bytes under an envelope are a JSON object: opened here, not by the sandbox.
fn is_an_object(key: &str, iv: &[u8], ciphertext: &[u8]) -> bool {
    let cipher = Decryptor::<Aes256>::new_from_slices(key.as_bytes(), iv).unwrap();
    let Ok(plain) = cipher.decrypt_padded_vec::<Pkcs7>(ciphertext) else { return false };
    serde_json::from_slice::<Value>(&plain).is_ok_and(|value| value.is_object())
}

#[tokio::test]
async fn everything_that_does_not_open_is_answered_alike() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let key = merchant.agency.encryption_key(Environment::Test);
    let good = envelope(&key, [3; 16], &card(PAID, "order-1").to_string());
    let (iv, text) = good.split_once(':').unwrap();
    let other_key = merchant.agency.encryption_key(Environment::Live);
    let bodies = [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"payload":1}"#.to_owned(),
        r#"{"payload":null}"#.to_owned(),
        payload(""),
        payload(text),
        payload(iv),
        payload(&format!("{iv}:")),
        payload(&format!(":{text}")),
        payload(&format!("{iv}::{text}")),
        payload(&format!("{good}:00")),
        payload(&good[1..]),
        payload(&good[2..]),
        payload(&good[..good.len() - 1]),
        payload(&good[..good.len() - 2]),
        payload(&good[..good.len() - 32]),
        payload(&good.replacen(iv, &"g".repeat(32), 1)),
        payload(&envelope(&other_key, [3; 16], &card(PAID, "order-1").to_string())),
        payload(&envelope(&key, [3; 16], "[]")),
        payload(&envelope(&key, [3; 16], "no JSON")),
        payload(&envelope(&key, [3; 16], "")),
        // Plain JSON where a sealed body belongs.
        card(PAID, "order-1").to_string(),
    ];
    let mut answers = Vec::new();
    for body in bodies {
        for skip in ["", "?Skip-Encryption=true"] {
            let request = merchant.keyed(Method::POST, &format!("{CARD}{skip}"));
            answers.push((body.clone(), send(request.body(body.clone())).await));
        }
    }
    let first = answers[0].1.clone();
    assert_eq!(first.status, 400, "{first:?}");
    assert!(first.assumed.contains("cannot be opened"), "{first:?}");
    for (body, answer) in answers {
        assert_eq!(answer, first, "{body}");
    }
    assert_eq!(sandbox.payagency().payments(), [], "nothing was done");
}

#[tokio::test]
async fn every_bit_that_flips_is_answered_alike_unless_it_still_is_an_object() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let key = merchant.agency.encryption_key(Environment::Test);
    let good = envelope(&key, [9; 16], r#"{"first_name":"Ada","last_name":"Byron","amount":100}"#);
    let (iv, text) = good.split_once(':').unwrap();
    let whole = [unhex(iv), unhex(text)].concat();
    let broken = send(merchant.keyed(Method::POST, CARD).body(payload("x"))).await;
    let opened = send(merchant.keyed(Method::POST, CARD).body(payload(&good))).await;
    assert_eq!(opened.message(), "Please pass all mandatory fields");
    let (mut alike, mut still) = (0, 0);
    for bit in 0..whole.len() * 8 {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (iv, text) = flipped.split_at(16);
        let body = payload(&format!("{}:{}", hex(iv), hex(text)));
        let answer = send(merchant.keyed(Method::POST, CARD).body(body)).await;
        if is_an_object(&key, iv, text) {
            // There is no MAC: such a change cannot be seen. It is no success either.
            assert!(answer.status == 400 && answer != broken, "bit {bit}: {answer:?}");
            still += 1;
        } else {
            assert_eq!(answer, broken, "bit {bit}");
            alike += 1;
        }
    }
    assert_eq!(alike + still, whole.len() * 8);
    assert!(alike > whole.len() * 6, "{alike} alike, {still} still objects");
}

#[tokio::test]
async fn upper_case_and_other_members_open() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let key = merchant.agency.encryption_key(Environment::Test);
    let sealed = envelope(&key, [1; 16], &card(PAID, "order-1").to_string()).to_uppercase();
    let body = json!({ "payload": sealed, "more": 1 }).to_string();
    let request = merchant.keyed(Method::POST, &format!("{CARD}?Skip-Encryption=true"));
    assert_eq!(send(request.body(body)).await.word(), "SUCCESS");
    // What PHP and Python write instead of letters is the same text.
    let escaped = card(PAID, "order-2").to_string().replace("Ada", "Zo\\u00eb").replace("London", "a\\/b");
    let sealed = payload(&envelope(&key, [2; 16], &escaped));
    let answer = send(merchant.keyed(Method::POST, CARD).body(sealed)).await;
    assert_eq!(answer.json()["data"]["customer"]["first_name"], "Zoë");
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_not_read() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let key = merchant.agency.encryption_key(Environment::Test);
    let body = |order: &str| payload(&envelope(&key, [1; 16], &card(PAID, order).to_string()));
    let request = |kind: &str, order: &str| {
        let url = merchant.url(CARD);
        let request = merchant.http.post(url).bearer_auth(merchant.agency.secret_key(Environment::Test));
        request.header("content-type", kind).body(body(order))
    };
    assert_eq!(send(request("text/plain", "order-1")).await.status, 400);
    assert_eq!(send(request("application/json; charset=utf-8", "order-2")).await.word(), "SUCCESS");
}

#[tokio::test]
async fn estimates_and_links_take_either_form_or_the_one_of_the_mode() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let estimate = json!({ "wallet_id": WALLET, "amount": 200, "card_number": PAYOUT });
    let link = |order: &str| json!({ "amount": 10, "currency": "GBP", "order_id": order });
    for (mode, path, body) in [
        ("estimate_body", "/api/v1/wallet/estimate-payout", &(|_: &str| estimate.clone()) as &dyn Fn(&str) -> Value),
        ("payment_link_body", "/api/v1/payment-link", &link),
    ] {
        for (value, plain, sealed) in [("either", 200, 200), ("plain", 200, 400), ("sealed", 400, 200)] {
            agency.set_mode(mode, value).unwrap();
            let answer = merchant.post_plain(path, &body(&format!("{value}-plain"))).await;
            assert_eq!(answer.status, plain, "{mode} {value}: {answer:?}");
            let answer = merchant.post(path, &body(&format!("{value}-sealed"))).await;
            // A plain reader sees a body without its members; only a link has none that it must have.
            let lenient = mode == "payment_link_body" && value == "plain";
            assert_eq!(answer.status, if lenient { 200 } else { sealed }, "{mode} {value}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn keys_can_be_replaced_while_things_run() {
    let sandbox = Sandbox::start().await.unwrap();
    let (merchant, agency) = (merchant(&sandbox), sandbox.payagency());
    let old = agency.encryption_key(Environment::Test);
    agency.set_keys(Environment::Test, Some("PA_TEST_new".to_owned()), Some("n".repeat(32))).unwrap();
    let sealed_as_before = payload(&envelope(&old, [1; 16], &card(PAID, "order-1").to_string()));
    assert_eq!(send(merchant.keyed(Method::POST, CARD).body(sealed_as_before)).await.status, 400);
    assert_eq!(merchant.card(PAID, "order-1").await.word(), "SUCCESS");
    for (secret, encryption) in [(Some("PA_LIVE_x"), None), (Some("PA_TEST_"), None), (None, Some("short"))] {
        let set = agency.set_keys(Environment::Test, secret.map(str::to_owned), encryption.map(str::to_owned));
        set.unwrap_err();
    }
    let text = format!("key=PA_TEST_new, {} and {}", "n".repeat(32), agency.webhook_secret());
    assert_eq!(sandbox.leaks(&text).len(), 3, "{:?}", sandbox.leaks(&text));
    assert_eq!(sandbox.leaks(&format!("card {PAID}")), ["the number of a test card of Pay Agency"]);
}

#[tokio::test]
async fn what_openssl_seals_opens() {
    let sandbox = Sandbox::start().await.unwrap();
    let merchant = merchant(&sandbox);
    let key = merchant.agency.encryption_key(Environment::Test);
    let iv = "00112233445566778899aabbccddeeff";
    let arguments = ["enc", "-aes-256-cbc", "-K", &hex(key.as_bytes()), "-iv", iv];
    let child = Command::new("openssl").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        not_run("openssl");
        return;
    };
    child.stdin.take().unwrap().write_all(card(PAID, "order-1").to_string().as_bytes()).unwrap();
    let sealed = child.wait_with_output().unwrap().stdout;
    let body = payload(&format!("{iv}:{}", hex(&sealed)));
    assert_eq!(send(merchant.keyed(Method::POST, CARD).body(body)).await.word(), "SUCCESS");
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&unhex(iv));
    assert_eq!(envelope(&key, bytes, &card(PAID, "order-1").to_string()), format!("{iv}:{}", hex(&sealed)));
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
