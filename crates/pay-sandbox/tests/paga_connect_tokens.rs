//! Paga Connect's token endpoint over raw HTTP: exchanged, refreshed, refused, revoked.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod paga_connect_common;

use paga_connect_common::*;
use pay_sandbox::{Fault, FaultRule};
use serde_json::Value;
use std::time::Duration;

const DETAILS: &str = "/getUserDetails";

type Fits = fn(&Value) -> bool;

#[tokio::test]
async fn a_code_is_exchanged_for_all_members_that_are_known() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let answer = send(shop.exchange(&shop.code("ada"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let json = answer.json();
    let mut names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let known = ["access_token", "authorities", "expires_in", "refresh_token", "scope", "token_type", "user_data"];
    assert_eq!(names, known);
    assert_eq!((json["token_type"].as_str(), json["scope"].as_str()), (Some("bearer"), Some(SCOPES)));
    assert_eq!(json["user_data"], USER_DATA);
    let seconds = json["expires_in"].as_u64().unwrap();
    assert!((43_100..=43_200).contains(&seconds), "{seconds}");
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    assert!(answer.assumed().contains("token answer"), "{answer:?}");
    let log = sandbox.requests();
    assert!(log.last().unwrap().assumed.contains(&"values and lifetimes of the token answer"), "{log:?}");
    assert_eq!(sandbox.leaks(&serde_json::to_string(&log).unwrap()), Vec::<String>::new());
}

#[tokio::test]
async fn parameters_and_credentials_come_in_every_form() {
    let sandbox = sandbox().await;
    let awkward = sandbox.paga_connect().awkward_client_id();
    let shop = as_client(&sandbox, &awkward);
    assert!(['@', '%', '+', '#', '='].iter().all(|c| shop.secret.contains(*c)), "the seeded secret is awkward");
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    assert_ne!(form(&shop.secret), shop.secret);
    // (mode, value): which of query, form, raw and form-encoded are taken then.
    for (mode, value, taken) in [
        ("basic", "either", [true, true, true, true]),
        ("basic", "raw", [true, true, true, false]),
        ("basic", "form_encoded", [false, false, false, true]),
        ("token_parameters", "query", [true, false, false, false]),
        ("token_parameters", "form", [false, true, true, true]),
    ] {
        shop.paga.set_mode("basic", "either").unwrap();
        shop.paga.set_mode(mode, value).unwrap();
        let pairs = |code: &str| {
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", shop.redirect()), ("scope", SCOPES)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let call = || shop.http.post(shop.at(TOKEN));
        let raw = |request: reqwest::RequestBuilder| request.basic_auth(&shop.id, Some(&shop.secret));
        let encoded = |request: reqwest::RequestBuilder| request.basic_auth(form(&shop.id), Some(form(&shop.secret)));
        let codes = [(); 4].map(|()| shop.code("ada"));
        let json = |request: reqwest::RequestBuilder| request.header("content-type", "application/json").body("{}");
        let requests = [
            json(raw(call()).query(&pairs(&codes[0]))),
            raw(call()).form(&pairs(&codes[1])),
            raw(call()).query(&pairs(&codes[2])[..2]).form(&pairs(&codes[2])[2..]),
            encoded(call()).form(&pairs(&codes[3])),
        ];
        let mut taken = taken;
        // Half in the query is half too little where only the form is read.
        taken[2] &= value != "form";
        for (at, request) in requests.into_iter().enumerate() {
            let answer = send(request).await;
            assert_eq!(answer.status == 200, taken[at], "{mode} {value} {at}: {answer:?}");
            if mode == "basic" && !taken[at] {
                assert!(answer.is_error(401, "invalid_client"), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_is_not_known_is_refused() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let live = shop.paga.live_client_id();
    let live_secret = shop.paga.client_secret(&live).unwrap();
    let bare = || shop.http.post(shop.at(TOKEN)).form(&[("grant_type", "refresh_token"), ("refresh_token", "x")]);
    for request in [
        bare(),
        bare().basic_auth(&shop.id, Some("wrong")),
        bare().basic_auth(&shop.id, None::<&str>),
        bare().basic_auth("wrong", Some(&shop.secret)),
        bare().basic_auth(&live, Some(&live_secret)),
        bare().bearer_auth(&shop.secret),
        bare().header("authorization", "Basic !"),
        bare().header("authorization", "Basic bm8tY29sb24="),
    ] {
        let answer = send(request).await;
        assert!(answer.is_error(401, "invalid_client"), "{answer:?}");
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{answer:?}");
    }
    // The other host knows the other client, and only that.
    shop.paga.set_mode("host", "live").unwrap();
    assert!(send(bare().basic_auth(&live, Some(&live_secret))).await.is_error(400, "invalid_grant"));
    assert!(send(bare().basic_auth(&shop.id, Some(&shop.secret))).await.is_error(401, "invalid_client"));
}

#[tokio::test]
async fn codes_are_good_once_for_one_client_one_redirect_and_five_minutes() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let other = as_client(&sandbox, &shop.paga.awkward_client_id());
    let exchange = |shop: &Merchant, code: &str, redirect: &str| {
        shop.token(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)])
    };
    let redirect = shop.redirect();
    let code = shop.code("ada");
    let tokens = tokens(&send(exchange(&shop, &code, redirect)).await);
    let again = send(exchange(&shop, &code, redirect)).await;
    assert!(again.is_error(400, "invalid_grant") && again.text.contains("Invalid authorization code"), "{again:?}");
    assert_eq!(send(shop.secured(&tokens.access, DETAILS)).await.status, 200, "reuse ends nothing by default");
    assert!(send(exchange(&other, &shop.code("ada"), redirect)).await.is_error(400, "invalid_grant"));
    assert!(send(exchange(&shop, "AAAAAA", redirect)).await.is_error(400, "invalid_grant"));
    let spoilt = shop.code("ada");
    assert!(send(exchange(&shop, &spoilt, "https://shop.example/paga/callback")).await.is_error(400, "invalid_grant"));
    assert!(send(exchange(&shop, &spoilt, redirect)).await.is_error(400, "invalid_grant"), "one try, right or wrong");
    let late = shop.code("ada");
    sandbox.clock().advance(Duration::from_secs(300));
    assert!(send(exchange(&shop, &late, redirect)).await.is_error(400, "invalid_grant"));
    // PKCE is ignored: neither asked for nor checked.
    let mut asks = shop.asks();
    asks.extend([("code_challenge", "x"), ("code_challenge_method", "plain")]);
    let code = shop.code_for("ada", &asks);
    assert_eq!(send(exchange(&shop, &code, redirect)).await.status, 200);
}

#[tokio::test]
async fn what_a_token_call_lacks_is_named() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let redirect = ("redirect_uri", shop.redirect());
    for (pairs, error) in [
        (vec![], "invalid_request"),
        (vec![("grant_type", "")], "invalid_request"),
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![("grant_type", "client_credentials")], "unsupported_grant_type"),
        (vec![("grant_type", "authorization_code"), redirect], "invalid_request"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "x"), ("scope", "ROOT")], "invalid_scope"),
        (
            vec![("grant_type", "refresh_token"), ("refresh_token", "x"), ("scope", "MERCHANT_PAYMENT,MONEY_TRANSFER")],
            "invalid_scope",
        ),
    ] {
        let answer = send(shop.token(&pairs)).await;
        assert!(answer.is_error(400, error), "{pairs:?}: {answer:?}");
    }
    let get = shop.http.get(shop.at(TOKEN)).basic_auth(&shop.id, Some(&shop.secret));
    assert_eq!(send(get).await.status, 405);
    assert_eq!(send(shop.http.post(shop.at(&format!("{TOKEN}/info")))).await.status, 404, "nothing shows what it does");
}

#[tokio::test]
async fn a_refresh_keeps_omits_rotates_or_is_refused() {
    for (mode, kept) in [("kept", Some(true)), ("omitted", None), ("rotated", Some(false))] {
        let sandbox = sandbox().await;
        let shop = merchant(&sandbox);
        shop.paga.set_mode("refresh_token", mode).unwrap();
        let old = shop.connect("ada").await;
        let answer = send(shop.refresh(&old.refresh)).await;
        assert_eq!(answer.status, 200, "{mode}: {answer:?}");
        assert_ne!(answer.text("access_token"), old.access);
        assert_eq!(answer.json().get("refresh_token").map(|token| *token == old.refresh), kept, "{mode}");
        assert_eq!(send(shop.secured(&old.access, DETAILS)).await.status, 200, "the old one lives on");
        let again = send(shop.refresh(&old.refresh)).await;
        assert_eq!(again.status == 200, mode != "rotated", "{mode}: {again:?}");
        assert_eq!(send(shop.secured(&answer.text("access_token"), DETAILS)).await.status, 200, "{mode}");
        let user = shop.paga.user("ada").unwrap();
        let (done, refused) = if mode == "rotated" { (1, 1) } else { (2, 0) };
        assert_eq!((user.refreshes, user.refused_refreshes), (done, refused), "{mode}");
        assert_eq!((shop.paga.refreshes("ada"), shop.paga.refreshes("ngozi")), (Some(done), Some(0)));
    }
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let tokens = shop.connect("ada").await;
    for (mode, error) in [("refused", "invalid_grant"), ("unsupported", "unsupported_grant_type")] {
        shop.paga.set_mode("refresh_token", mode).unwrap();
        assert!(send(shop.refresh(&tokens.refresh)).await.is_error(400, error), "{mode}");
    }
    shop.paga.set_mode("refresh_token", "kept").unwrap();
    let other = as_client(&sandbox, &shop.paga.awkward_client_id());
    assert!(send(other.refresh(&tokens.refresh)).await.is_error(400, "invalid_grant"));
    assert!(send(shop.refresh(&tokens.access)).await.is_error(400, "invalid_grant"));
    shop.paga.set_mode("old_access_token", "dead").unwrap();
    let new = send(shop.refresh(&tokens.refresh)).await.text("access_token");
    assert!(send(shop.secured(&tokens.access, DETAILS)).await.is_error(401, "invalid_token"));
    assert_eq!(send(shop.secured(&new, DETAILS)).await.status, 200);
}

#[tokio::test]
async fn tokens_end_with_the_clock_and_by_hand() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let (ada, ngozi) = (shop.connect("ada").await, shop.connect("ngozi").await);
    sandbox.clock().advance(Duration::from_secs(43_200));
    let expired = send(shop.secured(&ada.access, DETAILS)).await;
    assert!(expired.is_error(401, "invalid_token") && expired.text.contains("Access token expired"), "{expired:?}");
    assert!(expired.header("www-authenticate").starts_with("Bearer "), "{expired:?}");
    let fresh = tokens(&send(shop.refresh(&ada.refresh)).await);
    assert_eq!(send(shop.secured(&fresh.access, DETAILS)).await.status, 200);
    shop.paga.end_access_tokens();
    assert!(send(shop.secured(&fresh.access, DETAILS)).await.is_error(401, "invalid_token"));
    assert_eq!(send(shop.refresh(&ada.refresh)).await.status, 200, "refresh tokens stay good");
    sandbox.clock().advance(Duration::from_secs(30 * 86_400));
    let old = send(shop.refresh(&ngozi.refresh)).await;
    assert!(old.is_error(401, "invalid_token") && old.text.contains("expired"), "{old:?}");
    shop.paga.set_mode("rfc9700", "on").unwrap();
    assert!(send(shop.refresh(&ngozi.refresh)).await.is_error(400, "invalid_grant"), "as the RFC says");
    shop.paga.set_mode("rfc9700", "off").unwrap();
    let second = Duration::from_secs(1);
    shop.paga.set_lives(second * 10, second * 20, second * 30);
    let answer = send(shop.exchange(&shop.code("ada"))).await;
    assert!((19..=20).contains(&answer.json()["expires_in"].as_u64().unwrap()), "{answer:?}");
}

#[tokio::test]
async fn consenting_again_gives_the_same_token_with_less_time_or_another() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let first = send(shop.exchange(&shop.code("ada"))).await;
    sandbox.clock().advance(Duration::from_secs(1000));
    let second = send(shop.exchange(&shop.code("ada"))).await;
    assert_eq!(second.text("access_token"), first.text("access_token"));
    let seconds = |answer: &Answer| answer.json()["expires_in"].as_u64().unwrap();
    assert!(seconds(&second) + 1000 <= seconds(&first));
    let mut narrower = shop.asks();
    narrower[3] = ("scope", "MERCHANT_PAYMENT");
    let third = send(shop.exchange(&shop.code_for("ada", &narrower))).await;
    assert_ne!(third.text("access_token"), first.text("access_token"), "other scopes, another token");
    shop.paga.set_mode("consent_again", "new_token").unwrap();
    let fourth = send(shop.exchange(&shop.code("ada"))).await;
    assert_ne!(fourth.text("access_token"), first.text("access_token"));
    assert_eq!(send(shop.secured(&first.text("access_token"), DETAILS)).await.status, 200);
}

#[tokio::test]
async fn the_answer_takes_every_form_of_its_modes() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let shapes: [(&str, &str, &str, Fits); 9] = [
        ("expires_in", "text", "expires_in", |it| it.as_str().is_some_and(|text| text.starts_with("43"))),
        ("expires_in", "absent", "expires_in", Value::is_null),
        ("token_type", "Bearer", "token_type", |it| it == "Bearer"),
        ("token_type", "absent", "token_type", Value::is_null),
        ("user_data", "list", "user_data", |it| it.as_array().is_some_and(|list| list.len() == 6)),
        ("user_data", "absent", "user_data", Value::is_null),
        ("limit_maximum", "number", "limitMaximum", Value::is_number),
        ("limit_maximum", "text", "limitMaximum", Value::is_string),
        ("limit_maximum", "absent", "limitMaximum", Value::is_null),
    ];
    for (mode, value, member, fits) in shapes {
        shop.paga.set_mode(mode, value).unwrap();
        let answer = send(shop.exchange(&shop.code("ada"))).await;
        assert!(fits(&answer.json()[member]), "{mode} {value}: {answer:?}");
    }
}

#[tokio::test]
async fn a_user_who_revokes_is_out_and_nobody_else() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let (ada, ngozi) = (shop.connect("ada").await, shop.connect("ngozi").await);
    assert_eq!(shop.paga.revoke("ada").unwrap(), 1);
    let dead = send(shop.secured(&ada.access, DETAILS)).await;
    assert!(dead.is_error(401, "invalid_token") && dead.text.contains("Invalid access token"), "{dead:?}");
    assert!(send(shop.refresh(&ada.refresh)).await.is_error(400, "invalid_grant"));
    assert_eq!(send(shop.secured(&ngozi.access, DETAILS)).await.status, 200);
    assert_eq!(send(shop.refresh(&ngozi.refresh)).await.status, 200);
    assert_eq!((shop.paga.revoke("ada").unwrap(), shop.paga.user("ada").unwrap().consents), (0, 0));
    let again = shop.connect("ada").await;
    assert_eq!(send(shop.secured(&again.access, DETAILS)).await.status, 200, "a new consent");
    assert!(shop.paga.revoke("nobody").is_err());
    let consents = shop.paga.consents();
    let stand: Vec<(&str, bool)> = consents.iter().map(|it| (it.username.as_str(), it.revoked)).collect();
    assert_eq!(stand, [("ada", true), ("ngozi", false), ("ada", false)]);
}

#[tokio::test]
async fn a_rule_may_take_refreshes_only() {
    let sandbox = sandbox().await;
    let shop = merchant(&sandbox);
    let rule = FaultRule::new("paga-connect", Fault::ResetAfterActing).operation("token").reference("refresh_token");
    sandbox.add_fault(rule).unwrap();
    shop.paga.set_mode("refresh_token", "rotated").unwrap();
    let tokens = shop.connect("ada").await;
    assert!(try_send(shop.refresh(&tokens.refresh)).await.is_err());
    assert_eq!(shop.paga.refreshes("ada"), Some(1), "it rotated, and nobody heard the answer");
    assert!(
        send(shop.refresh(&tokens.refresh)).await.is_error(400, "invalid_grant"),
        "the case that the protocol loses"
    );
}

#[tokio::test]
async fn the_sandbox_knows_its_secrets_in_a_text() {
    let sandbox = sandbox().await;
    let shop = as_client(&sandbox, &sandbox.paga_connect().awkward_client_id());
    let code = shop.code("ada");
    let tokens = tokens(&send(shop.exchange(&code)).await);
    let one_time = send(shop.secured(&tokens.access, "/getOneTimeToken/referenceNumber/r-1")).await;
    for (text, whose) in [
        (code.as_str(), "a code of Paga Connect"),
        (&tokens.access, "an access token of Paga Connect"),
        (&tokens.refresh, "a refresh token of Paga Connect"),
        (&shop.secret, "a client secret of Paga Connect"),
        (shop.paga.password("ada").unwrap(), "a user's password of Paga Connect"),
        (shop.paga.mobile_number("ada").unwrap(), "a user's phone number of Paga Connect"),
        ("ada.obi@paga.example", "a user's e-mail address of Paga Connect"),
        (&one_time.text("sandboxOneTimeToken"), "a one-time token of Paga Connect"),
        (
            "NWE0ZGIwYzUtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxOnNhbmRib3gtcGFnYS1jb25uZWN0LXNlY3JldA==",
            "a Basic header of Paga Connect",
        ),
    ] {
        assert_eq!(sandbox.leaks(&format!("log: {text};")), [whose], "{text}");
    }
    assert_eq!(sandbox.leaks("nothing"), Vec::<String>::new());
}
