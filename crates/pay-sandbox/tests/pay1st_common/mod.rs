//! Shared by the Pay1st tests: a partner that speaks raw HTTP, signs by itself, and a server that takes its webhooks.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use hmac::{Hmac, KeyInit, Mac};
use pay_sandbox::pay1st::Pay1st;
use pay_sandbox::{Fault, FaultRule, Sandbox};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;
use sha2::Sha256;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const AUTH: &str = "application/vnd.carry1st.payments.partnerauthentication+json";
pub(crate) const CHANNEL: &str = "application/vnd.carry1st.payments.paymentchannel+json";
pub(crate) const PAYMENT: &str = "application/vnd.carry1st.payments.payment+json";
pub(crate) const REFUND: &str = "application/vnd.carry1st.payments.refund+json";

pub(crate) const TOKEN: &str = "/api/pay1st/auth/token";
pub(crate) const REFRESH: &str = "/api/pay1st/auth/refresh";
pub(crate) const METHODS: &str = "/api/pay1st/payments/methods";
pub(crate) const CREATE: &str = "/api/pay1st/payments/create";
pub(crate) const QUERY: &str = "/api/pay1st/payments";
pub(crate) const FULFIL: &str = "/api/pay1st/payments/fulfilments";
pub(crate) const REFUNDS: &str = "/api/pay1st/transactions/refunds/create";

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for the webhooks; never longer than this test may take.
pub(crate) async fn idle(sandbox: &Sandbox) {
    tokio::time::timeout(PATIENCE, sandbox.webhooks_idle()).await.expect("webhooks are still under way");
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) assumed: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A text of the answer.
    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("no {name}: {self:?}")).to_owned()
    }

    /// An error in the provider's envelope.
    pub(crate) fn is_error(&self, status: u16) -> bool {
        let filled = |name: &str| self.json()[name].as_str().is_some_and(|text| !text.is_empty());
        self.status == status && ["errorMessage", "errorCode", "sessionId"].iter().all(|name| filled(name))
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
        retry_after: header("retry-after"),
        text: response.text().await?,
    })
}

/// The signature of section 4, made here and not by the sandbox.
pub(crate) fn sign(key: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(timestamp.as_bytes());
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `YYYY-MM-DDTHH:MM:SSZ`, so many seconds from now.
pub(crate) fn stamp(offset: i64) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let at = time::OffsetDateTime::from_unix_timestamp(i64::try_from(now).unwrap() + offset).unwrap();
    let (hour, minute, second) = at.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", at.date())
}

/// Whether a timestamp stands within a minute of so many seconds from now.
pub(crate) fn is_near(timestamp: &str, offset: i64) -> bool {
    timestamp[..19] > stamp(offset - 60)[..19] && timestamp[..19] < stamp(offset + 60)[..19]
}

/// A partner with a token.
#[derive(Clone)]
pub(crate) struct Partner {
    pub(crate) http: reqwest::Client,
    pub(crate) pay1st: Pay1st,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

pub(crate) fn http() -> reqwest::Client {
    // A test that waits for an answer that never comes must fail, not hang.
    reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

pub(crate) async fn partner(sandbox: &Sandbox) -> Partner {
    let (http, pay1st) = (http(), sandbox.pay1st());
    let partner = Partner { http, pay1st, access: String::new(), refresh: String::new() };
    let answer = send(partner.login()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    Partner { access: answer.text("accessToken"), refresh: answer.text("refreshToken"), ..partner }
}

impl Partner {
    pub(crate) fn bare(&self, method: Method, path: &str, media: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.pay1st.base_url())).header("content-type", media)
    }

    pub(crate) fn login(&self) -> RequestBuilder {
        let request = self.bare(Method::POST, TOKEN, AUTH).body(r#"{"role":"API_USER"}"#);
        request.basic_auth(self.pay1st.api_key(), Some(self.pay1st.api_secret()))
    }

    pub(crate) fn refresh(&self, token: &str) -> RequestBuilder {
        self.bare(Method::POST, REFRESH, AUTH).body(format!(r#"{{"role":"API_USER","refreshToken":"{token}"}}"#))
    }

    pub(crate) fn get(&self, path: &str, media: &str) -> RequestBuilder {
        self.bare(Method::GET, path, media).header("AccessToken", format!("Bearer {}", self.access))
    }

    /// A signed call, stamped so many seconds from now.
    pub(crate) fn signed_at(&self, path: &str, media: &str, body: &str, offset: i64) -> RequestBuilder {
        let timestamp = stamp(offset);
        let signature = sign(&self.pay1st.signing_key(), &timestamp, body);
        self.bare(Method::POST, path, media)
            .header("AccessToken", format!("Bearer {}", self.access))
            .header("X-SIGNATURE", signature)
            .header("X-TIMESTAMP", timestamp)
            .body(body.to_owned())
    }

    pub(crate) fn signed(&self, path: &str, media: &str, body: &str) -> RequestBuilder {
        self.signed_at(path, media, body, 0)
    }

    pub(crate) async fn create(&self, body: &str) -> Answer {
        send(self.signed(CREATE, PAYMENT, body)).await
    }

    /// A new payment's Pay1st reference.
    pub(crate) async fn created(&self, reference: &str) -> String {
        let answer = self.create(&order(reference, "")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text("reference")
    }

    /// A paid payment's Pay1st reference.
    pub(crate) async fn paid(&self, reference: &str) -> String {
        let payment = self.created(reference).await;
        self.pay1st.pay(&payment).unwrap();
        payment
    }

    pub(crate) async fn query(&self, reference: &str) -> Answer {
        send(self.get(&format!("{QUERY}?reference={reference}"), PAYMENT)).await
    }

    pub(crate) async fn fulfil(&self, body: &str) -> Answer {
        send(self.signed(FULFIL, PAYMENT, body)).await
    }

    pub(crate) async fn refund(&self, body: &str) -> Answer {
        send(self.signed(REFUNDS, REFUND, body)).await
    }
}

/// A create body; `more` stands before its end, such as `,"webhookUrl":"..."`.
pub(crate) fn order(reference: &str, more: &str) -> String {
    format!(
        r#"{{"countryCode":"NG","currencyCode":"NGN","amount":100.50,"partnerReference":"{reference}","products":[{{"title":"10 Credits","sku":"12345","price":100.50,"quantity":1,"currencyCode":"NGN"}}],"metadata":[{{"key":"customerId","value":"customer-{reference}"}}]{more}}}"#
    )
}

pub(crate) fn add_fault(sandbox: &Sandbox, operation: &str, fault: impl Into<Fault>) {
    sandbox.add_fault(FaultRule::new("pay1st", fault).operation(operation)).unwrap();
}

/// The books are in order.
pub(crate) fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

/// A webhook as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) head: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn status(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap();
        body["status"].as_str().unwrap().to_owned()
    }

    pub(crate) fn is_signed_with(&self, key: &str) -> bool {
        let header = |name: &str| self.headers.get(name).cloned().unwrap_or_default();
        sign(key, &header("x-timestamp"), &self.body) == header("x-signature")
    }
}

/// A merchant's server: answers what it is told, in turn, and 200 after that.
#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    pub(crate) async fn start(answers: &[&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let (kept, answers) = (Arc::clone(&arrived), answers.to_vec());
        let mut answers = answers.into_iter();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answers.next().unwrap_or("200 OK");
                let kept = Arc::clone(&kept);
                tokio::spawn(async move { take(stream, answer, &kept).await });
            }
        });
        Self { address, arrived }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    pub(crate) fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// What arrived so far, by status.
    pub(crate) fn statuses(&self) -> Vec<String> {
        self.arrived().iter().map(Arrived::status).collect()
    }
}

async fn take(mut stream: TcpStream, answer: &str, kept: &Mutex<Vec<Arrived>>) {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    let arrived = loop {
        let length = stream.read(&mut buffer).await.unwrap();
        read.extend_from_slice(&buffer[..length]);
        let text = String::from_utf8(read.clone()).unwrap();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            assert_ne!(length, 0, "half a request");
            continue;
        };
        let headers: BTreeMap<String, String> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        if body.len() >= headers["content-length"].parse::<usize>().unwrap() {
            let head = head.lines().next().unwrap().to_owned();
            break Arrived { head, headers, body: body.to_owned() };
        }
    };
    kept.lock().unwrap().push(arrived);
    if answer != "silence" {
        let text = format!("HTTP/1.1 {answer}\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
        stream.write_all(text.as_bytes()).await.unwrap();
        return;
    }
    // Until the sandbox gives up.
    while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}
