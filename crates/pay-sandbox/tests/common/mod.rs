//! Shared by the integration tests: a sandbox, and a client that does only what it is told.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_sandbox::pagamio::{Account, Pagamio};
use pay_sandbox::{FaultRule, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) assumed: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The response code of the flat envelopes.
    pub(crate) fn code(&self) -> String {
        let json = self.json();
        let code = json["responseCode"].as_str().map(str::to_owned);
        code.unwrap_or_else(|| panic!("no responseCode: {self:?}"))
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.unwrap()
}

pub(crate) async fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let header = |name: &str| {
        let value = response.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Ok(Answer {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        assumed: header("x-sandbox-assumed"),
        text: response.text().await?,
    })
}

/// A sandbox without rate limits, unless a test is about them.
pub(crate) async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.pagamio().set_mode("rate_limits", "off").unwrap();
    sandbox
}

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for something that another task does.
pub(crate) async fn until(done: impl Fn() -> bool) {
    let wait = async {
        while !done() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap();
}

/// A logged-in client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    pub(crate) pagamio: Pagamio,
    pub(crate) account: Account,
    pub(crate) token: String,
}

pub(crate) async fn login(sandbox: &Sandbox, account: Account) -> Client {
    // A test that waits for an answer that never comes must fail, not hang.
    let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
    let pagamio = sandbox.pagamio();
    let answer = send(token_request(&http, &pagamio, account.username(), account.password())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = answer.json()["data"]["token"].as_str().unwrap().to_owned();
    Client { http, pagamio, account, token }
}

pub(crate) async fn merchant(sandbox: &Sandbox) -> Client {
    login(sandbox, sandbox.pagamio().merchant()).await
}

pub(crate) fn token_request(
    http: &reqwest::Client,
    pagamio: &Pagamio,
    username: &str,
    password: &str,
) -> RequestBuilder {
    http.post(format!("{}/auth/token", pagamio.base_url())).json(&json!({ "username": username, "password": password }))
}

impl Client {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.pagamio.base_url())).bearer_auth(&self.token)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    /// Exactly this body, so that amounts go out as written.
    pub(crate) fn purchase_request(&self, body: &str) -> RequestBuilder {
        self.request(Method::POST, "/purchase").header("content-type", "application/json").body(body.to_owned())
    }

    pub(crate) async fn purchase(&self, body: &str) -> Answer {
        send(self.purchase_request(body)).await
    }

    pub(crate) fn airtime(&self, reference: &str) -> String {
        self.order("AIR-VOD-001", "10.00", r#""mobileNumber":"+27821234567","#, reference)
    }

    pub(crate) fn electricity(&self, meter: &str, reference: &str) -> String {
        self.order("ELE-FLS-001", "200.00", &format!(r#""meterNumber":"{meter}","#), reference)
    }

    pub(crate) fn order(&self, product: &str, amount: &str, extra: &str, reference: &str) -> String {
        let channel = self.account.channel_id();
        format!(
            r#"{{"productCode":"{product}","amount":{amount},{extra}"paymentMethod":"cash","channelId":"{channel}","merchantReference":"{reference}","additionalInfo":{{}}}}"#
        )
    }

    pub(crate) async fn history(&self, extra: &str) -> Answer {
        let id = self.account.user_type_id();
        let user_type = self.account.role().user_type();
        let path = format!("/transactions?userType={user_type}&userTypeId={id}{extra}");
        send(self.request(Method::POST, &path)).await
    }
}

pub(crate) fn add_fault(sandbox: &Sandbox, operation: &str, fault: impl Into<pay_sandbox::Fault>) {
    let rule = FaultRule::new("pagamio", fault).operation(operation);
    sandbox.add_fault(rule).unwrap();
}

/// The books are in order.
pub(crate) fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
