//! Every shape in which the provider's documents show an answer is read, to the last digit, and its bytes are kept.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::Play;
use pay1st::{
    ChannelStatus, Error, HandlingType, Kind, Outcome, Payment, PaymentMethod, PaymentStatus, RefundStatus, Refunded,
};
use support::{CREATED, REFERENCE, amount, answering, client, order, payment, refund, refunded};

/// As the provider's page shows it, up to where it could be read.
const GROUPED: &str = r#"{ "data": { "groups": [ {
  "id": 1, "name": "Credit / Debit Card", "imageLocation": "visa_mastercard.svg",
  "channels": [ {
    "id": 2,
    "paymentOption": { "id": 3, "name": "Paystack", "code": "PAYSTACK", "status": "ACTIVE" },
    "channel": { "id": 8, "name": "Visa", "code": "VISA", "paymentMethod": "CARD",
                 "status": "ACTIVE", "channelCode": "VI", "imageLocation": "visa.svg" },
    "paymentMethodType": { "id": 5, "name": "Basic", "code": "BASIC",
      "requiredParameters": "{\"personalInfo\":{\"firstName\":{\"dataType\":\"string\"},\"lastName\":{\"dataType\":\"string\"},\"email\":{\"dataType\":\"string\"},\"phoneNumber\":{\"dataType\":\"string\"}}}" } } ] } ] } }"#;

async fn methods(body: &str) -> Result<Vec<PaymentMethod>, Error> {
    let script = answering(vec![Play::answer(200, body.to_owned())]);
    let reply = client(&script).payment_methods("NG").reply().await?;
    assert_eq!(reply.body.expose_str(), Some(body), "the body as it came");
    Ok(reply.model)
}

#[tokio::test(start_paused = true)]
async fn grouped_methods_are_read_as_printed() {
    let all = methods(GROUPED).await.unwrap();
    assert_eq!(all.len(), 1);
    let visa = &all[0];
    // Both ids: which of them a link wants, no page says.
    assert_eq!((visa.outer_id, visa.inner_id, visa.flat_id), (Some(2), Some(8), None));
    assert_eq!((visa.name.as_deref(), visa.code.as_deref()), (Some("Visa"), Some("VISA")));
    assert_eq!((visa.kind.as_deref(), visa.group.as_deref()), (Some("CARD"), Some("Credit / Debit Card")));
    assert_eq!((visa.status.clone(), visa.image_location.as_deref()), (Some(ChannelStatus::Active), Some("visa.svg")));
    let processor = visa.processor.as_ref().unwrap();
    assert_eq!((processor.code.as_deref(), processor.status.clone()), (Some("PAYSTACK"), Some(ChannelStatus::Active)));
    let asked = visa.required_parameters().unwrap();
    let names: Vec<_> = asked.iter().map(|one| (one.section.as_str(), one.name.as_str())).collect();
    let wanted = ["email", "firstName", "lastName", "phoneNumber"].map(|name| ("personalInfo", name));
    assert_eq!(names, wanted);
    assert!(asked.iter().all(|one| one.data_type.as_deref() == Some("string")));
    let raw = visa.raw().expose_str().unwrap();
    assert!(raw.starts_with("{\n    \"id\": 2,") && raw.contains("\"channelCode\": \"VI\""), "{raw}");
}

#[tokio::test(start_paused = true)]
async fn flat_methods_are_read_as_printed() {
    let body = r#"[{ "channelId": 108, "channelName": "Opay Wallet", "countryCode": "NG", "currencyCode": "NGN" },
        {"channelId":109,"channelName":"Kuda Bank","new":1.10}]"#;
    let all = methods(body).await.unwrap();
    assert_eq!((all[0].outer_id, all[0].inner_id, all[0].flat_id), (None, None, Some(108)));
    assert_eq!(all[0].name.as_deref(), Some("Opay Wallet"));
    assert_eq!((all[0].country.as_deref(), all[0].currency.as_deref()), (Some("NG"), Some("NGN")));
    assert_eq!(all[1].raw().expose_str(), Some(r#"{"channelId":109,"channelName":"Kuda Bank","new":1.10}"#));
    assert_eq!(all[0].required_parameters().unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn methods_of_many_groups_keep_their_own_bytes() {
    let body = r#"{"data":{"groups":[{"name":"A","channels":[{"id":1},{"id":2,"x":[1]}]},{"channels":null},{"name":"C"},
        {"name":"D","channels":[{"id":"3","channel":{"id":9,"status":"SLEEPING"},"paymentMethodType":{"requiredParameters":{"a":1}}}]}],"more":1}}"#;
    let all = methods(body).await.unwrap();
    let raw: Vec<_> = all.iter().map(|one| one.raw().expose_str().unwrap().split(',').next().unwrap()).collect();
    assert_eq!(raw, [r#"{"id":1}"#, r#"{"id":2"#, r#"{"id":"3""#]);
    assert_eq!(all.iter().map(|one| one.group.as_deref()).collect::<Vec<_>>(), [Some("A"), Some("A"), Some("D")]);
    // An id of another type is left out, and stands in the raw bytes.
    assert_eq!((all[2].outer_id, all[2].inner_id), (None, Some(9)));
    assert_eq!(all[2].status, Some(ChannelStatus::Unknown("SLEEPING".into())));
    assert_eq!(all[2].required_parameters().unwrap(), []);
    assert_eq!(methods(r#"{"data":{"groups":[]}}"#).await.unwrap(), []);
    assert_eq!(methods("[]").await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn methods_in_no_shown_shape_are_errors() {
    for body in ["{}", r#"{"data":null}"#, r#"{"data":{"groups":{}}}"#, "null", "\"x\"", "[1]"] {
        let error = methods(body).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone), "{body}");
        assert_eq!(error.body().and_then(|kept| kept.expose_str()), Some(body));
    }
}

#[tokio::test(start_paused = true)]
async fn required_parameters_that_are_no_json_say_so() {
    for text in ["no json", "[]", r#"{"a":1}"#, r#"{"a":{"b":1}}"#] {
        let quoted = serde_json::to_string(text).unwrap();
        let body = format!(
            r#"{{"data":{{"groups":[{{"channels":[{{"paymentMethodType":{{"requiredParameters":{quoted}}}}}]}}]}}}}"#
        );
        let all = methods(&body).await.unwrap();
        assert!(all[0].required_parameters().is_err(), "{text}");
        let kept = all[0].method_type.as_ref().unwrap().required_parameters.as_deref();
        assert_eq!(kept, Some(text));
    }
    for text in ["", " ", "{}", r#"{"a":{}}"#] {
        let quoted = serde_json::to_string(text).unwrap();
        let body = format!(
            r#"{{"data":{{"groups":[{{"channels":[{{"paymentMethodType":{{"requiredParameters":{quoted}}}}}]}}]}}}}"#
        );
        assert_eq!(methods(&body).await.unwrap()[0].required_parameters().unwrap(), [], "{text:?}");
    }
}

async fn queried(body: &str) -> Result<Payment, Error> {
    let script = answering(vec![Play::answer(200, body.to_owned())]);
    client(&script).payment(REFERENCE).send().await
}

#[tokio::test(start_paused = true)]
async fn a_payment_is_read_as_printed() {
    let found = queried(&payment("NEW")).await.unwrap();
    assert_eq!((found.reference.as_str(), found.partner_reference.as_str()), (REFERENCE, "order-1"));
    assert_eq!((found.country_code.as_str(), found.currency_code.as_str()), ("NG", "NGN"));
    assert_eq!((found.amount, found.status), (amount("100"), PaymentStatus::New));
    let settings = found.partner_settings.unwrap();
    // The names differ from those of the request.
    assert_eq!(settings.success_callback_url.as_deref(), Some("https://callback.success"));
    assert_eq!(settings.cancel_callback_url.as_deref(), Some("https://callback.cancel"));
    assert_eq!((settings.partner_id, settings.webhook_url.as_deref()), (Some(9), Some("https://webhook.success")));
    assert_eq!(found.products[0].sku.as_deref(), Some("12345"));
    assert_eq!((found.products[0].price, found.products[0].quantity), (Some(amount("100")), Some(1)));
    assert_eq!(found.metadata[0].key.as_deref(), Some("customerId"));
    assert_eq!(found.metadata[0].value.as_deref(), Some("1"));
    assert_eq!((found.channel_id, found.channel_name), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_payment_with_more_or_less_beside_it_is_read() {
    let least = CREATED.replace("NEW", "NEVER_SEEN");
    let found = queried(&least).await.unwrap();
    assert_eq!(found.status, PaymentStatus::Unknown("NEVER_SEEN".into()));
    assert!(found.status.is_open() && found.products.is_empty() && found.partner_settings.is_none());
    let more = payment("SUCCESSFUL").replacen('{', r#"{"channelId":8,"channelName":"Visa","new":{"a":[1.10]},"#, 1);
    let found = queried(&more).await.unwrap();
    assert_eq!((found.channel_id, found.channel_name.as_deref()), (Some(8), Some("Visa")));
    assert!(found.status.is_paid());
    let odd = payment("FAILED")
        .replacen('{', r#"{"channelId":"8","channelName":8,"#, 1)
        .replace(r#""partnerId":9"#, r#""partnerId":"9""#);
    let found = queried(&odd).await.unwrap();
    assert_eq!((found.channel_id, found.channel_name, found.status), (None, None, PaymentStatus::Failed));
}

#[tokio::test(start_paused = true)]
async fn a_payment_without_what_every_page_shows_is_an_error_that_names_it() {
    for member in ["partnerReference", "countryCode", "currencyCode", "amount", "status"] {
        let error = queried(&CREATED.replace(member, "other")).await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Decode, Outcome::NotDone), "{member}");
    }
    let error = queried(&CREATED.replace(":100,", r#":"a lot","#)).await.unwrap_err();
    assert!(error.to_string().contains("at amount"), "{error}");
    assert!(!format!("{error:?}{error:#}").contains("a lot"));
}

#[tokio::test(start_paused = true)]
async fn a_created_payment_keeps_what_no_page_shows() {
    let body = CREATED.replacen('{', r#"{"transactionReference":"C-1-T","#, 1);
    let script = answering(vec![Play::answer(201, body.clone())]);
    let reply = client(&script).create_payment(order("order-1")).reply().await.unwrap();
    assert_eq!(reply.model.body().expose_str(), Some(body.as_str()));
    assert_eq!((reply.status.as_u16(), reply.attempts, reply.request_id), (201, 1, None));
    assert_eq!(reply.model.payment().amount.to_string(), "100");
    // The token goes with the reply too, and does not print.
    assert!(!format!("{:?}{:?}", reply.lease, reply.model).contains("access-1"));
}

#[tokio::test(start_paused = true)]
async fn a_refund_is_read_as_printed() {
    let script = answering(vec![Play::answer(201, refunded("PROCESSING"))]);
    let Refunded::Pending(found) = client(&script).refund(refund()).send().await.unwrap() else { panic!() };
    assert_eq!((found.refund_reference.as_str(), found.status), ("R-77", RefundStatus::Processing));
    assert_eq!((found.amount, found.currency_code.as_deref()), (Some(amount("50")), Some("NGN")));
    assert_eq!(found.amount.unwrap().to_string(), "50.00", "the digits as they came");
    assert_eq!((found.handling_type, found.full_refund), (Some(HandlingType::PspApi), Some(false)));
    // A date without a zone stays the text that it is.
    assert_eq!(found.created_date.as_deref(), Some("2025-09-17 19:42:42"));
    assert_eq!((found.partner_reference.as_deref(), found.reason.as_deref()), (Some("order-1"), Some("why")));
}

#[tokio::test(start_paused = true)]
async fn amounts_are_read_to_the_last_digit() {
    for text in ["0.1", "100", "100.00", "1234567890123456.78", "79228162514264337593543950.33", "\"12.50\""] {
        let found = queried(&CREATED.replace(":100,", &format!(":{text},"))).await.unwrap();
        assert_eq!(found.amount.to_string(), text.trim_matches('"'));
    }
}

#[tokio::test(start_paused = true)]
async fn a_huge_or_deep_answer_ends_in_an_error() {
    for body in ["[".repeat(100_000), format!("{{\"a\":{}", "{\"a\":".repeat(50_000)), "x".repeat(9 * 1024)] {
        assert!(matches!(queried(&body).await.unwrap_err().kind(), Kind::Decode));
        assert!(matches!(methods(&body).await.unwrap_err().kind(), Kind::Decode));
    }
}
