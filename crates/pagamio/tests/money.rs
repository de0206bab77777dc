//! Money keeps its last digit wherever it stands: plain, nested, in a union, beside extra members, in either direction.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Amount, BillLookupRequest, FieldValue, Purchase, Purchased, TransactionQuery, Unit};
use pay_core::script::Play;
use support::{amount, answering, calls, client};

/// No floating point holds these.
const DIGITS: [&str; 7] = [
    "0.10",
    "4.350",
    "50.0",
    "1234567890123456.78",
    "0.1000000000000000055511151231",
    "79228162514264337593543950.33",
    "9007199254740993",
];

/// As a number, and as a text that some page may hold.
fn forms(digits: &str) -> [String; 2] {
    [digits.to_owned(), format!("\"{digits}\"")]
}

#[tokio::test(start_paused = true)]
async fn plain_in_a_list() {
    for digits in DIGITS {
        for form in forms(digits) {
            let body =
                format!(r#"[{{"code":"A","new":{form},"minAmount":{form},"maxAmount":{form},"fixedAmount":{form}}}]"#);
            let script = answering(vec![Play::answer(200, body)]);
            let product = client(&script).category_products("1").send().await.unwrap().remove(0);
            assert_eq!(product.min_amount.unwrap().to_string(), digits);
            assert_eq!(product.fixed_price().unwrap().to_string(), digits);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nested_in_a_lookup() {
    for digits in DIGITS {
        for form in forms(digits) {
            let body = format!(r#"{{"lookUpReceipt":{{"new":{form},"amount":{form},"metadata":{{"due":{form}}}}}}}"#);
            let script = answering(vec![Play::answer(200, body)]);
            let request = BillLookupRequest::builder().account_number("1").product_code("B").build().unwrap();
            let receipt = client(&script).lookup_bill_payment(&request).send().await.unwrap().look_up_receipt.unwrap();
            assert_eq!(receipt.amount.unwrap().as_received().to_string(), digits);
            assert_eq!(receipt.metadata.unwrap().expose_str(), Some(format!(r#"{{"due":{form}}}"#).as_str()));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_a_page_and_in_a_plain_list() {
    for digits in DIGITS {
        for form in forms(digits) {
            let record = format!(
                r#"{{"price":{form},"partnerName":{form},"totalAmount":{form},"receipt":{{"amount":{form}}}}}"#
            );
            for body in [format!("[{record}]"), format!(r#"{{"content":[{record}],"total":{form}}}"#)] {
                let script = answering(vec![Play::answer(200, body)]);
                let page = client(&script).transactions(&TransactionQuery::new(), 0).send().await.unwrap();
                let record = &page.items[0];
                assert_eq!(record.price.unwrap().to_string(), digits);
                assert_eq!(record.total_amount.unwrap().to_string(), digits);
                assert_eq!(record.receipt().unwrap().amount().unwrap().as_received().to_string(), digits);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn in_every_shape_of_a_purchase_answer() {
    for digits in DIGITS {
        let receipt = format!(r#"{{"amount":{digits},"tokens":[{{"token":"1","quantity":{digits}}}]}}"#);
        for body in [
            format!(r#"{{"responseCode":"0","successful":true,"new":{digits},"receipt":{receipt}}}"#),
            format!(r#"{{"responseCode":0,"successful":true,"data":{receipt}}}"#),
            format!(r#"{{"success":true,"data":{{"responseCode":0,"status":"COMPLETED","receipt":{receipt}}}}}"#),
        ] {
            let script = answering(vec![Play::answer(200, body)]);
            let purchase = Purchase::new("P", amount("1")).reference("R");
            let Purchased::Completed(receipt) = client(&script).purchase(purchase).send().await.unwrap() else {
                panic!("not completed")
            };
            assert_eq!(receipt.amount().unwrap().as_received().to_string(), digits);
            assert_eq!(receipt.electricity_tokens()[0].quantity.unwrap().as_received().to_string(), digits);
            assert_eq!(receipt.amount_unit(amount(digits)), Some(Unit::Major));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sent_plain_in_a_union_and_beside_extra_members() {
    for digits in DIGITS {
        let value: Amount = amount(digits);
        assert_eq!(serde_json::to_string(&FieldValue::from(value)).unwrap(), digits);
        let script = answering(vec![Play::answer(200, support::COMPLETED)]);
        let purchase = Purchase::new("P", amount("1234567890123456.78"))
            .field("aaa", value)
            .field("zzz", "text")
            .additional_info("limit", value)
            .reference("R");
        let _ = client(&script).purchase(purchase.clone()).send().await.unwrap();
        let want = |channel: &str| {
            format!(
                r#"{{"productCode":"P","amount":1234567890123456.78,"aaa":{digits},"zzz":"text","paymentMethod":"cash","channelId":"{channel}","merchantReference":"R","additionalInfo":{{"limit":{digits}}}}}"#
            )
        };
        assert_eq!(calls(&script)[0].text(), want("F5YZP7"));
        // As a value it is written the same; it has no channel before a client has sent it.
        assert_eq!(serde_json::to_string(&purchase).unwrap(), want(""));
    }
}
