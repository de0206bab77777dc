//! The Shop's two calls: another scheme, another unit, never mixed with the Gateway's.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use http::HeaderMap;
use pay_core::webhook::Received;
use pay1st::PaymentStatus;
use pay1st::shop::{Cents, Refusal, Summaries, Summary, UserInfo, UserInfoQuery};
use webhook_support::{KEY, STAMP, headers, moment, sign, signed_headers, webhooks};

/// The key and the body are the page's; the signature was computed with `openssl dgst -sha256 -hmac`.
const S1_BODY: &str = r#"{"reference":"C1st_d6213ccf-e838-4c42-9222-4356bb67a7a2","playerId":"12345","productBundleId":1,"amount":1000,"currency":"ZAR","tokensPurchased":11,"digitalCurrency":{"name":"Credits","code":"CRE"},"status":"SUCCESSFUL"}"#;
const S1_SIGNATURE: &str = "e6ed74ec975440b8653212fafa91e079cbe83af234b541ebfcdeab9dedd1c923";
const S1_KEY: &str = "YXBpdXNlcjphcGlwYXNzd29yZA==";

fn summaries() -> Summaries {
    Summaries::new("apiuser", &"apipassword".into()).unwrap()
}

fn signature(hex: &str) -> HeaderMap {
    headers(&[("X-SIGNATURE", hex.as_bytes())])
}

#[test]
fn the_vector_is_verified_and_read() {
    assert_eq!(S1_BODY.len(), 220);
    let received = summaries().verify(S1_BODY.as_bytes(), &signature(S1_SIGNATURE));
    let Received::Verified(Summary::Sale(sale)) = received else { panic!("{received:?}") };
    assert_eq!(sale.reference, "C1st_d6213ccf-e838-4c42-9222-4356bb67a7a2");
    assert_eq!(sale.player_id.as_str(), "12345");
    assert_eq!(sale.amount, Cents::new(1000));
    assert_eq!(sale.currency, "ZAR");
    assert_eq!(sale.tokens_purchased, Some(11));
    assert_eq!(sale.digital_currency.as_ref().map(|it| (&it.name[..], &it.code[..])), Some(("Credits", "CRE")));
    assert_eq!(sale.status, PaymentStatus::Successful);
    assert_eq!(sale.extra()["amount"].get(), "1000");
    assert!(sale.key().as_str().starts_with("pay1st-shop|"), "apart from the Gateway's");
}

#[test]
fn white_space_around_the_body_is_not_signed_and_all_else_is() {
    for body in [format!("\r\n {S1_BODY}\t\n"), format!(" {S1_BODY}"), format!("{S1_BODY}\n")] {
        assert!(summaries().verify(body.as_bytes(), &signature(&S1_SIGNATURE.to_uppercase())).verified().is_some());
    }
    for bit in 0..S1_BODY.len() * 8 {
        let mut flipped = S1_BODY.as_bytes().to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(summaries().verify(&flipped, &signature(S1_SIGNATURE)), Received::Forged, "{bit}");
    }
    assert_eq!(summaries().verify(S1_BODY.as_bytes(), &headers(&[])), Received::Unsigned);
    let twice = headers(&[("x-signature", S1_SIGNATURE.as_bytes()), ("x-signature", S1_SIGNATURE.as_bytes())]);
    assert_eq!(summaries().verify(S1_BODY.as_bytes(), &twice), Received::Forged);
    let other = Summaries::new("apiuser", &"other".into()).unwrap();
    assert_eq!(other.verify(S1_BODY.as_bytes(), &signature(S1_SIGNATURE)), Received::Forged);
}

#[test]
fn neither_scheme_passes_for_the_other() {
    let gateway = sign(KEY, &[STAMP.as_bytes(), S1_BODY.as_bytes()]);
    assert_eq!(summaries().verify(S1_BODY.as_bytes(), &signed_headers(STAMP, &gateway)), Received::Forged);
    for key in [KEY, S1_KEY] {
        let shop = sign(key, &[S1_BODY.as_bytes()]);
        let received = webhooks().verify(S1_BODY.as_bytes(), &signed_headers(STAMP, &shop), moment());
        assert!(matches!(received, pay1st::webhook::Received::Forged));
    }
    let received = webhooks().verify(S1_BODY.as_bytes(), &signature(S1_SIGNATURE), moment());
    assert!(matches!(received, pay1st::webhook::Received::Unsigned));
}

#[test]
fn what_is_signed_but_not_of_the_samples_shape_keeps_its_body() {
    for body in [
        S1_BODY.replace("1000", "10.00"),
        S1_BODY.replace("1000", "\"1000\""),
        S1_BODY.replace("1000", "99999999999999999999"),
        S1_BODY.replace("\"status\":\"SUCCESSFUL\"", "\"state\":1"),
        "[]".into(),
        "not JSON".into(),
    ] {
        let received = summaries().verify(body.as_bytes(), &signature(&sign(S1_KEY, &[body.as_bytes()])));
        let Received::Verified(Summary::Other(other)) = received else { panic!("{body}: {received:?}") };
        assert_eq!(other.raw().expose_str(), Some(&body[..]));
        assert!(!format!("{other:?}").contains("12345"));
    }
}

#[test]
fn bytes_that_are_no_text_in_a_member_that_nobody_reads() {
    let mut body = S1_BODY.replace("\"status\"", "\"more\":\"?\",\"status\"").into_bytes();
    let at = body.iter().position(|byte| *byte == b'?').unwrap();
    body[at] = 0xa6;
    let received = summaries().verify(&body, &signature(&sign(S1_KEY, &[&body])));
    assert!(matches!(received, Received::Verified(Summary::Other(other)) if other.raw().expose().as_ref() == body));
}

#[test]
fn cents_become_an_amount_only_where_the_decimals_are_named() {
    let cents = Cents::new(1000);
    assert_eq!(cents.in_main_unit(2).unwrap().to_string(), "10.00");
    assert_eq!(cents.in_main_unit(3).unwrap().to_string(), "1.000");
    assert_eq!(cents.in_main_unit(29), None);
    assert_eq!((cents.to_string(), cents.get()), ("1000 cents".into(), 1000));
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let name = |username: &str, password: &str| Summaries::new(username, &password.into()).unwrap_err().to_string();
    assert!(name("", "x").contains("username") && name("a:b", "x").contains("username"));
    assert!(name("a", "").contains("password"));
    assert!(!format!("{:?}", summaries()).contains("api"));
}

#[test]
fn the_question_about_a_player_is_read() {
    let all = "playerId=12345&productBundleId=1&productBundleExternalId=SKU%201&externalReference=EXT%5FREF&amount=1000&currencyCode=NGN&countryCode=NG&quantity=2&new=1";
    let query = UserInfoQuery::parse(all).unwrap();
    assert_eq!(query.player_id, "12345");
    assert_eq!(query.product_bundle_external_id.as_deref(), Some("SKU 1"));
    assert_eq!(query.external_reference.as_deref(), Some("EXT_REF"));
    assert_eq!(query.amount.unwrap().to_string(), "1000");
    assert_eq!((query.country_code.as_deref(), query.quantity), (Some("NG"), Some(2)));
    assert!(!format!("{query:?}").contains("12345"));
    let answer = serde_json::to_string(&UserInfo::of("TEST123", &query)).unwrap();
    assert_eq!(answer, r#"{"userId":"TEST123","externalReference":"EXT_REF","amount":1000,"currencyCode":"NGN"}"#);
    let bare = UserInfoQuery::parse("playerId=p+q").unwrap();
    assert_eq!(bare.player_id, "p q");
    assert_eq!(serde_json::to_string(&UserInfo::of("u", &bare)).unwrap(), r#"{"userId":"u"}"#);
    for (query, parameter) in [
        ("", "playerId"),
        ("playerId=", "playerId"),
        ("PLAYERID=1", "playerId"),
        ("playerId=1&playerId=2", "playerId"),
        ("playerId=1&amount=ten", "amount"),
        ("playerId=1&amount=1e3", "amount"),
        ("playerId=1&quantity=-1", "quantity"),
        ("playerId=1&quantity=1&quantity=1", "quantity"),
    ] {
        assert_eq!(UserInfoQuery::parse(query).unwrap_err().parameter(), parameter, "{query}");
    }
}

#[test]
fn a_refusal_is_the_providers_envelope() {
    let refusal = serde_json::to_string(&Refusal::new("UNKNOWN_PLAYER", "No such player.")).unwrap();
    assert_eq!(refusal, r#"{"errorMessage":"No such player.","errorCode":"UNKNOWN_PLAYER"}"#);
}
