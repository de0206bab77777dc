//! Category products, enumerations, lookups and passwords: the bytes that go out, and every answer that the documents show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    BillLookup, BillLookupRequest, Call, Client, Code, Error, Id, Kind, LookupEntry, LookupName, Outcome, RawBody,
    State,
};
use pay_core::script::{Play, Script};
use pay_sandbox::Sandbox;
use support::golden::{assert_sent, only};
use support::{amount, answering, calls, client, on};

fn bill(account: &str) -> BillLookupRequest {
    BillLookupRequest::builder().account_number(account).product_code("BIL-DST-001").build().unwrap()
}

async fn answered<T>(status: u16, body: &str, call: impl FnOnce(&Client) -> Call<T>) -> Result<T, Error> {
    let script = answering(vec![Play::answer(status, body.to_owned())]);
    call(&client(&script)).send().await
}

async fn read<T>(body: &str, call: impl FnOnce(&Client) -> Call<T>) -> T {
    answered(200, body, call).await.unwrap_or_else(|error| panic!("{error}: {body}"))
}

// What goes out.

macro_rules! sends {
    ($($name:ident: $answer:literal, $call:expr;)+) => { $(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let script = answering(vec![Play::answer(200, $answer)]);
            let call: fn(&Client) -> _ = $call;
            call(&client(&script)).send().await.unwrap();
            assert_sent(&only(&script), include_str!(concat!("goldens/", stringify!($name), ".http")));
        } )+
    };
}

sends! {
    category_products: "[]", |client| client.category_products(1002_u64);
    lookups: "[]", |client| client.lookups(&LookupName::TransactionItemStatus);
    lookup_bill_payment: "{}", |client| client.lookup_bill_payment(&bill("0081715524"));
    lookup_money_transfer: "{}", |client| client.lookup_money_transfer(r#"{"accountNumber":"27821200000"}"#);
    lookup_electricity: "{}", |client| {
        client.lookup_electricity(r#"{"meterNumber": "00001100000", "productCode": "ELE-FLS-001"}"#)
    };
    forgot_password: "{}", |client| client.forgot_password(r#"{"username":"shop@example.co.za"}"#);
    reset_password: "{}", |client| client.reset_password(r#"{ "any" : ["JSON", 1.10] }"#);
}

#[tokio::test(start_paused = true)]
async fn every_enumeration_has_its_documented_name_and_others_can_be_asked_for() {
    let documented = [
        (LookupName::Brands, "brands"),
        (LookupName::Providers, "providers"),
        (LookupName::TransactionStatus, "transaction-status"),
        (LookupName::TransactionItemStatus, "transaction-item-status"),
        (LookupName::ChannelTypes, "channel-types"),
        (LookupName::PartnerTypes, "partner-types"),
        (LookupName::FundingMethods, "funding-methods"),
        (LookupName::FundingRequestStatus, "funding-request-status"),
        (LookupName::Integrations, "integrations"),
        (LookupName::Environments, "environments"),
        (LookupName::AuthenticationTypes, "authentication-types"),
        (LookupName::SimpleEntityTypes, "simple-entity-types"),
        (LookupName::from("a new one/x"), "a%20new%20one%2Fx"),
    ];
    for (name, segment) in documented {
        let script = answering(vec![Play::answer(200, "[]")]);
        client(&script).lookups(&name).send().await.unwrap();
        let url = format!("https://vas-sandbox-api.pagamio.tech/api/v1/lookups/{segment}");
        assert_eq!((only(&script).method.as_str(), only(&script).url), ("GET", url));
        assert_eq!(LookupName::from(name.as_str()), name);
    }
    for wrong in ["", ".", ".."] {
        let script = Script::new(|_| panic!("something was sent"));
        let error = client(&script).lookups(&LookupName::from(wrong)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{wrong:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_json_is_not_sent() {
    let script = Script::new(|_| panic!("something was sent"));
    let client = client(&script);
    for body in ["", "{", "meterNumber=1", "{} {}", "{\"a\":}"] {
        for call in [
            client.lookup_electricity(body),
            client.lookup_money_transfer(body),
            client.forgot_password(body),
            client.reset_password(body),
        ] {
            let error = call.send().await.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{body:?}");
        }
    }
    assert!(script.seen().is_empty());
}

#[test]
fn a_lookup_names_all_that_it_was_not_given() {
    let error = BillLookupRequest::builder().build().unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone));
    assert!(error.to_string().contains("`accountNumber`, `productCode`"), "{error}");
}

// 4.3: the products of a category.

#[tokio::test(start_paused = true)]
async fn category_products_are_read_as_printed() {
    let body = r#"[ { "name": "Weekly bundle 1GB", "shortName": "1GB weekly", "code": "DAT-CLC-028",
    "minAmount": 19.00, "maxAmount": 19.00, "imageUrl": "https://...", "status": 1, "id": 21450,
    "categoryId": 1002, "categoryName": "Data", "brandId": 2850, "brandName": "Cellc",
    "fixedAmount": true, "pinLess": true },
    { "code": "DAT-MTN-037", "name": "Pinless", "pinLess": false, "fixedAmount": false, "minAmount": 99.00, "maxAmount": 99.00, "status": 0 },
    { "code": "X", "imageUrl": 7, "categoryId": {}, "categoryName": [], "status": {}, "new": {"a": 1.10} } ]"#;
    let list = read(body, |client| client.category_products("1002")).await;
    assert_eq!((&list[0].id, &list[0].category_id), (&Some(Id::Number(21450)), &Some(Id::Number(1002))));
    assert_eq!((list[0].category_name.as_deref(), list[0].image_url.as_deref()), (Some("Data"), Some("https://...")));
    assert_eq!((list[0].status.clone(), list[1].status.clone()), (Some(State::Active), Some(State::Inactive)));
    // The flag says no, the limits say yes: the limits count.
    assert_eq!((list[1].fixed_amount, list[1].fixed_price()), (Some(false), Some(amount("99"))));
    assert_eq!((list[2].code.as_str(), &list[2].status, &list[2].category_id), ("X", &None, &None));
}

// 4.5: enumerations.

#[tokio::test(start_paused = true)]
async fn entries_are_words_or_objects_in_either_form() {
    let words =
        read(r#"["PENDING","PROCESSING","COMPLETED","FAILED"]"#, |c| c.lookups(&LookupName::TransactionStatus)).await;
    assert_eq!(words.len(), 4);
    assert!(matches!(&words[2], LookupEntry::Text(word) if word == "COMPLETED"));

    let body = r#"[{"id":"P1","code":"VOD","description":"Vodacom","state":"ACTIVE","type":"PROVIDER"},{"id":2850,"code":"VM","description":"Vodacom","state":1,"type":"BRAND","parentId":null,"createdById":1000,"lastModifiedById":null,"createdDate":"2025-08-01T05:12:32.269743","lastModifiedDate":null},{"id":"0012","state":0},{"state":"SUSPENDED","createdById":true,"createdDate":5,"new":[1]},{"state":7},{}]"#;
    let entries = read(body, |client| client.lookups(&LookupName::Brands)).await;
    let object = |at: usize| match &entries[at] {
        LookupEntry::Object(object) => object.clone(),
        other => panic!("{other:?}"),
    };
    let (provider, brand) = (object(0), object(1));
    assert_eq!((&provider.id, provider.code.as_deref()), (&Some(Id::Text("P1".into())), Some("VOD")));
    assert_eq!((&brand.id, brand.kind.as_deref()), (&Some(Id::Number(2850)), Some("BRAND")));
    assert_eq!((provider.state.clone(), brand.state.clone()), (Some(State::ActiveWord), Some(State::Active)));
    assert!(provider.state.unwrap().is_active() && brand.state.unwrap().is_active());
    assert_eq!((brand.created_by_id, brand.last_modified_by_id, brand.parent_id), (Some(Id::Number(1000)), None, None));
    assert_eq!((object(2).id, object(2).state), (Some(Id::Text("0012".into())), Some(State::Inactive)));
    // What no document lists stays what it was, and goes out as it came.
    for (at, text) in [(3, r#""SUSPENDED""#), (4, "7")] {
        let state = object(at).state.unwrap();
        assert!(matches!(state, State::Unknown(_)) && !state.is_active());
        assert_eq!(serde_json::to_string(&state).unwrap(), text);
    }
    assert_eq!((object(3).created_by_id, object(3).created_date), (None, None));
    // Written again, an entry is what it was, as far as the model knows it.
    let written = serde_json::to_value(&entries[1]).unwrap();
    assert_eq!((&written["id"], &written["state"]), (&serde_json::json!(2850), &serde_json::json!(1)));

    let error = answered(200, r#"["a",{"id":1},7]"#, |client| client.lookups(&LookupName::Brands)).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone));
    assert!(error.to_string().contains("[2]"), "{error}");
}

// 4.6: lookups of accounts.

const BILL: &str = r#"{ "successful": true, "message": null, "validationReference": "BAL-0000000000001",
  "lookUpReceipt": {
    "amount": 10000,
    "biller":   { "code": "1001", "name": "Example Biller", "callCentre": "000 000 0000" },
    "consumer": { "name": "JANE SMITH", "accountNo": "10000001", "accountStatus": "", "cellNumber": "" },
    "responseCode": 0, "responseMessage": "Success",
    "accountNumber": "0000-0000-0000-0001", "reference": "BAL-0000000000001",
    "transactionDate": "01/01/2026 00:00:00 +02:00", "transactionId": 1000000001,
    "metadata": { "any": "string" } } }"#;

async fn looked_up(body: &str) -> BillLookup {
    read(body, |client| client.lookup_bill_payment(&bill("1"))).await
}

#[tokio::test(start_paused = true)]
async fn a_bill_lookup_is_read_as_printed_with_its_traps() {
    let lookup = looked_up(BILL).await;
    assert_eq!((lookup.successful, lookup.message.as_deref()), (Some(true), None));
    assert_eq!(lookup.validation_reference.as_deref(), Some("BAL-0000000000001"));
    assert!(!format!("{lookup:?}").contains("JANE") && !format!("{lookup:#?}").contains("0000-0000"));
    let receipt = lookup.look_up_receipt.unwrap();
    assert_eq!(receipt.amount.unwrap().as_received().to_string(), "10000");
    assert_eq!(receipt.response_code.unwrap().as_str(), "0", "a number here, a text elsewhere");
    assert_eq!(receipt.transaction_id, Some(Id::Number(1000000001)));
    assert_eq!(receipt.account_number.as_deref(), Some("0000-0000-0000-0001"));
    assert_eq!(receipt.reference, lookup.validation_reference);
    assert_eq!(receipt.transaction_date.as_deref(), Some("01/01/2026 00:00:00 +02:00"));
    let (biller, consumer) = (receipt.biller.unwrap(), receipt.consumer.unwrap());
    assert_eq!((biller.code.as_deref(), biller.name.as_deref()), (Some("1001"), Some("Example Biller")));
    assert_eq!(biller.call_centre.as_deref(), Some("000 000 0000"));
    assert_eq!((consumer.name.as_deref(), consumer.account_no.as_deref()), (Some("JANE SMITH"), Some("10000001")));
    assert_eq!((consumer.account_status.as_deref(), consumer.cell_number.as_deref()), (Some(""), Some("")));
    assert_eq!(receipt.metadata.unwrap().expose_str(), Some(r#"{ "any": "string" }"#), "as it came");
}

#[tokio::test(start_paused = true)]
async fn a_bill_lookup_with_hardly_anything_or_more_than_expected_is_read() {
    assert_eq!(looked_up("{}").await.look_up_receipt, None);
    let body = r#"{"successful":true,"new":1,"lookUpReceipt":{"amount":"1234567890123456.78","responseCode":"00","transactionId":"0012","transactionDate":7,"metadata":{"due":10.10,"list":[1]},"new":{}}}"#;
    let receipt = looked_up(body).await.look_up_receipt.unwrap();
    assert_eq!(receipt.amount.unwrap().as_received().to_string(), "1234567890123456.78");
    assert_eq!((receipt.response_code.unwrap().as_str(), receipt.transaction_date), ("00", None));
    assert_eq!(receipt.transaction_id, Some(Id::Text("0012".into())));
    assert_eq!(receipt.metadata.unwrap().expose_str(), Some(r#"{"due":10.10,"list":[1]}"#));
    assert!(looked_up(r#"{"lookUpReceipt":{"metadata":null,"consumer":null}}"#).await.look_up_receipt.is_some());
}

/// Envelope D, and the failure that comes with 200.
#[tokio::test(start_paused = true)]
async fn a_refused_lookup_has_its_code_and_message() {
    let d = r#"{ "timestamp": "2026-01-01T00:00:00.000000000", "status": "BAD_REQUEST", "error": "INVALID_ACCOUNT",
  "errorCode": 1100, "message": "The Account is invalid", "path": "/api/v1/lookup/bill-payment" }"#;
    let error = answered(400, d, |client| client.lookup_bill_payment(&bill("1"))).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Refused, Outcome::Refused), "{error}");
    assert_eq!(
        (Code::of(&error), error.provider_message()),
        (Some(Code::InvalidAccount), Some("The Account is invalid"))
    );
    assert_eq!((error.operation(), error.status().unwrap().as_u16()), ("lookup_bill_payment", 400));
    let script = answering(vec![Play::answer(400, d)]);
    let client = client(&script);
    for call in [client.lookup_electricity("{}"), client.lookup_money_transfer("{}")] {
        let error = call.send().await.unwrap_err();
        assert_eq!((error.outcome(), Code::of(&error)), (Outcome::Refused, Some(Code::InvalidAccount)));
    }
    let no = r#"{"successful":false,"message":"No such account","validationReference":null,"lookUpReceipt":null}"#;
    let error = answered(200, no, |client| client.lookup_bill_payment(&bill("1"))).await.unwrap_err();
    assert_eq!((error.outcome(), error.provider_message()), (Outcome::Refused, Some("No such account")));
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_does_not_parse_keeps_its_body_and_did_nothing() {
    for body in ["<html>PRIVATE", r#"{"lookUpReceipt":{"amount":"PRIVATE"}}"#, r#"["PRIVATE"]"#] {
        let error = answered(200, body, |client| client.lookup_bill_payment(&bill("1"))).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone), "{error}");
        assert_eq!(error.body().unwrap().expose_str(), Some(body));
        assert!(!format!("{error}{error:?}").contains("PRIVATE"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_document_shows_comes_as_it_is() {
    let body = r#" {"customer": "PRIVATE", "amount": 79228162514264337593543950.33} "#;
    for answer in [
        read(body, |client| client.lookup_electricity(r#"{"a":1}"#)).await,
        read(body, |client| client.lookup_money_transfer("[]")).await,
        read(body, |client| client.forgot_password("{}")).await,
        read(body, |client| client.reset_password("null")).await,
    ] {
        let answer: RawBody = answer;
        assert_eq!(answer.expose_str(), Some(body));
        assert!(!format!("{answer:?}").contains("PRIVATE"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_lookup_is_asked_again() {
    let script = answering(vec![Play::lost(), Play::answer(503, ""), Play::answer(200, "{}")]);
    client(&script).lookup_electricity("{}").send().await.unwrap();
    assert_eq!(calls(&script).len(), 3);
}

// 3.4: passwords.

#[tokio::test(start_paused = true)]
async fn a_password_call_needs_no_token_and_is_never_sent_twice() {
    for play in [Play::lost(), Play::answer(500, ""), Play::answer(200, r#"{"responseCode":"1204"}"#)] {
        let script = answering(vec![play]);
        let error = client(&script).reset_password(r#"{"password":"hunter2"}"#).send().await.unwrap_err();
        assert_eq!((error.outcome(), error.operation()), (Outcome::Unknown, "reset_password"), "{error}");
        assert_eq!(script.seen().len(), 1, "no log-in, and one try");
        let text = format!("{error}{error:?}{:?}", script.seen());
        assert!(!text.contains("hunter2") && !text.contains("settle"), "{text}");
    }
    let script = answering(vec![Play::not_sent(), Play::answer(200, "{}")]);
    client(&script).forgot_password("{}").send().await.unwrap();
    assert_eq!(script.seen().len(), 2, "what was never sent can be");
}

#[tokio::test(start_paused = true)]
async fn a_refused_password_call_is_no_word_on_the_token() {
    // No token was sent, so no token was refused.
    let unauthorized = r#"{"responseCode":"401","responseMessage":"Unauthorized"}"#;
    let error = answered(401, unauthorized, |client| client.forgot_password("{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Unexpected, Outcome::Unknown), "{error}");
    let gone = r#"{"responseCode":"1102","responseMessage":"Customer not found","successful":false}"#;
    for status in [200, 400] {
        let error = answered(status, gone, |client| client.forgot_password("{}")).await.unwrap_err();
        assert_eq!((error.outcome(), Code::of(&error)), (Outcome::Refused, Some(Code::CustomerNotFound)));
    }
    let error = answered(403, "", |client| client.forgot_password("{}")).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Forbidden, Outcome::Refused));
    assert!(!error.to_string().contains("may buy"), "{error}");
}

// On the sandbox.

#[tokio::test]
async fn the_sandbox_looks_up_what_it_knows_and_refuses_the_rest() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = on(&sandbox, sandbox.pagamio().merchant()).build().unwrap();
    let found = client.lookup_bill_payment(&bill("81715524")).send().await.unwrap();
    let receipt = found.look_up_receipt.unwrap();
    assert_eq!((found.successful, receipt.account_number.as_deref()), (Some(true), Some("81715524")));
    assert!(found.validation_reference.is_some() && receipt.reference == found.validation_reference);
    let error = client.lookup_bill_payment(&bill("11111111")).send().await.unwrap_err();
    assert_eq!((error.outcome(), Code::of(&error)), (Outcome::Refused, Some(Code::InvalidAccount)), "{error}");
    let meter =
        |meter: &str| client.lookup_electricity(format!(r#"{{"meterNumber":"{meter}","productCode":"ELE-FLS-001"}}"#));
    assert!(meter("00001100000").send().await.unwrap().expose_str().unwrap().contains("lookUpReceipt"));
    assert_eq!(Code::of(&meter("99999999999").send().await.unwrap_err()), Some(Code::InvalidMeter));
    client.lookup_money_transfer(r#"{"accountNumber":"27821200000"}"#).send().await.unwrap();
    for name in ["brands", "providers", "transaction-status", "channel-types", "environments"] {
        assert!(!client.lookups(&LookupName::from(name)).send().await.unwrap().is_empty(), "{name}");
    }
    let error = client.lookups(&LookupName::from("no-such-list")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::NotFound, Outcome::Refused));
}

// What never prints.

#[tokio::test(start_paused = true)]
async fn what_is_private_does_not_print() {
    let request = bill("MARK-ACCOUNT");
    let builder = BillLookupRequest::builder().account_number("MARK-ACCOUNT");
    let script =
        answering(vec![Play::answer(200, BILL.replace("JANE SMITH", "MARK-NAME").replace("10000001", "MARK-NO"))]);
    let client = client(&script);
    let mut call = client.lookup_bill_payment(&request);
    let prepared = call.prepare().await.unwrap();
    let before = format!("{call:?}{prepared:?}");
    let reply = call.reply().await.unwrap();
    let password = client.reset_password(r#"{"password":"MARK-PASSWORD"}"#);
    let text = format!("{request:?}{builder:?}{before}{reply:?}{:?}{password:?}{:?}", reply.model, script.seen());
    assert!(!text.contains("MARK"), "{text}");
    assert!(text.contains("BIL-DST-001"));
}
