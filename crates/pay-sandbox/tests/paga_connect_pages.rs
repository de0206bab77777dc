//! Paga's consent page without a browser: sessions, tokens of forms, headers, ends, and the pages of the sandbox.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod paga_connect_common;

use paga_connect_common::*;
use pay_sandbox::Sandbox;
use pay_sandbox::{Fault, FaultRule};
use std::collections::HashMap;

/// A browser of one cookie.
struct Browser {
    shop: Merchant,
    cookie: Option<String>,
}

impl Browser {
    fn new(sandbox: &Sandbox) -> Self {
        Self { shop: merchant(sandbox), cookie: None }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let request = self.cookie.iter().fold(request, |request, cookie| request.header("cookie", cookie));
        let answer = send(request).await;
        if let Some((cookie, attributes)) = answer.header("set-cookie").split_once("; ") {
            assert_eq!(attributes, "Path=/paga-connect/; HttpOnly; SameSite=Lax");
            self.cookie = Some(cookie.to_owned());
        }
        answer
    }

    async fn open(&mut self, url: &str) -> Answer {
        self.send(self.shop.http.get(url)).await
    }

    async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        self.send(self.shop.http.post(url).form(form)).await
    }

    /// Signs in and opens the second step.
    async fn sign_in(&mut self, url: &str, user: &str) -> Answer {
        let page = self.open(url).await;
        let password = self.shop.paga.password(user).unwrap();
        let form = [("csrf", &*csrf(&page)), ("action", "sign_in"), ("username", user), ("password", password)];
        let answer = self.post(url, &form).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        let next =
            format!("{}{}", self.shop.paga.base_url().trim_end_matches("/paga-connect"), answer.header("location"));
        assert_eq!(next, url, "back to the same page");
        self.open(&next).await
    }
}

/// The token of a page's form.
fn csrf(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("no form: {page:?}"));
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_user_signs_in_is_told_who_asks_for_what_and_approves() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::new(&sandbox);
    let url = browser.shop.url(&browser.shop.asks());
    let first = browser.open(&url).await;
    assert!(first.text.contains("Step 1 of 2") && first.text.contains("Sample Shop"), "{first:?}");
    let second = browser.sign_in(&url, "ada").await;
    for words in [
        "Step 2 of 2",
        "Connect Sample Shop?",
        "Ada Obi",
        "Charge your Paga account",
        "Transfer money",
        "Account balance",
        "E-mail address",
        "127.0.0.1:4080",
    ] {
        assert!(second.text.contains(words), "{words}: {}", second.text);
    }
    assert!(
        !second.text.contains("ada.obi@") && !second.text.contains("250000"),
        "names of fields, not what is in them"
    );
    let done = browser.post(&url, &[("csrf", &csrf(&second)), ("action", "approve")]).await;
    assert_eq!(done.status, 303);
    let back = done.back(browser.shop.redirect());
    assert_eq!((back["state"].as_str(), back.len()), ("state-1", 2));
    assert_eq!(send(browser.shop.exchange(&back["code"])).await.status, 200);
    assert!(done.assumed().contains("redirect back"), "{done:?}");
    // The browser is remembered: no second sign-in.
    let again = browser.open(&url).await;
    assert!(again.text.contains("Step 2 of 2"), "{again:?}");
    let no = browser.post(&url, &[("csrf", &csrf(&again)), ("action", "decline")]).await.back(browser.shop.redirect());
    assert_eq!(
        (no["error"].as_str(), no["error_description"].as_str(), no["state"].as_str()),
        ("access_denied", "User denied access", "state-1")
    );
    // Until they sign out.
    let out = browser.post(&url, &[("csrf", &csrf(&again)), ("action", "sign_out")]).await;
    assert_eq!(out.status, 303);
    assert!(browser.open(&url).await.text.contains("Step 1 of 2"));
    browser.shop.paga.set_mode("redirect_status", "302").unwrap();
    let page = browser.sign_in(&url, "ada").await;
    assert_eq!(browser.post(&url, &[("csrf", &csrf(&page)), ("action", "approve")]).await.status, 302);
    let log = serde_json::to_string(&sandbox.requests()).unwrap();
    assert_eq!(sandbox.leaks(&log), Vec::<String>::new());
    assert!(log.contains("what the hosted page looks like"), "{log}");
}

#[tokio::test]
async fn wrong_passwords_and_locked_accounts_stay_outside() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::new(&sandbox);
    let url = browser.shop.url(&browser.shop.asks());
    let page = browser.open(&url).await;
    let token = csrf(&page);
    let bola = browser.shop.paga.password("bola").unwrap();
    let mut said = Vec::new();
    for (user, password) in [("ada", "wrong"), ("nobody", "wrong"), ("", ""), ("bola", bola), ("bola", "wrong")] {
        let form = [("csrf", token.as_str()), ("action", "sign_in"), ("username", user), ("password", password)];
        let answer = browser.post(&url, &form).await;
        assert_eq!(answer.status, 422, "{user}");
        assert!(answer.text.contains("role=\"alert\"") && !answer.text.contains(bola), "{user}: {answer:?}");
        said.push(answer.text.contains("This account is locked"));
        // Whoever has not signed in decides nothing.
        let decided = browser.post(&url, &[("csrf", &token), ("action", "approve")]).await;
        assert_eq!((decided.status, decided.header("location")), (400, ""), "{user}");
    }
    assert_eq!(said, [false, false, false, true, false], "that an account is locked is told to its owner only");
    // Locked while signed in: outside again.
    let ada = browser.sign_in(&url, "ada").await;
    assert!(ada.text.contains("Step 2 of 2"));
    browser.shop.paga.set_locked("ada", true).unwrap();
    assert!(browser.open(&url).await.text.contains("Step 1 of 2"));
    assert_eq!(browser.post(&url, &[("csrf", &csrf(&ada)), ("action", "approve")]).await.status, 400);
}

#[tokio::test]
async fn a_form_of_another_site_or_browser_does_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::new(&sandbox);
    let url = browser.shop.url(&browser.shop.asks());
    let page = browser.sign_in(&url, "ada").await;
    let token = csrf(&page);
    let approve =
        |token: &str| vec![("csrf".to_owned(), token.to_owned()), ("action".to_owned(), "approve".to_owned())];
    let cookie = browser.cookie.clone().unwrap();
    let post = |form: Vec<(String, String)>| browser.shop.http.post(&url).form(&form);
    let mut other = Browser::new(&sandbox);
    let others = csrf(&other.open(&url).await);
    for (what, request) in [
        ("no token", post(vec![("action".to_owned(), "approve".to_owned())]).header("cookie", &cookie)),
        ("an empty token", post(approve("")).header("cookie", &cookie)),
        ("a token of another browser", post(approve(&others)).header("cookie", &cookie)),
        ("no cookie", post(approve(&token))),
        ("another cookie", post(approve(&token)).header("cookie", other.cookie.clone().unwrap())),
        ("a cookie of nobody", post(approve(&token)).header("cookie", "sandbox_paga_session=0")),
        (
            "a page of another site",
            post(approve(&token)).header("cookie", &cookie).header("sec-fetch-site", "cross-site"),
        ),
        (
            "a page of the same machine",
            post(approve(&token)).header("cookie", &cookie).header("sec-fetch-site", "same-site"),
        ),
    ] {
        let answer = send(request).await;
        assert_eq!((answer.status, answer.header("location")), (403, ""), "{what}");
        assert!(answer.text.contains("Nothing was done"), "{what}");
    }
    // Signing in by a page of another site is refused as well: the visitor would pay from the attacker's account.
    let forged = [("csrf", ""), ("action", "sign_in"), ("username", "ngozi"), ("password", "sandbox-password-ngozi")];
    assert_eq!(send(browser.shop.http.post(&url).form(&forged)).await.status, 403);
    assert_eq!(
        post(approve(&token))
            .header("cookie", &cookie)
            .header("sec-fetch-site", "same-origin")
            .send()
            .await
            .unwrap()
            .status(),
        303
    );
    for action in ["", "else"] {
        let form = [("csrf", token.as_str()), ("action", action)];
        assert_eq!(browser.post(&url, &form).await.status, 400, "{action:?}");
    }
    let put = browser.shop.http.put(&url).header("cookie", &cookie);
    assert_eq!(send(put).await.status, 405);
}

#[tokio::test]
async fn signing_in_changes_the_session() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::new(&sandbox);
    let url = browser.shop.url(&browser.shop.asks());
    browser.open(&url).await;
    let planted = browser.cookie.clone().unwrap();
    let page = browser.sign_in(&url, "ada").await;
    assert_ne!(browser.cookie.as_ref(), Some(&planted));
    let mut attacker = Browser { cookie: Some(planted), ..Browser::new(&sandbox) };
    assert!(attacker.open(&url).await.text.contains("Step 1 of 2"), "the planted session is worth nothing");
    assert_ne!(csrf(&page), csrf(&attacker.open(&url).await));
}

#[tokio::test]
async fn pages_are_framed_by_nobody_stored_by_nobody_and_escaped() {
    let sandbox = Sandbox::start().await.unwrap();
    let awkward = sandbox.paga_connect().awkward_client_id();
    let shop = as_client(&sandbox, &awkward);
    let mut browser = Browser { shop: shop.clone(), cookie: None };
    let url = shop.url(&shop.asks());
    let bad = "\"><script>alert(1)</script>";
    let mut asks = shop.asks();
    asks[2] = ("redirect_uri", bad);
    let nowhere = browser.open(&shop.url(&asks)).await;
    let first = browser.open(&url).await;
    let form = [("csrf", &*csrf(&first)), ("action", "sign_in"), ("username", bad), ("password", "x")];
    let wrong = browser.post(&url, &form).await;
    let second = browser.sign_in(&url, "ada").await;
    for page in [&nowhere, &first, &wrong, &second] {
        let policy = page.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"), "{page:?}");
        assert_eq!((page.header("x-frame-options"), page.header("cache-control")), ("DENY", "no-store"));
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert!(!page.text.contains("<script") && !page.text.contains("<Books>"), "{}", page.text);
    }
    assert!(nowhere.text.contains("&lt;script&gt;") && wrong.text.contains("&lt;script&gt;"));
    assert!(second.text.contains("Obi &amp; Daughters &lt;Books&gt;"), "{}", second.text);
    // A state that holds anything comes back as it was.
    let state = "a&b=c#d\r\nset-cookie: x=y; ü";
    let mut asks = shop.asks();
    asks[5] = ("state", state);
    let url = shop.url(&asks);
    let page = browser.open(&url).await;
    let back = browser.post(&url, &[("csrf", &csrf(&page)), ("action", "approve")]).await;
    assert_eq!(back.back(shop.redirect())["state"], state);
}

#[tokio::test]
async fn requests_that_cannot_be_answered_are_a_page_and_others_go_back() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::new(&sandbox);
    let shop = browser.shop.clone();
    let asks = |at: usize, pair: (&'static str, &'static str)| {
        let mut asks = shop.asks();
        asks[at] = pair;
        shop.url(&asks)
    };
    for (url, words) in [
        (asks(0, ("client_id", "unknown")), "knows no such client"),
        (asks(2, ("redirect_uri", "https://evil.example/")), "character by character"),
        (asks(5, ("client_id", "again")), "given twice"),
        (shop.at(AUTHORIZATION), "knows no such client"),
    ] {
        let page = browser.open(&url).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{url}");
        assert!(page.text.contains(words) && page.header("set-cookie").is_empty(), "{url}: {}", page.text);
        let posted = browser.post(&url, &[("action", "approve")]).await;
        assert_eq!((posted.status, posted.header("location")), (400, ""), "{url}");
    }
    for (url, error) in [
        (asks(1, ("response_type", "token")), "unsupported_response_type"),
        (asks(1, ("x", "y")), "invalid_request"),
        (asks(3, ("scope", "ROOT")), "invalid_scope"),
        (asks(3, ("scope", "")), "invalid_scope"),
        (asks(4, ("user_data", "FIRST_NAME,LAST_NAME")), "invalid_request"),
    ] {
        let back: HashMap<String, String> = browser.open(&url).await.back(shop.redirect());
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "state-1"), "{url}");
    }
    // Without a state none comes back, and a scope may be joined by a plus.
    let url = format!(
        "{}/?client_id={}&response_type=code&redirect_uri={}&scope=MERCHANT_PAYMENT%2BMONEY_TRANSFER",
        shop.at(AUTHORIZATION),
        shop.id,
        shop.redirect()
    );
    let page = browser.sign_in(&url, "ngozi").await;
    let back = browser.post(&url, &[("csrf", &csrf(&page)), ("action", "approve")]).await.back(shop.redirect());
    assert_eq!(back.keys().collect::<Vec<_>>(), ["code"]);
    assert_eq!(send(shop.exchange(&back["code"])).await.text("scope"), "MERCHANT_PAYMENT MONEY_TRANSFER");
    sandbox.add_fault(FaultRule::new("paga-connect", Fault::Html).operation("authorization")).unwrap();
    assert!(browser.open(&url).await.text.contains("Something went wrong"));
}

#[tokio::test]
async fn consents_are_ended_on_a_page_of_the_sandbox() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let (ada, ngozi) = (shop.connect("ada").await, shop.connect("ngozi").await);
    send(shop.pay(&ada.access, "order-1", "12.50")).await;
    let at = |page: &str| format!("{}/_sandbox/pages/paga-connect/{page}", sandbox.url());
    let page = send(shop.http.get(at("consents"))).await;
    assert!(page.text.contains("End #1") && page.text.contains("End #2"), "{}", page.text);
    let foreign = shop.http.post(at("consents")).form(&[("revoke", "1")]).header("sec-fetch-site", "same-site");
    assert_eq!(send(foreign).await.status, 403);
    assert_eq!(send(shop.secured(&ada.access, "/getUserDetails")).await.status, 200);
    let ended = send(shop.http.post(at("consents")).form(&[("revoke", "1")])).await;
    assert_eq!((ended.status, ended.header("location")), (303, "/_sandbox/pages/paga-connect/consents"));
    assert!(send(shop.secured(&ada.access, "/getUserDetails")).await.is_error(401, "invalid_token"));
    assert_eq!(send(shop.secured(&ngozi.access, "/getUserDetails")).await.status, 200);
    let page = send(shop.http.get(at("consents"))).await;
    assert!(!page.text.contains("End #1") && page.text.contains("ended"), "{}", page.text);
    let wallets = send(shop.http.get(at("wallets"))).await;
    assert!(wallets.text.contains("order-1") && wallets.text.contains("249987.50"), "{}", wallets.text);
    for text in [page.text, wallets.text] {
        assert_eq!(sandbox.leaks(&text), Vec::<String>::new());
    }
    assert_eq!(send(shop.http.get(at("else"))).await.status, 404);
}
