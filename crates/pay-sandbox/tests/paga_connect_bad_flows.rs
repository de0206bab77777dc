//! Mode `rfc9700`, which is not Paga's: every bad flow that a strict server refuses, one row each, over raw HTTP.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod paga_connect_common;

use paga_connect_common::*;
use pay_sandbox::Sandbox;
use std::time::Duration;

async fn strict() -> Sandbox {
    let sandbox = sandbox().await;
    sandbox.paga_connect().set_mode("rfc9700", "on").unwrap();
    sandbox
}

/// A right request of a strict world.
fn asks(shop: &Merchant) -> Pairs<'_> {
    let mut asks = shop.asks();
    asks.extend([("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    asks
}

fn code(shop: &Merchant, user: &str) -> String {
    shop.code_for(user, &asks(shop))
}

/// What a right exchange holds.
fn exchange<'a>(shop: &Merchant, code: &'a str) -> Pairs<'a> {
    vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", shop.redirect()),
        ("code_verifier", VERIFIER),
    ]
}

/// Replaces a parameter, or takes it away.
fn with<'a>(mut pairs: Pairs<'a>, name: &'a str, value: Option<&'a str>) -> Pairs<'a> {
    pairs.retain(|(known, _)| *known != name);
    pairs.extend(value.map(|value| (name, value)));
    pairs
}

const REDIRECTS: [&str; 24] = [
    "https://shop.example.evil.example/paga/callback",
    "https://evil-shop.example/paga/callback",
    "https://www.shop.example/paga/callback",
    "https://shop.example@evil.example/paga/callback",
    "https://user@shop.example/paga/callback",
    "https://shop.example\\@evil.example/paga/callback",
    "https://shop.example/paga/callback/evil",
    "https://shop.example/paga/callbackevil",
    "https://shop.example/paga/callback/",
    "https://shop.example/paga/callback/../../evil",
    "https://shop.example/paga/x/../callback",
    "https://shop.example/paga/callback/%2e%2e/evil",
    "https://shop.example/paga%2Fcallback",
    "https://shop.example//paga/callback",
    "https://shop.example:8443/paga/callback",
    "https://shop.example:443/paga/callback",
    "http://127.0.0.1:4081/paga/callback",
    "http://localhost:4080/paga/callback",
    "http://shop.example/paga/callback",
    "HTTPS://SHOP.EXAMPLE/paga/callback",
    "https://shop.example/Paga/Callback",
    "https://shop.example/paga/callback#x",
    "https://shop.example/paga/callback?next=evil",
    "javascript:alert(1)//https://shop.example/paga/callback",
];

/// What leads nowhere: an error page, no redirect, no code.
#[tokio::test]
async fn redirects_and_clients_that_are_not_exactly_known_lead_nowhere() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    let live = shop.paga.live_client_id();
    let right = shop.url(&asks(&shop));
    assert_eq!(send(shop.http.get(&right)).await.status, 200, "the right request is answered");
    let mut urls: Vec<String> =
        REDIRECTS.iter().map(|uri| shop.url(&with(asks(&shop), "redirect_uri", Some(uri)))).collect();
    urls.push(shop.url(&with(asks(&shop), "redirect_uri", None)));
    urls.push(shop.url(&with(asks(&shop), "redirect_uri", Some(""))));
    urls.push(format!("{right}&redirect_uri=https%3A%2F%2Fevil.example"));
    urls.push(shop.url(&with(asks(&shop), "client_id", None)));
    urls.push(shop.url(&with(asks(&shop), "client_id", Some("5a4db0c5-0000-4000-8000-000000000009"))));
    urls.push(shop.url(&with(asks(&shop), "client_id", Some(&live))));
    urls.push(format!("{right}&client_id={live}"));
    assert!(urls.len() >= 25);
    for url in urls {
        let answer = send(shop.http.get(&url)).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{url}");
        assert!(answer.text.contains("leads nowhere") && !answer.text.contains("<form"), "{url}");
        assert!(answer.assumed().contains("no redirect"), "{url}");
        assert!(shop.paga.approve(&url, "ada").is_err(), "{url}");
    }
}

/// What the client is told by the redirect, with its state.
#[tokio::test]
async fn requests_that_are_wrong_otherwise_go_back_as_errors() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    let right = || asks(&shop);
    let no_base64url = CHALLENGE.replace('-', "+");
    let rows = [
        ("no challenge", with(right(), "code_challenge", None), "invalid_request"),
        ("plain", with(right(), "code_challenge_method", Some("plain")), "invalid_request"),
        ("no method, which means plain", with(right(), "code_challenge_method", None), "invalid_request"),
        ("method in small letters", with(right(), "code_challenge_method", Some("s256")), "invalid_request"),
        ("a short challenge", with(right(), "code_challenge", Some("short")), "invalid_request"),
        ("no base64url", with(right(), "code_challenge", Some(&no_base64url)), "invalid_request"),
        ("no response type", with(right(), "response_type", None), "invalid_request"),
        ("implicit", with(right(), "response_type", Some("token")), "unsupported_response_type"),
        ("hybrid", with(right(), "response_type", Some("code token")), "unsupported_response_type"),
        ("no scope", with(right(), "scope", None), "invalid_scope"),
        ("an unknown scope", with(right(), "scope", Some("MERCHANT_PAYMENT ROOT")), "invalid_scope"),
        ("commas", with(right(), "scope", Some("MERCHANT_PAYMENT,MONEY_TRANSFER")), "invalid_scope"),
        ("an unknown field", with(right(), "user_data", Some("FIRST_NAME PASSWORD")), "invalid_request"),
        ("a plus escaped twice", with(right(), "user_data", Some("FIRST_NAME+LAST_NAME")), "invalid_request"),
        ("scope twice", [right(), vec![("scope", "MONEY_TRANSFER")]].concat(), "invalid_request"),
        ("challenge twice", [right(), vec![("code_challenge", CHALLENGE)]].concat(), "invalid_request"),
        ("response type twice", [right(), vec![("response_type", "token")]].concat(), "invalid_request"),
    ];
    for (what, pairs, error) in rows {
        let answer = send(shop.http.get(shop.url(&pairs))).await;
        let back = answer.back(shop.redirect());
        assert_eq!((back["error"].as_str(), back["state"].as_str()), (error, "state-1"), "{what}");
        assert!(!back.contains_key("code") && !back["error_description"].is_empty(), "{what}");
    }
    let twice = shop.url(&[right(), vec![("state", "state-2")]].concat());
    let back = send(shop.http.get(twice)).await.back(shop.redirect());
    assert_eq!(back["error"], "invalid_request");
}

#[tokio::test]
async fn codes_are_bound_to_client_redirect_verifier_and_time() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    let other = as_client(&sandbox, &shop.paga.awkward_client_id());
    let codes: Vec<String> = (0..14).map(|_| code(&shop, "ada")).collect();
    let right = |at: usize| exchange(&shop, &codes[at]);
    let another = VERIFIER.replace('d', "e");
    let slashed = format!("{}/", shop.redirect());
    let rows: Vec<(&str, reqwest::RequestBuilder, u16, &str)> = vec![
        ("wrong verifier", shop.token(&with(right(0), "code_verifier", Some(&another))), 400, "invalid_grant"),
        ("no verifier", shop.token(&with(right(1), "code_verifier", None)), 400, "invalid_grant"),
        (
            "the challenge as verifier",
            shop.token(&with(right(2), "code_verifier", Some(CHALLENGE))),
            400,
            "invalid_grant",
        ),
        ("foreign code", other.token(&right(3)), 400, "invalid_grant"),
        ("foreign code, its own client later", shop.token(&right(3)), 400, "invalid_grant"),
        (
            "another registered redirect",
            shop.token(&with(right(4), "redirect_uri", Some("https://shop.example/paga/callback"))),
            400,
            "invalid_grant",
        ),
        ("no redirect", shop.token(&with(right(5), "redirect_uri", None)), 400, "invalid_grant"),
        (
            "a redirect with a slash more",
            shop.token(&with(right(6), "redirect_uri", Some(&slashed))),
            400,
            "invalid_grant",
        ),
        ("no code", shop.token(&with(right(7), "code", None)), 400, "invalid_request"),
        ("a code of nobody", shop.token(&with(right(7), "code", Some("Zz9Zz9"))), 400, "invalid_grant"),
        ("no grant type", shop.token(&with(right(7), "grant_type", None)), 400, "invalid_request"),
        (
            "the password grant",
            shop.token(&with(right(7), "grant_type", Some("password"))),
            400,
            "unsupported_grant_type",
        ),
        ("code twice", shop.token(&[right(7), vec![("code", codes[8].as_str())]].concat()), 400, "invalid_request"),
        (
            "a scope beyond the client's",
            other.token(&with(right(7), "scope", Some("PAGA_ACCOUNT_NUBAN"))),
            400,
            "invalid_scope",
        ),
        (
            "parameters in the query",
            shop.http.post(shop.at(TOKEN)).basic_auth(&shop.id, Some(&shop.secret)).query(&right(7)),
            400,
            "invalid_request",
        ),
        ("no client", shop.http.post(shop.at(TOKEN)).form(&right(7)), 401, "invalid_client"),
        (
            "wrong secret",
            shop.http.post(shop.at(TOKEN)).basic_auth(&shop.id, Some("x")).form(&right(7)),
            401,
            "invalid_client",
        ),
        (
            "secret in the body",
            shop.http
                .post(shop.at(TOKEN))
                .form(&[right(7), vec![("client_id", &shop.id), ("client_secret", &shop.secret)]].concat()),
            401,
            "invalid_client",
        ),
    ];
    assert!(rows.len() >= 18);
    for (what, request, status, error) in rows {
        let answer = send(request).await;
        assert!(answer.is_error(status, error), "{what}: {answer:?}");
    }
    assert_eq!(send(shop.token(&right(7))).await.status, 200, "what was refused for its form is not used up");
    sandbox.clock().advance(Duration::from_secs(300));
    assert!(send(shop.token(&right(9))).await.is_error(400, "invalid_grant"), "expired");
    assert_eq!(shop.paga.consents().len(), 1, "one exchange in all");
}

#[tokio::test]
async fn a_challenge_cannot_be_weakened_by_a_short_verifier() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    // The S256 challenge of the verifier "short", which is shorter than RFC 7636 allows.
    let of_short = "-bAHi131ltLqGQEMABu9AJ5lHeLFfo-341XzHrnT9zk";
    for challenge in [of_short, CHALLENGE] {
        let code = shop.code_for("ada", &with(asks(&shop), "code_challenge", Some(challenge)));
        let answer = send(shop.token(&with(exchange(&shop, &code), "code_verifier", Some("short")))).await;
        assert!(answer.is_error(400, "invalid_grant"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_used_twice_ends_the_consent_it_belongs_to_and_no_other() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    let details = |access: &str| send(shop.secured(access, "/getUserDetails"));
    let bystander = tokens(&send(shop.token(&exchange(&shop, &code(&shop, "ada")))).await);

    let used = code(&shop, "ada");
    let first = tokens(&send(shop.token(&exchange(&shop, &used))).await);
    assert_eq!(details(&first.access).await.status, 200);
    assert!(send(shop.token(&exchange(&shop, &used))).await.is_error(400, "invalid_grant"), "reused code");
    assert!(details(&first.access).await.is_error(401, "invalid_token"), "its tokens are dead");
    assert!(send(shop.refresh(&first.refresh)).await.is_error(400, "invalid_grant"));

    let second = tokens(&send(shop.token(&exchange(&shop, &code(&shop, "ada")))).await);
    let rotated = tokens(&send(shop.refresh(&second.refresh)).await);
    assert_ne!(rotated.refresh, second.refresh, "it rotates, whatever the mode refresh_token says");
    assert!(send(shop.refresh(&second.refresh)).await.is_error(400, "invalid_grant"), "reused refresh token");
    assert!(details(&rotated.access).await.is_error(401, "invalid_token"));
    assert!(send(shop.refresh(&rotated.refresh)).await.is_error(400, "invalid_grant"), "the whole family is dead");

    let third = tokens(&send(shop.token(&exchange(&shop, &code(&shop, "ada")))).await);
    let other = as_client(&sandbox, &shop.paga.awkward_client_id());
    assert!(send(other.refresh(&third.refresh)).await.is_error(400, "invalid_grant"), "foreign refresh token");
    let doubled =
        shop.token(&[("grant_type", "refresh_token"), ("refresh_token", &third.refresh), ("refresh_token", "x")]);
    assert!(send(doubled).await.is_error(400, "invalid_request"), "given twice");
    let query = shop.http.post(shop.at(TOKEN)).basic_auth(&shop.id, Some(&shop.secret));
    let query = query.query(&[("grant_type", "refresh_token"), ("refresh_token", third.refresh.as_str())]);
    assert!(send(query).await.is_error(400, "invalid_request"), "in the query");
    assert_eq!(details(&third.access).await.status, 200, "none of that ended anything");
    assert_eq!(details(&bystander.access).await.status, 200, "nor did what happened to the others");
    sandbox.clock().advance(Duration::from_secs(30 * 86_400));
    assert!(send(shop.refresh(&third.refresh)).await.is_error(400, "invalid_grant"), "expired");
    let ends: Vec<bool> = shop.paga.consents().iter().map(|it| it.revoked).collect();
    assert_eq!(ends, [false, true, true, false]);
}

#[tokio::test]
async fn the_right_way_works_in_the_strict_world_too() {
    let sandbox = strict().await;
    let shop = merchant(&sandbox);
    let mut tokens_of_ada = tokens(&send(shop.token(&exchange(&shop, &code(&shop, "ada")))).await);
    for at in 0..3 {
        tokens_of_ada = tokens(&send(shop.refresh(&tokens_of_ada.refresh)).await);
        let paid = send(shop.pay(&tokens_of_ada.access, &format!("order-{at}"), "10")).await;
        assert!(paid.json()["merchantPaymentResult"]["transactionId"].is_string(), "{paid:?}");
    }
    assert_eq!((sandbox.ledger().charges_to("ada"), shop.paga.refreshes("ada")), (3, Some(3)));
    assert_sound(&sandbox);
}
