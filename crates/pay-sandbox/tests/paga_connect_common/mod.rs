//! Shared by the Paga Connect tests: a merchant that speaks raw HTTP and follows no redirect.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_sandbox::Sandbox;
use pay_sandbox::paga_connect::PagaConnect;
use reqwest::{RequestBuilder, redirect};
use serde_json::Value;
use std::collections::HashMap;
use std::time::Duration;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const AUTHORIZATION: &str = "/paga-webservices/oauth2/authorization";
pub(crate) const TOKEN: &str = "/paga-webservices/oauth2/token";
pub(crate) const SECURE: &str = "/paga-webservices/oauth2/secure";
pub(crate) const SCOPES: &str = "MERCHANT_PAYMENT MONEY_TRANSFER USER_DETAILS_REQUEST";
pub(crate) const USER_DATA: &str = "FIRST_NAME LAST_NAME MOBILE_NUMBER EMAIL USERNAME ACCOUNT_BALANCE";

/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(crate) type Pairs<'a> = Vec<(&'a str, &'a str)>;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
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

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// An OAuth error.
    pub(crate) fn is_error(&self, status: u16, error: &str) -> bool {
        let described = || self.json()["error_description"].as_str().is_some_and(|text| !text.is_empty());
        self.status == status && self.json()["error"] == error && described() && !self.assumed().is_empty()
    }

    pub(crate) fn assumed(&self) -> &str {
        self.header("x-sandbox-assumed")
    }

    /// The parameters of the address that the browser is sent to, which must be this one.
    pub(crate) fn back(&self, redirect: &str) -> HashMap<String, String> {
        assert!([302, 303].contains(&self.status), "{self:?}");
        parameters(self.header("location"), redirect)
    }
}

/// The parameters of an address, which must begin with this one.
pub(crate) fn parameters(address: &str, redirect: &str) -> HashMap<String, String> {
    let query = address.strip_prefix(redirect).and_then(|rest| rest.strip_prefix(['?', '&']));
    let query = query.unwrap_or_else(|| panic!("{address} is not {redirect}"));
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.unwrap()
}

pub(crate) async fn try_send(request: RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    Ok(Answer { status: response.status().as_u16(), headers, text: response.text().await? })
}

/// A sandbox in which users may consent without a browser.
pub(crate) async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.paga_connect().set_mode("consent_without_browser", "on").unwrap();
    sandbox
}

/// A merchant's server.
#[derive(Clone)]
pub(crate) struct Merchant {
    pub(crate) http: reqwest::Client,
    pub(crate) paga: PagaConnect,
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// The plain client.
pub(crate) fn merchant(sandbox: &Sandbox) -> Merchant {
    let paga = sandbox.paga_connect();
    let id = paga.client_id();
    as_client(sandbox, &id)
}

pub(crate) fn as_client(sandbox: &Sandbox, id: &str) -> Merchant {
    let paga = sandbox.paga_connect();
    let http = reqwest::Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build().unwrap();
    let secret = paga.client_secret(id).unwrap();
    Merchant { http, paga, id: id.to_owned(), secret }
}

/// Access and refresh token of a user.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Merchant {
    pub(crate) fn redirect(&self) -> &'static str {
        self.paga.redirect_uri()
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.paga.base_url())
    }

    /// What a right authorization request holds.
    pub(crate) fn asks(&self) -> Pairs<'_> {
        vec![
            ("client_id", &self.id),
            ("response_type", "code"),
            ("redirect_uri", self.redirect()),
            ("scope", SCOPES),
            ("user_data", USER_DATA),
            ("state", "state-1"),
        ]
    }

    pub(crate) fn url(&self, pairs: &[(&str, &str)]) -> String {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        format!("{}?{query}", self.at(AUTHORIZATION))
    }

    /// A code of a user who approves, without a browser.
    pub(crate) fn code(&self, user: &str) -> String {
        self.code_for(user, &self.asks())
    }

    pub(crate) fn code_for(&self, user: &str, pairs: &[(&str, &str)]) -> String {
        let address = self.paga.approve(&self.url(pairs), user).unwrap();
        parameters(&address, self.redirect()).remove("code").unwrap_or_else(|| panic!("{address}"))
    }

    /// A token call with a form body.
    pub(crate) fn token(&self, pairs: &[(&str, &str)]) -> RequestBuilder {
        self.http.post(self.at(TOKEN)).basic_auth(&self.id, Some(&self.secret)).form(pairs)
    }

    pub(crate) fn exchange(&self, code: &str) -> RequestBuilder {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", self.redirect())])
    }

    pub(crate) fn refresh(&self, token: &str) -> RequestBuilder {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    pub(crate) async fn connect(&self, user: &str) -> Tokens {
        tokens(&send(self.exchange(&self.code(user))).await)
    }

    /// A secured call without a body.
    pub(crate) fn secured(&self, token: &str, path: &str) -> RequestBuilder {
        self.http.post(self.at(&format!("{SECURE}{path}"))).bearer_auth(token)
    }

    pub(crate) fn pay(&self, token: &str, reference: &str, amount: &str) -> RequestBuilder {
        let path =
            format!("/merchantPayment/referenceNumber/{reference}/amount/{amount}/merchantCustomerReference/c-1");
        self.secured(token, &path)
    }

    pub(crate) fn transfer(&self, token: &str, reference: &str, amount: &str, to: &str) -> RequestBuilder {
        self.secured(token, "/moneyTransfer/v2").query(&[
            ("amount", amount),
            ("referenceNumber", reference),
            ("skipMessaging", "false"),
            ("recipientCredential", to),
        ])
    }
}

pub(crate) fn tokens(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, 200, "{answer:?}");
    Tokens { access: answer.text("access_token"), refresh: answer.text("refresh_token") }
}

/// The books are in order.
pub(crate) fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
