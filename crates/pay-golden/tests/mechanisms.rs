//! One test for each mechanism: the exact bytes, written by hand, and the answer as it is read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{answering, last};
use pay_core::provider::Id;
use pay_core::{ExposeSecret, Kind, Repeat};
use pay_golden::*;

const CHARGE: &str = r#"{"id":7,"amount":12.50,"state":"PAID","more":{"x":1}}"#;

fn amount(text: &str) -> pay_core::Amount {
    text.parse().unwrap()
}

fn line(sent: &pay_core::script::Sent) -> String {
    format!("{} {}", sent.method, sent.path)
}

#[tokio::test]
async fn a_signed_body_is_sent_as_it_was_signed() {
    let (client, script) = answering(201, CHARGE);
    let request = ChargeRequest::new("r-1", amount("12.50"))
        .tip(amount("0.10"))
        .fee(amount("1.00"))
        .minor(1250)
        .customer(Party::new("Ann"))
        .items(vec![Item::new("tea", amount("3.0"))])
        .labels("a", "b")
        .urgent(true);
    assert_eq!(request.clone(), request);
    let charge = client.create_charge(&request).send().await.unwrap();
    assert_eq!((charge.id, charge.state.clone()), (Id::Number(7), Some(ChargeState::Paid)));
    assert!(charge.state.unwrap().is_final());
    let sent = last(&script);
    assert_eq!(line(&sent), "POST /v1/charges");
    assert_eq!(
        sent.text(),
        concat!(
            r#"{"reference":"r-1","amount":12.50,"currency":"EUR","tip":0.10,"fee":"1.00","minor":1250,"#,
            r#""customer":{"name":"Ann"},"items":[{"name":"tea","price":3.0}],"labels":{"a":"b"},"urgent":true}"#
        )
    );
    // printf 'POST /v1/charges\n<body>' | openssl dgst -sha256 -hmac sign-key
    assert_eq!(sent.header("x-signature"), "51d605e072af735c94518008d53e398133d334eefe3dff58e0502cda2d8803c7");
    assert_eq!(sent.header("content-type"), "application/json");
    assert_eq!(sent.header("authorization"), "Bearer token-of-shop");
}

#[tokio::test]
async fn a_reply_keeps_the_token_that_it_was_asked_with() {
    let (client, _) = answering(201, CHARGE);
    let reply = client.create_charge(&ChargeRequest::new("r-1", amount("1"))).reply().await.unwrap();
    assert_eq!(reply.lease.unwrap().token.expose_secret(), "token-of-shop");
    let reply = client.show_charge(7_u64).reply().await.unwrap();
    assert!(reply.lease.is_none(), "only where the document says so");
}

#[tokio::test]
async fn what_can_be_left_out_is_left_out() {
    let (client, script) = answering(201, CHARGE);
    client.create_charge(&ChargeRequest::new("r-2", amount("1")).currency("USD")).send().await.unwrap();
    assert_eq!(last(&script).text(), r#"{"reference":"r-2","amount":1,"currency":"USD"}"#);
}

#[tokio::test]
async fn card_data_is_sealed_and_prints_nowhere() {
    let (client, script) = answering(200, r#"{"redirectUrl":"https://bank.example/3ds","held":9.900}"#);
    let card = Card::builder().number("4111111111111111").expiry("12/30").cvv("123").build().unwrap();
    let payer = Party::new("Ann").phone("+27");
    let request = CardPayment::new("o-7", amount("9.90"), card).payer(payer);
    let answer = client.pay_card(&request).await.unwrap();
    let CardAnswer::Redirect(redirect) = answer else { panic!("{answer:?}") };
    assert_eq!(redirect.redirect_url, "https://bank.example/3ds");
    assert_eq!(redirect.held.unwrap().to_string(), "9.900");
    // printf '{"orderId":"o-7","amount":9.90,"card":{..},"payer":{..}}' | openssl enc -aes-256-cbc -K <key> -iv <zeros>
    let sealed = concat!(
        "be90bb286d13899201f8da468485dda02a2224de1273eb2bf6c6713d9b5295a1853fc686435401b9d0ba45dcc9672890",
        "19361d49014af6732a011a95d99f4b143bb4b50dd517f7da4618f67d5af0b28968badcfca52e098a980468eb50032f0e",
        "4127c61e6a79b2f85fd2a054ea6b3b8fc9598d654c29eb7d6a63143f469ca64f4e8a01aa3a88efb149def3aa925b1d76"
    );
    let sent = last(&script);
    assert_eq!(line(&sent), "POST /v1/cards");
    assert_eq!(sent.text(), format!("{{\"payload\":\"{sealed}\"}}"));
    let printed = format!("{request:?} {:?} {:?}", request.card, Card::builder().number("4111111111111111"));
    for marker in ["4111", "123", "Ann", "+27"] {
        assert!(!printed.contains(marker), "{marker} in {printed}");
    }
    assert!(printed.contains("12/30") && printed.contains("o-7"), "{printed}");
}

#[tokio::test]
async fn a_read_can_have_a_media_type_of_its_own() {
    let (client, script) = answering(200, CHARGE);
    client.show_charge("a/b").send().await.unwrap();
    let sent = last(&script);
    assert_eq!(line(&sent), "GET /v1/charges/a%2Fb");
    assert_eq!(sent.header("content-type"), "application/vnd.golden.charge+json");
    assert_eq!(sent.header("accept"), "application/vnd.golden.charge+json");
    assert!(sent.body.is_empty());
}

#[tokio::test]
async fn a_form_is_written_in_order() {
    let (client, script) = answering(200, r#"{"any":[1.10]}"#);
    let request =
        TransferRequest::new("t 1", "0012", amount("5.00")).note("a&b=c").speed(ReportKind::from("very fast"));
    let body = client.transfer(&request).send().await.unwrap();
    assert_eq!(body.expose_str(), Some(r#"{"any":[1.10]}"#));
    let sent = last(&script);
    assert_eq!(line(&sent), "POST /v1/transfers");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(sent.text(), "reference=t+1&to=0012&amount=5.00&note=a%26b%3Dc&speed=very+fast");
}

#[tokio::test]
async fn a_bare_text_is_a_token() {
    let (client, script) = answering(200, CHARGE);
    let token = client.session(&SessionRequest::new("shop", "pass word").device("till 1")).send().await.unwrap();
    assert_eq!(token.expose_secret(), "token-of-shop");
    let sent = &script.seen()[0];
    assert_eq!(line(sent), "POST /v1/session");
    assert_eq!(sent.text(), "user=shop&password=pass+word&device=till+1");
    assert_eq!((sent.header("accept"), sent.header("authorization")), ("text/plain", ""));
    assert!(!format!("{:?}", SessionRequest::new("shop", "pass word")).contains("shop"));
}

#[tokio::test]
async fn a_union_takes_every_shape_of_the_document() {
    let (client, script) = answering(200, r#"{"content":[{"id":"x","amount":1.0}],"total":1.0}"#);
    let query = SearchChargesQuery::new(0).state(ChargeState::Open).min_amount(amount("0.50")).archived(false);
    let page = client.search_charges(&query).send().await.unwrap();
    assert!(matches!(&page, ChargesAnswer::Page(page) if page.content.len() == 1), "{page:?}");
    assert_eq!(line(&last(&script)), "GET /v1/charges?state=OPEN&minAmount=0.50&page=0&archived=false");
    let (client, _) = answering(200, r#"[{"id":1,"amount":2},{"id":2,"amount":3}]"#);
    let list = client.search_charges(&SearchChargesQuery::new(1)).send().await.unwrap();
    assert!(matches!(&list, ChargesAnswer::List(charges) if charges.len() == 2), "{list:?}");
    let (client, _) = answering(200, "\"none\"");
    let word = client.search_charges(&SearchChargesQuery::new(1)).send().await.unwrap();
    assert!(matches!(&word, ChargesAnswer::Word(word) if word == "none"), "{word:?}");
    let (client, _) = answering(200, r#"{"content":"nonsense"}"#);
    let error = client.search_charges(&SearchChargesQuery::new(1)).send().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode);
    assert_eq!(error.body().unwrap().expose_str(), Some(r#"{"content":"nonsense"}"#));
}

#[tokio::test]
async fn free_members_stand_where_the_document_says() {
    let (client, script) = answering(200, "{}");
    let request = BuyRequest::new("P1", amount("4.350"))
        .reference("b-1")
        .additional("z", true)
        .field("zone", 5_u8.to_string())
        .field("account", "0012")
        .field("limit", amount("1234567890123456.78"));
    client.buy(&request).send().await.unwrap();
    assert_eq!(
        last(&script).text(),
        concat!(
            r#"{"product":"P1","amount":4.350,"account":"0012","limit":1234567890123456.78,"zone":"5","#,
            r#""reference":"b-1","additional":{"z":true}}"#
        )
    );
    assert!(!format!("{request:?}").contains("0012"));
}

#[tokio::test]
async fn a_free_member_overrides_nothing() {
    for name in ["amount", "reference", ""] {
        let (client, script) = answering(200, "{}");
        let error = client.buy(&BuyRequest::new("P1", amount("1")).field(name, "x")).send().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid);
        assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
        assert!(script.seen().is_empty());
    }
}

#[tokio::test]
async fn a_path_is_made_of_values() {
    let (client, script) = answering(200, "{}");
    client.report(&ReportKind::Yearly, -5, "x y/z").send().await.unwrap();
    assert_eq!(line(&last(&script)), "GET /v1/reports/end-of-year/-5/x%20y%2Fz");
    assert_eq!(client.report(&ReportKind::Daily, 1, "..").send().await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn each_user_has_a_token_of_their_own() {
    let (client, script) = answering(200, r#"{"balance":0.10,"owner":{"name":"Ann"}}"#);
    let (ann, bob) = (client.user("ann"), client.user("bob"));
    let wallet = ann.wallet().send().await.unwrap();
    assert_eq!(wallet.balance.to_string(), "0.10");
    bob.wallet().send().await.unwrap();
    ann.wallet().send().await.unwrap();
    let seen = script.seen();
    let tokens: Vec<&str> =
        seen.iter().filter(|sent| sent.path.ends_with("/wallet")).map(|sent| sent.header("authorization")).collect();
    assert_eq!(tokens, ["Bearer token-of-ann", "Bearer token-of-bob", "Bearer token-of-ann"]);
    assert_eq!(line(&last(&script)), "GET /v1/me/wallet");
}

#[tokio::test]
async fn a_body_that_nobody_describes_is_any_json() {
    let (client, script) = answering(200, r#"{"b":2.20}"#);
    let answer = client.anything(r#"{"a":1.10}"#).send().await.unwrap();
    assert_eq!(answer.expose_str(), Some(r#"{"b":2.20}"#));
    assert_eq!(last(&script).text(), r#"{"a":1.10}"#);
    assert_eq!(client.anything("{").send().await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test]
async fn nothing_is_read_where_nothing_comes_back() {
    let (client, script) = answering(204, "");
    client.cancel_charge(7).send().await.unwrap();
    assert_eq!(line(&last(&script)), "DELETE /v1/charges/7");
}

#[tokio::test]
async fn the_reference_of_the_body_is_the_reference_of_the_call() {
    let (client, _) = answering(500, "{}");
    let error = client.create_charge(&ChargeRequest::new("r-9", amount("1"))).send().await.unwrap_err();
    assert_eq!(error.reference(), Some("r-9"));
    assert_eq!(Code::of(&error), Some(Code::NoMoney));
    let card = Card::builder().number("4").expiry("1").cvv("2").build().unwrap();
    let error = client.pay_card(&CardPayment::new("o-9", amount("1"), card)).await.unwrap_err();
    assert_eq!(error.reference(), Some("o-9"));
    let error = client.buy(&BuyRequest::new("P", amount("1"))).send().await.unwrap_err();
    assert_eq!(error.reference(), None);
}

#[test]
fn a_builder_names_all_that_is_missing() {
    let error = Card::builder().expiry("12/30").build().unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let text = error.to_string();
    assert!(text.contains("missing: `number`, `cvv`"), "{text}");
}

#[test]
fn codes_mean_what_the_document_says() {
    let meaning = |text: &str| meaning(&Code::from(text));
    assert_eq!(meaning("00").as_deref(), Some("Success"));
    assert_eq!(meaning("51").as_deref(), Some("Failure(Refused, Refused)"));
    assert_eq!(meaning("54"), meaning("51"));
    assert_eq!(meaning("68").as_deref(), Some("Failure(Unavailable, Unknown)"));
    assert_eq!(meaning("94").as_deref(), Some("Failure(Duplicate, Unknown)"));
    assert_eq!(meaning("77"), None);
    assert_eq!(Code::from("77").to_string(), "77");
}

#[test]
fn operations_carry_what_the_document_says() {
    assert_eq!(
        operations(),
        [
            "session",
            "search_charges",
            "create_charge",
            "show_charge",
            "cancel_charge",
            "pay_card",
            "transfer",
            "buy",
            "report",
            "anything",
            "wallet"
        ]
    );
    let repeats = [("create_charge", Repeat::Keyed), ("cancel_charge", Repeat::Never), ("session", Repeat::Safe)];
    for (name, repeat) in repeats {
        assert_eq!(pay_golden::repeat(name), Some(repeat), "{name}");
    }
    assert_eq!(limit("create_charge"), Some(("100 charges a minute and token", 100)));
    assert_eq!(limit("wallet"), None);
}
