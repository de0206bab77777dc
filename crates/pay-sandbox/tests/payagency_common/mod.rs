//! Shared by the Pay Agency tests: a merchant who speaks raw HTTP and seals by code of the tests' own.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use aes::Aes256;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use pay_sandbox::payagency::{Environment, PayAgency};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::Duration;

pub(crate) const PAID: &str = "4111111111111111";
pub(crate) const THREE_DS: &str = "4012888888881881";
pub(crate) const THREE_DS_DECLINED: &str = "4000008400001629";
pub(crate) const DECLINED: &str = "4000000000000002";
pub(crate) const BLOCKED: &str = "4100000000000019";
pub(crate) const PENDING: &str = "4000000000000077";
pub(crate) const PAYOUT: &str = "4222222222222222";

pub(crate) const WALLET: &str = "WAL5260181590830166";
pub(crate) const INACTIVE_WALLET: &str = "WAL0824628194821993";
pub(crate) const POOR_WALLET: &str = "WAL7114710497465075";
pub(crate) const TEMPLATE: &str = "PLI01878017598983478";

/// An answer, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) assumed: String,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_else(|| panic!("no message: {self:?}")).to_owned()
    }

    /// The status word of a payment reply.
    pub(crate) fn word(&self) -> String {
        self.json()["status"].as_str().unwrap_or_else(|| panic!("no status: {self:?}")).to_owned()
    }

    pub(crate) fn id(&self) -> String {
        let id = &self.json()["data"]["transaction_id"];
        id.as_str().unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    /// The fields of the `errors` list.
    pub(crate) fn fields(&self) -> Vec<String> {
        let json = self.json();
        let errors = json["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.unwrap()
}

pub(crate) async fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    Ok(Answer {
        status: response.status().as_u16(),
        assumed: header("x-sandbox-assumed").unwrap_or_default(),
        location: header("location"),
        text: response.text().await?,
    })
}

/// The envelope of section 4.1, made here and not by the sandbox.
pub(crate) fn envelope(key: &str, iv: [u8; 16], plain: &str) -> String {
    let cipher = Encryptor::<Aes256>::new_from_slices(key.as_bytes(), &iv).unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}:{}", hex(&iv), hex(&cipher.encrypt_padded_vec::<Pkcs7>(plain.as_bytes())))
}

pub(crate) fn payload(envelope: &str) -> String {
    json!({ "payload": envelope }).to_string()
}

/// The hash of the hypothesis, made here.
pub(crate) fn hash(key: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A merchant with one of the two keys.
#[derive(Clone)]
pub(crate) struct Merchant {
    pub(crate) http: reqwest::Client,
    pub(crate) agency: PayAgency,
    pub(crate) environment: Environment,
}

pub(crate) fn http() -> reqwest::Client {
    // A test that waits for an answer that never comes must fail, not hang.
    let patience = Duration::from_secs(20);
    reqwest::Client::builder().timeout(patience).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) fn merchant(sandbox: &Sandbox) -> Merchant {
    Merchant { http: http(), agency: sandbox.payagency(), environment: Environment::Test }
}

pub(crate) fn live(sandbox: &Sandbox) -> Merchant {
    Merchant { environment: Environment::Live, ..merchant(sandbox) }
}

impl Merchant {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}", self.agency.base_url(), path.replace("{env}", self.environment.as_str()))
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).header("content-type", "application/json")
    }

    pub(crate) fn keyed(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(self.agency.secret_key(self.environment))
    }

    pub(crate) fn sealed(&self, path: &str, body: &Value) -> RequestBuilder {
        let key = self.agency.encryption_key(self.environment);
        let text = payload(&envelope(&key, *b"0123456789abcdef", &body.to_string()));
        self.keyed(Method::POST, path).body(text)
    }

    pub(crate) fn plain(&self, path: &str, body: &Value) -> RequestBuilder {
        self.keyed(Method::POST, path).body(body.to_string())
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.sealed(path, body)).await
    }

    pub(crate) async fn post_plain(&self, path: &str, body: &Value) -> Answer {
        send(self.plain(path, body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.keyed(Method::GET, path)).await
    }

    pub(crate) async fn card(&self, number: &str, order: &str) -> Answer {
        self.post("/api/v1/{env}/card", &card(number, order)).await
    }

    /// A card payment that was paid: its transaction id.
    pub(crate) async fn paid(&self, order: &str) -> String {
        let answer = self.card(PAID, order).await;
        assert_eq!(answer.word(), "SUCCESS", "{answer:?}");
        answer.id()
    }

    pub(crate) async fn payout(&self, number: &str, order: &str, amount: &str) -> Answer {
        self.post("/api/v1/{env}/payout", &payout(WALLET, number, order, amount)).await
    }

    pub(crate) async fn status(&self, id: &str) -> Answer {
        self.get(&format!("/api/{{env}}/status/{id}")).await
    }

    pub(crate) async fn payout_status(&self, id: &str) -> Answer {
        self.get(&format!("/api/v1/{{env}}/payout/{id}/status")).await
    }

    pub(crate) async fn refund(&self, id: &str) -> Answer {
        self.post_plain("/api/v1/{env}/refund", &json!({ "transaction_id": id, "reason": "returned" })).await
    }
}

pub(crate) fn payer() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "email": "ada@example.com", "address": "1 Analytical Row",
        "country": "GB", "city": "London", "state": "LND", "zip": "SW1A 1AA", "ip_address": "203.0.113.7",
        "phone_number": "7000000001", "amount": 100, "currency": "GBP", "redirect_url": "https://merchant.example/return"
    })
}

/// One object with the members of both.
pub(crate) fn with(one: &Value, other: Value) -> Value {
    let mut all = one.clone();
    for (name, value) in other.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

pub(crate) fn without(one: &Value, name: &str) -> Value {
    let mut all = one.clone();
    all.as_object_mut().unwrap().remove(name).unwrap();
    all
}

pub(crate) fn page(order: &str) -> Value {
    with(&payer(), json!({ "order_id": order }))
}

pub(crate) fn card(number: &str, order: &str) -> Value {
    with(
        &page(order),
        json!({ "card_number": number, "card_expiry_month": "12", "card_expiry_year": "2090", "card_cvv": "987" }),
    )
}

pub(crate) fn payout(wallet: &str, number: &str, order: &str, amount: &str) -> Value {
    let amount: Value = serde_json::from_str(amount).unwrap();
    let mut body = with(
        &card(number, order),
        json!({ "wallet_id": wallet, "amount": amount, "currency": "USD", "country": "US" }),
    );
    for name in ["card_cvv", "redirect_url"] {
        body = without(&body, name);
    }
    body
}

pub(crate) fn add_fault(sandbox: &Sandbox, operation: &str, fault: impl Into<Fault>) {
    sandbox.add_fault(FaultRule::new("payagency", fault).operation(operation)).unwrap();
}

/// The books are in order.
pub(crate) fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

/// Every run of digits in a text in which somebody could see a card number.
pub(crate) fn card_numbers(text: &str) -> Vec<String> {
    let is_luhn = |digits: &[u8]| {
        let sum: u32 = digits
            .iter()
            .rev()
            .enumerate()
            .map(|(place, byte)| {
                let digit = u32::from(byte - b'0');
                if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
            })
            .sum();
        sum.is_multiple_of(10)
    };
    let mut found = Vec::new();
    for run in text.split(|letter: char| !letter.is_ascii_digit()) {
        for length in 13..=19 {
            let windows = run.as_bytes().windows(length).filter(|window| is_luhn(window));
            found.extend(windows.map(|window| String::from_utf8(window.to_vec()).unwrap()));
        }
    }
    found
}
