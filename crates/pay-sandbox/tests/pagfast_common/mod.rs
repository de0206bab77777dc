//! Shared by the PagFast tests: a merchant who speaks raw HTTP.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_sandbox::pagfast::{AccessKey, PagFast};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) const LOGIN: &str = "/partners-int/login";
pub(crate) const CASH_IN: &str = "/partners-int/accounts/pix/cashin";
pub(crate) const CASH_OUT: &str = "/partners-int/accounts/pix/cashout";
pub(crate) const INITIATION: &str = "/partners-int/accounts/payment-initiation";
pub(crate) const TRANSACTIONS: &str = "/partners-int/accounts/transactions/pix";
pub(crate) const RECEIVERS: &str = "/partners-int/receivers";

/// Made-up CPFs; the check digits of all but the third are right.
pub(crate) const ANA: &str = "52998224725";
pub(crate) const BIA: &str = "00000000191";
pub(crate) const WRONG_DIGITS: &str = "52998224724";

/// An answer, read whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) assumed: String,
    pub(crate) content_type: String,
    pub(crate) location: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// `data` of a success.
    pub(crate) fn data(&self) -> Value {
        let json = self.json();
        assert_eq!(json["statusCode"], "Done", "{self:?}");
        json["data"].clone()
    }

    /// The id of what was created.
    pub(crate) fn id(&self) -> String {
        let data = self.data();
        let id = data["transactionId"].as_str().or(data["transaction"]["id"].as_str());
        id.unwrap_or_else(|| panic!("no id: {self:?}")).to_owned()
    }

    /// Status, name, and reason (or code) of a refusal whose details are one or many.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let json = self.json();
        assert_eq!(json["statusCode"], "Error", "{self:?}");
        let (error, detail) = (&json["error"], self.detail());
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{self:?}");
        let why = detail["reason"].as_str().or(detail["code"].as_str()).unwrap_or_default().to_owned();
        (self.status, error["name"].as_str().unwrap_or_default().to_owned(), why)
    }

    /// The first of `details`.
    pub(crate) fn detail(&self) -> Value {
        let details = self.json()["error"]["details"].clone();
        if details.is_array() { details[0].clone() } else { details }
    }

    pub(crate) fn is(&self, status: u16, name: &str, why: &str) -> bool {
        self.refusal() == (status, name.to_owned(), why.to_owned())
    }

    pub(crate) fn is_token_refusal(&self) -> bool {
        self.is(401, "AuthenticationError", "AuthenticationTokenInvalid")
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
        content_type: header("content-type").unwrap_or_default(),
        location: header("location"),
        text: response.text().await?,
    })
}

/// A merchant with a token.
#[derive(Clone)]
pub(crate) struct Merchant {
    pub(crate) http: reqwest::Client,
    pub(crate) pagfast: PagFast,
    pub(crate) token: String,
    /// Where its webhooks go.
    pub(crate) hook: String,
}

pub(crate) fn http() -> reqwest::Client {
    // A test that waits for an answer that never comes must fail, not hang.
    let client = reqwest::Client::builder().timeout(Duration::from_secs(20));
    client.redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) async fn merchant(sandbox: &Sandbox) -> Merchant {
    let pagfast = sandbox.pagfast();
    let (access_key, secret) = (pagfast.access_key(), pagfast.secret());
    logged_in(sandbox, &access_key, &secret).await
}

pub(crate) async fn merchant_with(sandbox: &Sandbox, key: &AccessKey) -> Merchant {
    logged_in(sandbox, &key.access_key, &key.secret).await
}

async fn logged_in(sandbox: &Sandbox, access_key: &str, secret: &str) -> Merchant {
    // Nobody listens there: what is not about webhooks does not wait for any.
    let hook = "http://127.0.0.1:9/hook".to_owned();
    let mut merchant = Merchant { http: http(), pagfast: sandbox.pagfast(), token: String::new(), hook };
    let answer = merchant.login(access_key, secret).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    merchant.token = answer.text;
    merchant
}

impl Merchant {
    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.pagfast.base_url()))
    }

    pub(crate) async fn login(&self, access_key: &str, secret: &str) -> Answer {
        let body = json!({ "accessKey": access_key, "secret": secret });
        send(self.bare(Method::POST, LOGIN).json(&body)).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// A deposit of Ana's.
    pub(crate) fn deposit(&self, order_id: &str, value: &str) -> Value {
        json!({
            "payment": { "payer": { "name": "Ana Sandbox", "cpf": ANA }, "value": { "original": value } },
            "transaction": { "orderId": order_id, "orderDescription": "Depósito de Ana" },
            "webhook": { "url": self.hook, "customHeaderName": "X-Shop", "customHeaderValue": "shop-secret-1" },
        })
    }

    /// A withdrawal to Ana, by her CPF.
    pub(crate) fn withdrawal(&self, order_id: &str, value: &str) -> Value {
        json!({
            "payment": {
                "recipient": { "name": "Ana Sandbox", "cpf": ANA }, "key": { "type": "CPF", "value": ANA }, "value": value,
            },
            "transaction": { "orderId": order_id },
            "webhook": { "url": self.hook },
        })
    }

    /// A deposit of Ana's by Open Finance.
    pub(crate) fn initiation(&self, order_id: &str, value: &str) -> Value {
        json!({
            "payment": {
                "payer": { "taxNumber": ANA }, "value": { "original": value }, "redirectUrl": "https://shop.example/back?x=1#top",
            },
            "transaction": { "orderId": order_id },
            "webhook": { "url": self.hook },
        })
    }

    pub(crate) async fn created(&self, path: &str, body: &Value) -> String {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.id()
    }

    /// `data.transaction` of a look-up.
    pub(crate) async fn transaction(&self, id: &str) -> Value {
        let answer = self.get(&format!("{TRANSACTIONS}/{id}")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.data()["transaction"].clone()
    }

    pub(crate) async fn state(&self, id: &str) -> String {
        self.transaction(id).await["state"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn simulate(&self, id: &str, body: Option<&Value>) -> Answer {
        let request = self.request(Method::PUT, &format!("/partners-int/sandbox/transactions/complete/{id}"));
        send(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }

    pub(crate) async fn simulate_open_finance(&self, id: &str) -> Answer {
        send(self.request(Method::POST, &format!("/partners-int/sandbox/payment-initiation/complete/{id}"))).await
    }

    /// The list of an order id: all of today and yesterday's end, twenty at most.
    pub(crate) async fn listed(&self, order_id: &str) -> Vec<Value> {
        let answer = self.get(&list(order_id, -3_600, 3_600, "20", "0")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.data()["items"].as_array().unwrap().iter().map(|item| item["transaction"].clone()).collect()
    }
}

/// The list from so many seconds after now until so many.
pub(crate) fn list(order_id: &str, from: i64, until: i64, limit: &str, offset: &str) -> String {
    let (from, until) = (moment(from), moment(until));
    format!(
        "{TRANSACTIONS}?transactionOrderId={order_id}&startDate={from}&endDate={until}&dataset.limit={limit}&dataset.offset={offset}"
    )
}

/// ISO 8601 with milliseconds and `Z`, so many seconds from now.
pub(crate) fn moment(offset: i64) -> String {
    let at = time::OffsetDateTime::now_utc() + time::Duration::seconds(offset);
    let (hour, minute, second, milli) = at.to_hms_milli();
    format!("{}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z", at.date())
}

/// A body with members changed, as by a JSON merge patch.
pub(crate) fn with(body: &Value, patch: Value) -> Value {
    let mut body = body.clone();
    merge(&mut body, patch);
    body
}

fn merge(into: &mut Value, patch: Value) {
    match patch {
        Value::Object(members) => {
            if !into.is_object() {
                *into = json!({});
            }
            for (name, value) in members {
                if value.is_null() {
                    into.as_object_mut().unwrap().remove(&name);
                } else {
                    let inner = into.as_object_mut().unwrap().entry(name).or_insert_with(|| json!({}));
                    merge(inner, value);
                }
            }
        }
        value => *into = value,
    }
}

pub(crate) fn add_fault(sandbox: &Sandbox, operation: &str, fault: impl Into<Fault>) {
    sandbox.add_fault(FaultRule::new("pagfast", fault).operation(operation)).unwrap();
}

/// The books are in order.
pub(crate) fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
