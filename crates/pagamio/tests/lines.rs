//! A receipt's lines by the category's metadata, and what a purchase lacks against it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    CategoryFields, Client, ExposeSecret, PathMatch, Purchase, Purchased, Receipt, ReceiptLine, TransactionQuery,
};
use pay_core::script::Play;
use pay_sandbox::Sandbox;
use proptest::prelude::*;
use support::{airtime, amount, answering, client, on};

fn fields(receipt_fields: &[&str]) -> CategoryFields {
    serde_json::from_value(serde_json::json!({ "receiptFields": receipt_fields })).unwrap()
}

async fn receipt(body: &str) -> Receipt {
    let script = answering(vec![Play::answer(200, body.to_owned())]);
    match client(&script).purchase(airtime("R")).send().await.unwrap() {
        Purchased::Completed(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn flat(json: &str) -> Receipt {
    receipt(&format!(r#"{{"transactionId":"T","responseCode":"0","successful":true,"receipt":{json}}}"#)).await
}

fn shown(lines: &[ReceiptLine]) -> Vec<(&str, &str)> {
    lines.iter().map(|line| (line.path.as_str(), line.value.expose_secret())).collect()
}

// The documented metadata, on the receipts that were seen.

#[tokio::test(start_paused = true)]
async fn a_vouchers_lines_are_found_in_the_receipt_in_their_order() {
    let paths = [
        "voucher.pin",
        "voucher.serialNumber",
        "voucher.amount",
        "voucher.expiryDate",
        "voucher.content.redemptionInstructions",
        "voucher.content.termsAndConditions",
        "details[0].productInstructions",
        "details[0].tokens[0].token",
        "details[0].tokens[0].serialNumber",
        "details[0].productAmount",
    ];
    let receipt = flat(
        r#"{"voucher":{"pin":"0000111122223333","serialNumber":"0099","amount":100.10,"expiryDate":"2027-12-31","content":{"redemptionInstructions":"r","termsAndConditions":"t"}},
            "details":[{"productInstructions":"p","productAmount":10000,"tokens":[{"token":"0001","serialNumber":7},{"token":"0002"}]}]}"#,
    )
    .await;
    let lines = receipt.lines(&fields(&paths));
    let values = ["0000111122223333", "0099", "100.10", "2027-12-31", "r", "t", "p", "0001", "7", "10000"];
    assert_eq!(shown(&lines), paths.into_iter().zip(values).collect::<Vec<_>>());
    let printed = format!("{lines:?}{lines:#?}");
    assert!(printed.contains("voucher.pin") && !printed.contains("0000111122223333"), "{printed}");
}

/// One page starts its paths at the whole answer.
const ELECTRICITY: [&str; 6] = [
    "receipt.token",
    "receipt.units",
    "receipt.unitType",
    "receipt.taxAmount",
    "receipt.amount",
    "receipt.meterNumber",
];

const TOKEN: &str = r#"{"token":"01234567890123456789","units":100,"unitType":"kWh","taxAmount":18.42,"amount":3000,"meterNumber":"00001100000"}"#;

#[tokio::test(start_paused = true)]
async fn paths_from_the_whole_answer_are_found_wherever_the_receipt_stands() {
    let values = ["01234567890123456789", "100", "kWh", "18.42", "3000", "00001100000"];
    let want: Vec<_> = ELECTRICITY.into_iter().zip(values).collect();
    let bodies = [
        format!(r#"{{"responseCode":"0","successful":true,"receipt":{TOKEN}}}"#),
        format!(r#"{{"success":true,"data":{{"responseCode":0,"status":"COMPLETED","receipt":{TOKEN}}}}}"#),
        format!(r#"{{"responseCode":"0","successful":true,"data":{TOKEN}}}"#),
    ];
    for body in bodies {
        let receipt = receipt(&body).await;
        assert_eq!(shown(&receipt.lines(&fields(&ELECTRICITY))), want, "{body}");
    }
    // The same receipt in a record of the history.
    let page = format!(r#"[{{"transactionId":"T","merchantReference":"R","receipt":{TOKEN}}}]"#);
    let script = answering(vec![Play::answer(200, page)]);
    let page = client(&script).transactions(&TransactionQuery::new(), 0).send().await.unwrap();
    let receipt = page.items[0].receipt().unwrap();
    assert_eq!(shown(&receipt.lines(&fields(&ELECTRICITY))), want);
    assert_eq!(shown(&receipt.lines(&fields(&["amount"]))), [("amount", "3000")]);
}

#[tokio::test(start_paused = true)]
async fn the_whole_answer_comes_before_the_receipt() {
    let receipt = receipt(
        r#"{"responseCode":"0","successful":true,"amount":"of the answer","only":{"top":1},
            "receipt":{"amount":"of the receipt","only":{"below":2},"receipt":{"amount":"deeper"}}}"#,
    )
    .await;
    let paths = ["amount", "receipt.amount", "only.top", "only.below", "receipt.receipt.amount", "responseCode"];
    let values = ["of the answer", "of the receipt", "1", "2", "deeper", "0"];
    assert_eq!(shown(&receipt.lines(&fields(&paths))), paths.into_iter().zip(values).collect::<Vec<_>>());
}

const RECHARGE: [&str; 5] = [
    "rechargeDetails.rechargeType",
    "rechargeDetails.callCentre",
    "rechargeDetails.rechargeVendor",
    "amount",
    "reference",
];

const AIRTIME: &str = r#"{"rechargeType":"PINLESS","callCentre":"082 135","rechargeVendor":"AirtimeStub","amount":1000,"aggregator":"FLASH"}"#;

#[tokio::test(start_paused = true)]
async fn the_last_name_alone_counts_only_where_it_is_asked_for() {
    let receipt = flat(AIRTIME).await;
    // The documented paths and the captured receipt differ: no guess by default.
    assert_eq!(shown(&receipt.lines(&fields(&RECHARGE))), [("amount", "1000")]);
    assert_eq!(shown(&receipt.lines_by(&fields(&RECHARGE), PathMatch::default())), [("amount", "1000")]);
    let values = ["PINLESS", "082 135", "AirtimeStub", "1000"];
    let want: Vec<_> = RECHARGE.into_iter().zip(values).collect();
    assert_eq!(shown(&receipt.lines_by(&fields(&RECHARGE), PathMatch::LastName)), want);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_stands_twice_is_nobodys() {
    let receipt =
        flat(r#"{"tokens":[{"token":"1"},{"token":"2"}],"a":{"pin":"3"},"b":{"c":[{"serial":"4"}]},"pin":null}"#).await;
    let paths = fields(&["details[0].token", "voucher.pin", "x.serial", "x.serial[0]", "x.missing", "x.a"]);
    let lines = receipt.lines_by(&paths, PathMatch::LastName);
    assert_eq!(shown(&lines), [("voucher.pin", "3"), ("x.serial", "4"), ("x.serial[0]", "4")]);
    assert!(receipt.lines(&paths).is_empty());
    // Only in the receipt: what else the answer holds is no receipt.
    assert!(receipt.lines_by(&fields(&["x.responseCode"]), PathMatch::LastName).is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_leads_nowhere_is_skipped() {
    let receipt = flat(
        r#"{"a":{"b":[[{"c":"deep"}],"text",null,true,false,-1.50,{}]},"empty":"","a.b":"dotted","nul":null,"list":[],"obj":{}}"#,
    )
    .await;
    let paths = [
        "a",
        "a.b",
        "a.b[0]",
        "a.b[0][0]",
        "a.b[0][0].c",
        "a.b[1]",
        "a.b[2]",
        "a.b[3]",
        "a.b[4]",
        "a.b[5]",
        "a.b[6]",
        "a.b[7]",
        "a.b[1].c",
        "a[0]",
        "nul",
        "list",
        "obj",
        "list[0]",
        "missing",
        "empty",
        "",
        ".",
        "a..b",
        "a.b[",
        "a.b[-1]",
        "a.b[01]",
        "a.b[18446744073709551616]",
        "receipt",
        "receipt.",
        "receipt.missing",
    ];
    let lines = receipt.lines(&fields(&paths));
    let want = [
        ("a.b[0][0].c", "deep"),
        ("a.b[1]", "text"),
        ("a.b[3]", "true"),
        ("a.b[4]", "false"),
        ("a.b[5]", "-1.50"),
        ("empty", ""),
        ("a.b[01]", "text"),
    ];
    assert_eq!(shown(&lines), want);
    let none = self::receipt(r#"{"responseCode":"0","successful":true}"#).await;
    for matching in [PathMatch::Whole, PathMatch::LastName] {
        assert!(none.lines_by(&fields(&["amount", "receipt.amount"]), matching).is_empty());
    }
}

/// A value that `depth` lists hold.
fn buried(depth: usize) -> String {
    format!("{}{{\"pin\":\"1\"}}{}", "[".repeat(depth), "]".repeat(depth))
}

#[tokio::test(start_paused = true)]
async fn the_search_by_name_ends_in_the_depth() {
    for (depth, found) in [(3, 1), (60, 0), (20_000, 0)] {
        let body = format!(r#"{{"responseCode":"0","successful":true,"receipt":{{"deep":{}}}}}"#, buried(depth));
        let receipt = receipt(&body).await;
        assert_eq!(receipt.lines_by(&fields(&["x.pin"]), PathMatch::LastName).len(), found, "{depth}");
    }
}

// Whatever path, whatever answer.

fn bought(body: String) -> Option<Receipt> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let script = answering(vec![Play::answer(200, body)]);
        match client(&script).purchase(airtime("R")).send().await {
            Ok(Purchased::Completed(receipt)) => Some(receipt),
            _ => None,
        }
    })
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "[a-c0-9]{0,3}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-c]|receipt", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The same path by another library's walk.
fn pointed<'a>(root: &'a serde_json::Value, path: &str) -> Option<&'a serde_json::Value> {
    root.pointer(&format!("/{}", path.replace(['.', '['], "/").replace(']', "")))
}

fn text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_path_and_no_answer_makes_it_panic(
        paths in prop::collection::vec(prop_oneof![any::<String>(), "[a.\\[\\]0-9+-]{0,12}"], 0..6),
        receipt in json(),
    ) {
        let Some(receipt) = bought(format!(r#"{{"responseCode":"0","successful":true,"receipt":{receipt}}}"#)) else {
            return Err(TestCaseError::fail("no sale"));
        };
        let fields = fields(&paths.iter().map(String::as_str).collect::<Vec<_>>());
        for matching in [PathMatch::Whole, PathMatch::LastName] {
            let lines = receipt.lines_by(&fields, matching);
            prop_assert!(lines.iter().all(|line| paths.contains(&line.path)));
        }
    }

    #[test]
    fn a_path_leads_where_another_walk_leads(
        receipt in prop::collection::btree_map("[a-c]", json(), 1..4),
        path in "[a-c](\\.[a-c]|\\[[0-2]\\]){0,3}",
    ) {
        let value = serde_json::Value::Object(receipt.into_iter().collect());
        // None of the answer's own members has such a name.
        let found = bought(format!(r#"{{"responseCode":"0","successful":true,"receipt":{value}}}"#)).unwrap();
        let want = pointed(&value, &path).and_then(text);
        let lines = found.lines(&fields(&[&path, &format!("receipt.{path}")]));
        let values: Vec<_> = lines.iter().map(|line| line.value.expose_secret().to_owned()).collect();
        prop_assert_eq!(values, want.into_iter().flat_map(|text| [text.clone(), text]).collect::<Vec<_>>());
    }
}

// On the sandbox.

async fn lines_of(client: &Client, category: &str, purchase: Purchase, matching: PathMatch) -> Vec<ReceiptLine> {
    let categories = client.categories().send().await.unwrap();
    let category = categories.iter().find(|found| found.name.as_deref() == Some(category)).unwrap();
    let fields = category.meta_fields().unwrap().unwrap();
    assert!(fields.lacking(&purchase).is_empty(), "{:?}", fields.lacking(&purchase));
    match client.purchase(purchase).send().await.unwrap() {
        Purchased::Completed(receipt) => receipt.lines_by(&fields, matching),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn receipts_of_the_sandbox_have_their_lines_in_every_mode() {
    for (shape, rooted) in [("flat", "rooted"), ("flat", "unrooted"), ("nested", "rooted"), ("nested", "unrooted")] {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_modes("pagamio", &[("purchase_answer", shape), ("receipt_fields", rooted)]).unwrap();
        let client = on(&sandbox, sandbox.pagamio().merchant()).build().unwrap();
        let voucher = || Purchase::new("VCH-STM-001", amount("100.00"));
        let whole = lines_of(&client, "Voucher", voucher().reference("v-1"), PathMatch::Whole).await;
        assert_eq!(whole.len(), 10, "{shape} {rooted}: {whole:?}");
        assert!(whole.iter().any(|line| line.path.ends_with("pin") && line.value.expose_secret().len() == 16));
        let whole = lines_of(&client, "Airtime", airtime("a-1"), PathMatch::Whole).await;
        assert_eq!(whole.len(), 2, "amount and reference: {whole:?}");
        let guessed = lines_of(&client, "Airtime", airtime("a-2"), PathMatch::LastName).await;
        assert_eq!(guessed.len(), 5, "{guessed:?}");
    }
}

// What a purchase lacks.

#[test]
fn what_a_purchase_lacks_is_named() {
    let metadata: CategoryFields = serde_json::from_str(
        r#"{"fields":[{"name":"amount","type":"number","required":true},{"name":"mobileNumber","required":true},
            {"name":"meterNumber","required":true},{"name":"paymentMethod","required":true},{"name":"accountNumber","required":true},
            {"name":"agree","type":"boolean","required":true},{"name":"note","required":false},{"name":"hint"},
            {"name":"channelId","required":true},{"name":"merchantReference","required":true},{"name":"additionalInfo","required":true},
            {"name":"productCode","required":true}]}"#,
    )
    .unwrap();
    let asked: Vec<_> = metadata.required_fields().map(|field| field.name.as_str()).collect();
    assert_eq!(asked.len(), 10);
    let bare = Purchase::new("P", amount("1"));
    let all = ["mobileNumber", "meterNumber", "accountNumber", "agree", "merchantReference", "additionalInfo"];
    assert_eq!(metadata.lacking(&bare), all);
    let some = Purchase::electricity("P", amount("1"), "0012").field("accountNumber", "7").reference("R");
    assert_eq!(metadata.lacking(&some), ["mobileNumber", "agree", "additionalInfo"]);
    // An empty text is none: the documents say to leave it out.
    let empty = some.clone().field("accountNumber", "").payment_method("");
    assert_eq!(metadata.lacking(&empty), ["mobileNumber", "paymentMethod", "accountNumber", "agree", "additionalInfo"]);
    let whole = Purchase::airtime("P", amount("1"), support::NUMBER)
        .field("meterNumber2", "x")
        .field("accountNumber", "7")
        .field("agree", false)
        .additional_info("a", "b")
        .reference("R");
    assert_eq!(metadata.lacking(&whole), ["meterNumber"]);
    assert!(CategoryFields::lacking(&fields(&["amount"]), &bare).is_empty());
}
