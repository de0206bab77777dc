//! Requests as values: what is refused here, what survives the way to the wire, and what never prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    Account, Amount, Client, Credentials, Environment, FieldValue, Kind, Outcome, Purchase, Purchased, RawRequest,
    Settled, Sought, Transport,
};
use pay_core::script::{Play, Script};
use proptest::prelude::*;
use std::fmt::Debug;
use support::{COMPLETED, NUMBER, airtime, amount, answering, builder, client, logged_in};

// What is refused before anything is sent.

async fn refused(purchase: Purchase, names: &str) {
    let script = Script::new(|_| panic!("something was sent"));
    let reference = purchase.merchant_reference().map(str::to_owned);
    let shown = format!("{purchase:?}");
    let error = client(&script).purchase(purchase.clone()).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{shown}: {error}");
    assert_eq!((error.operation(), error.attempts()), ("purchase", 0));
    assert!(error.to_string().contains(names), "{names:?} is not named: {error}");
    assert_eq!(error.reference(), reference.as_deref());
    // Not even a log-in.
    assert!(script.seen().is_empty());
    let error = client(&script).purchase(purchase).prepare().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
}

fn bundle() -> Purchase {
    Purchase::new("VCH-STM-001", amount("10"))
}

#[tokio::test(start_paused = true)]
async fn a_purchase_without_a_reference() {
    refused(bundle(), "`reference` is missing").await;
    refused(bundle().reference(""), "`reference` is empty").await;
    refused(bundle().any_reference(""), "`reference` is empty").await;
}

#[tokio::test(start_paused = true)]
async fn a_reference_outside_our_own_rule() {
    for reference in ["a b", "a/b", "ä", "a\n", "#", &"x".repeat(65), "\u{202e}abc", "a'b"] {
        refused(bundle().reference(reference), "any_reference").await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_reference_inside_the_rule_is_sent() {
    for reference in ["a", "INV-2026-04-000123", "A_b.c-9", &"x".repeat(64), ".", "-"] {
        let script = answering(vec![Play::answer(200, COMPLETED)]);
        let bought = client(&script).purchase(bundle().reference(reference)).send().await.unwrap();
        let Purchased::Completed(receipt) = bought else { panic!("{bought:?}") };
        assert_eq!(receipt.reference(), reference);
    }
}

#[tokio::test(start_paused = true)]
async fn any_reference_lifts_the_rule() {
    for reference in ["a b/c", "ä\n", &"x".repeat(500)] {
        let script = answering(vec![Play::answer(200, COMPLETED)]);
        let _ = client(&script).purchase(bundle().any_reference(reference)).send().await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&support::calls(&script)[0].body).unwrap();
        assert_eq!(body["merchantReference"], reference);
    }
}

#[tokio::test(start_paused = true)]
async fn amounts_that_cannot_be_paid() {
    for text in ["0", "0.00", "-1", "-0.01", "1.234", "10.000"] {
        refused(Purchase::new("VCH-STM-001", amount(text)).reference("R"), "`amount`").await;
    }
    for text in ["0.01", "1", "1.5", "99999999999.99"] {
        let script = answering(vec![Play::answer(200, COMPLETED)]);
        let _ = client(&script).purchase(Purchase::new("P", amount(text)).reference("R")).send().await.unwrap();
        assert!(support::calls(&script)[0].text().contains(&format!(r#""amount":{text},"#)));
    }
}

#[tokio::test(start_paused = true)]
async fn mobile_numbers_in_another_form() {
    for number in ["0821234567", "27821234567", "+2782 123 4567", "+27", "", "+44821234567", "+27a21234567", "+27٠٨"]
    {
        refused(Purchase::airtime("AIR-VOD-001", amount("10"), number).reference("R"), "`mobileNumber`").await;
    }
}

#[tokio::test(start_paused = true)]
async fn meter_numbers_that_are_no_digits() {
    for meter in ["", "0000 1100000", "00001100000a", "-1", "٠٠٠"] {
        refused(Purchase::electricity("ELE-FLS-001", amount("10"), meter).reference("R"), "`meterNumber`").await;
    }
}

#[tokio::test(start_paused = true)]
async fn fields_that_would_override_another() {
    for name in [
        "productCode",
        "amount",
        "mobileNumber",
        "meterNumber",
        "paymentMethod",
        "channelId",
        "merchantReference",
        "additionalInfo",
        "",
    ] {
        refused(bundle().reference("R").field(name, "x"), "a method of its own").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_product_that_is_none() {
    for code in ["", "  ", "\t"] {
        refused(Purchase::new(code, amount("10")).reference("R"), "`productCode`").await;
    }
}

#[tokio::test(start_paused = true)]
async fn path_values_that_would_change_the_path() {
    let script = Script::new(|_| panic!("something was sent"));
    for category in ["", ".", "..", "a\nb"] {
        let error = client(&script).category_fields(category).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{category:?}");
    }
    for path in ["lookups", "//evil.example/x", "/a/../../purchase", "/%2e%2e/x", "/a?b=c", "/a#b"] {
        let error = client(&script).raw(RawRequest::get(path)).send().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{path}");
    }
    assert!(script.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_prepared_purchase_goes_nowhere_else() {
    let script = answering(vec![Play::answer(200, COMPLETED)]);
    let prepared = client(&script).purchase(airtime("R")).prepare().await.unwrap();
    assert!(prepared.may_be_resent());
    assert_eq!((prepared.operation(), prepared.method(), prepared.reference()), ("purchase", "POST", Some("R")));
    let elsewhere = builder(&script).production().build().unwrap();
    let error = elsewhere.resend(&prepared).send().await.unwrap_err();
    assert_eq!((error.kind(), error.reference()), (Kind::Invalid, Some("R")), "{error}");
    let other = client(&script).categories().prepare().await.unwrap();
    assert_eq!(client(&script).resend(&other).send().await.unwrap_err().kind(), Kind::Invalid);
    assert!(script.seen().is_empty());
}

// What survives the way to the wire, whatever it is.

/// The bytes that this purchase would send.
fn body_of(purchase: Purchase) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let script = Script::new(|_| panic!("something was sent"));
        client(&script).purchase(purchase).prepare().await.unwrap().body().to_vec()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_reads_back_as_it_was(
        reference in any::<String>().prop_filter("not empty", |text| !text.is_empty()),
        field in any::<String>(),
        value in any::<String>(),
        key in any::<String>(),
        method in any::<String>(),
        channel in any::<String>(),
        product in "\\PC{0,10}x\\PC{0,10}",
    ) {
        let name = format!("x{field}");
        let purchase = Purchase::new(product.as_str(), amount("1.50"))
            .any_reference(reference.as_str())
            .field(name.as_str(), value.as_str())
            .field("flag", true)
            .additional_info(key.as_str(), value.as_str())
            .payment_method(method.as_str())
            .channel(channel.as_str());
        let body: serde_json::Value = serde_json::from_slice(&body_of(purchase)).unwrap();
        prop_assert_eq!(body["productCode"].as_str().unwrap(), product);
        prop_assert_eq!(body["merchantReference"].as_str().unwrap(), reference);
        prop_assert_eq!(body[&name].as_str().unwrap(), value.as_str());
        prop_assert_eq!(&body["flag"], true);
        prop_assert_eq!(body["additionalInfo"][&key].as_str().unwrap(), value.as_str());
        prop_assert_eq!(body["paymentMethod"].as_str().unwrap(), method);
        prop_assert_eq!(body["channelId"].as_str().unwrap(), channel);
        prop_assert_eq!(body.as_object().unwrap().len(), 8);
    }

    #[test]
    fn amounts_keep_their_digits(minor in 1_i64..i64::MAX, decimals in 0_u32..=2, other in any::<i64>(), places in 0_u32..=18) {
        let paid = Amount::from_minor(minor, decimals).unwrap();
        let field = Amount::from_minor(other, places).unwrap();
        let body = body_of(Purchase::new("P", paid).reference("R").field("limit", field).additional_info("limit", field));
        let text = String::from_utf8(body).unwrap();
        let expected = format!(r#"{{"productCode":"P","amount":{paid},"limit":{field},"paymentMethod":"cash","channelId":"F5YZP7","merchantReference":"R","additionalInfo":{{"limit":{field}}}}}"#);
        prop_assert_eq!(&text, &expected);
        // Written by hand: the digits are those of the number, no more and no fewer.
        let digits: String = paid.to_string().chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(digits.trim_start_matches('0'), minor.to_string());
    }

    #[test]
    fn answers_of_any_kind_never_panic_and_never_lie(status in 100_u16..600, body in prop_oneof![
        any::<String>(),
        "\\{\"responseCode\":\"[0-9]{1,4}\",\"successful\":(true|false)\\}",
        "\\{\"status\":\"(PENDING|COMPLETED|FAILED)\",\"responseCode\":[0-9]{1,4}\\}",
    ]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let said = runtime.block_on(async {
            let answer = body.clone();
            let script = logged_in(move |_| Play::answer(status, answer.clone()));
            client(&script).purchase(airtime("R")).send().await
        });
        match said {
            // Only a 2xx with code 0 that says successful is a sale.
            Ok(Purchased::Completed(_)) => prop_assert!((200..300).contains(&status) && body.contains("true")),
            Ok(Purchased::Pending(_)) => prop_assert!((200..300).contains(&status) && body.contains("PENDING")),
            Err(error) if error.outcome() == Outcome::Refused => prop_assert!((200..500).contains(&status)),
            Err(error) if error.outcome() == Outcome::NotDone => prop_assert!(status == 401 || status == 429),
            Err(_) => {}
        }
    }
}

// What never prints.

const MARKERS: [&str; 16] = [
    "MARK-USER",
    "MARK-PASSWORD",
    "MARK-TOKEN",
    "MARK-REFRESH",
    "821230001",
    "0000123400",
    "MARK-ACCOUNT",
    "MARK-FIELD",
    "MARK-INFO",
    "1111222233334445",
    "99998888777766665555",
    "MARK-EXTRA",
    "MARK-PROXY",
    "MARK-HOLDER",
    "MARK-BODY",
    "MARK-RAW",
];

#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, value: &impl Debug) {
        self.0 += &format!("{value:?}\n{value:#?}\n");
    }
}

#[tokio::test(start_paused = true)]
async fn no_public_type_prints_what_is_private() {
    let mut shown = Shown::default();
    let receipt = r#"{"pin":"1111222233334445","token":"99998888777766665555","meterNumber":"0000123400","accountHolder":"MARK-HOLDER","tokens":[{"token":"99998888777766665555"}]}"#;
    let completed =
        format!(r#"{{"transactionId":"T","responseCode":"0","successful":true,"x":"MARK-BODY","receipt":{receipt}}}"#);
    let pending = r#"{"transactionId":"T","status":"PENDING","successful":false,"x":"MARK-BODY"}"#;
    let records = format!(
        r#"[{{"transactionId":"T","merchantReference":"R","status":{{"code":0}},"receipt":{receipt},"merchantName":"MARK-HOLDER"}}]"#
    );
    let script = Script::new(move |sent| match sent.path.split('?').next().unwrap().rsplit('/').next().unwrap() {
        "token" => Play::answer(
            200,
            r#"{"data":{"token":"MARK-TOKEN","refreshToken":"MARK-REFRESH","expiresIn":1800,"userTypeId":"MARK-EXTRA"}}"#,
        ),
        "purchase" if sent.text().contains("PEND") => Play::answer(200, pending),
        "purchase" if sent.text().contains("LOST") => Play::answer(200, "MARK-BODY"),
        "purchase" => Play::answer(200, completed.clone()),
        "transactions" => Play::answer(200, records.clone()),
        _ => Play::answer(200, "[]"),
    });
    let build = || {
        Client::builder()
            .provider_test()
            .transport(Transport::scripted(&script))
            .credentials("MARK-USER", "MARK-PASSWORD")
            .proxy("http://MARK-PROXY:MARK-PROXY@127.0.0.1:1")
            .account(Account::Merchant("M".into()))
            .channel("C")
            .user_type_id("U")
    };
    shown.add(&build());
    let client = build().build().unwrap();
    shown.add(&client);
    shown.add(&client.with_credentials("MARK-USER", "MARK-PASSWORD"));
    shown.add(&Credentials::new("MARK-USER", "MARK-PASSWORD"));
    shown.add(&client.check_credentials().await.unwrap());
    shown.add(&client.lease().await.unwrap());

    let purchases = [
        Purchase::airtime("A", amount("1"), "+27821230001"),
        Purchase::electricity("E", amount("1"), "0000123400"),
        Purchase::bill("B", amount("1"), "MARK-ACCOUNT"),
        Purchase::new("V", amount("1")).field("name", "MARK-FIELD").additional_info("name", "MARK-INFO"),
    ];
    for purchase in purchases {
        let purchase = purchase.reference("R");
        shown.add(&purchase);
        let mut call = client.purchase(purchase);
        let prepared = call.prepare().await.unwrap();
        shown.add(&call);
        shown.add(&prepared);
        let reply = call.reply().await.unwrap();
        shown.add(&reply);
        let Purchased::Completed(receipt) = &reply.model else { panic!("{reply:?}") };
        shown.add(receipt);
        shown.add(&(receipt.electricity_tokens(), receipt.pins()));
        let settle = client.settle("R").or_resend(prepared);
        shown.add(&settle);
        let settled = settle.await;
        assert!(matches!(settled, Settled::Completed(_)));
        shown.add(&settled);
    }
    shown.add(&FieldValue::from("MARK-FIELD"));
    shown.add(&client.purchase(airtime("PEND")).send().await.unwrap());
    let error = client.purchase(airtime("LOST")).send().await.unwrap_err();
    shown.add(&error);
    shown.0 += &format!("{error} {error:#}");
    shown.add(&Sought::from(&error));
    let mut pages = client.transaction_pages(pagamio::TransactionQuery::new());
    shown.add(&pages);
    shown.add(&pages.next().await.unwrap().unwrap());
    let raw = RawRequest::new("POST".parse().unwrap(), "/MARK-RAW", pagamio::Repeat::Never)
        .query("q", "MARK-RAW")
        .body("application/json", "MARK-RAW");
    shown.add(&raw);
    shown.add(&client.raw(raw));
    shown.add(&Environment::ProviderTest);
    for sent in script.seen() {
        shown.add(&sent);
    }

    for marker in MARKERS {
        assert!(!shown.0.contains(marker), "{marker} was printed:\n{}", context(&shown.0, marker));
    }
    assert!(!shown.0.contains(NUMBER), "{NUMBER}");
}

/// The line in which the marker stands.
fn context<'a>(text: &'a str, marker: &str) -> &'a str {
    text.lines().find(|line| line.contains(marker)).unwrap_or_default()
}
