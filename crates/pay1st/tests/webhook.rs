//! Webhooks that are signed right: vectors, tolerance, rotation, and what becomes of the body.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use pay1st::webhook::{Event, PaymentEvent, Received, UnconfirmedEvent, Webhooks};
use pay1st::{Kind, PaymentStatus};
use std::time::Duration;
use webhook_support::*;

fn event(body: &str) -> Event {
    let received = webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment());
    received.verified().expect("signed and fresh")
}

fn payment(body: &str) -> PaymentEvent {
    match event(body) {
        Event::Payment(event) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_vectors_made_with_openssl() {
    let check = |webhooks: &Webhooks, stamp: &str, signature: &str, body: &str| {
        webhooks.verify(body.as_bytes(), &signed_headers(stamp, signature), moment()).verified().is_some()
    };
    let webhooks = webhooks();
    assert!(check(&webhooks, STAMP, SIGNATURE, BODY));
    assert!(check(&webhooks, STAMP, &SIGNATURE.to_uppercase(), BODY));
    assert!(check(&webhooks, STAMP, SIGNATURE_OF_PENDING, &BODY.replace("SUCCESSFUL", "PENDING")));
    assert!(check(&webhooks, "2025-03-17T10:10:52+02:00", SIGNATURE_OF_OFFSET, BODY));
    assert!(!check(&webhooks, STAMP, SIGNATURE_BY_PREVIOUS, BODY));
    let rotating = webhooks.and_key(PREVIOUS).unwrap();
    assert!(check(&rotating, STAMP, SIGNATURE_BY_PREVIOUS, BODY) && check(&rotating, STAMP, SIGNATURE, BODY));
}

#[test]
fn the_scheme_is_that_of_requests() {
    // The published example of signing, in the place of a webhook: signed right, though it is no event.
    let body = r#"{"countryCode":"NG","currencyCode":"NGN","amount":100,"partnerReference":"4a662291-2840-4bcd-aae9-553ab24601ed","callbackSuccessUrl":"<https://callback.success","callbackFailureUrl":"https://callback.failure","callbackPendingUrl":"https://callback.pending","callbackCancelUrl":"https://callback.cancel","webhookUrl":"https://webhook.success","products":[{"title":"10> Credits","sku":"12345","price":100,"quantity":1,"currencyCode":"NGN"}],"metadata":[{"key":"customerId","value":"1"}]}"#;
    let headers = signed_headers(STAMP, "85aa0862aa052f737d3cf4d38f92091ea7c015e782d207ea18cc5641d3e47755");
    let received = webhooks().verify(body.as_bytes(), &headers, moment());
    let Received::Verified(Event::Other(other)) = received else { panic!("{received:?}") };
    assert_eq!(other.raw().expose_str(), Some(body));
}

#[test]
fn the_tolerance_is_five_minutes_both_ways_and_takes_its_end() {
    let received = |webhooks: &Webhooks, seconds: i64| {
        let away = Duration::from_secs(seconds.unsigned_abs());
        let now = if seconds < 0 { moment() - away } else { moment() + away };
        webhooks.verify(BODY.as_bytes(), &signed_headers(STAMP, SIGNATURE), now)
    };
    let webhooks = webhooks();
    for seconds in [0, 299, 300, -299, -300] {
        assert!(matches!(received(&webhooks, seconds), Received::Verified(_)), "{seconds}");
    }
    for seconds in [301, -301, 86_400, -86_400, 4_000_000_000, -1_742_199_052] {
        assert!(matches!(received(&webhooks, seconds), Received::Stale(_)), "{seconds}");
    }
    let nano = Duration::from_nanos(1);
    let at = |now| webhooks.verify(BODY.as_bytes(), &signed_headers(STAMP, SIGNATURE), now);
    assert!(matches!(at(moment() + Duration::from_secs(300) + nano), Received::Stale(_)));
    assert!(matches!(at(moment() - Duration::from_secs(300) - nano), Received::Stale(_)));
    let patient = webhooks.clone().tolerance(Duration::from_secs(86_400));
    assert!(matches!(received(&patient, 86_400), Received::Verified(_)));
    assert!(matches!(received(&patient, 86_401), Received::Stale(_)));
}

#[test]
fn every_field_of_the_table_is_read_and_the_rest_is_reachable() {
    let event = payment(BODY);
    assert_eq!(event.partner_id.to_string(), "9");
    assert_eq!(event.partner_code, "ACME");
    assert_eq!(event.partner_reference, "4a662291-2840-4bcd-aae9-553ab24601ed");
    assert_eq!(event.reference, "C-142710055596150-P");
    assert_eq!(event.money(), pay1st::Money { amount: "100".parse().unwrap(), currency: "NGN".into() });
    assert_eq!(event.country_code, "NG");
    assert_eq!(event.customer_id.as_ref().map(|id| id.as_str()), Some("1"));
    assert_eq!(event.status, PaymentStatus::Successful);
    assert_eq!(event.raw.expose_str(), Some(BODY));

    let more = BODY.replace("\"status\"", "\"transactionReference\":\"C-1-T\",\"nested\":{\"n\":1.10},\"status\"");
    let event = payment(&more);
    assert_eq!(event.extra()["transactionReference"].get(), "\"C-1-T\"");
    assert_eq!(event.extra()["nested"].get(), "{\"n\":1.10}");
}

#[test]
fn odd_forms_that_are_still_payment_events() {
    for (from, to) in [
        ("\"partnerId\":9", "\"partnerId\":\"9\""),
        ("\"customerId\":\"1\"", "\"customerId\":1"),
        ("\"customerId\":\"1\",", ""),
        ("\"customerId\":\"1\"", "\"customerId\":null"),
        ("\"customerId\":\"1\"", "\"customerId\":{\"id\":1}"),
        ("\"orderAmount\":100", "\"orderAmount\":\"100.00\""),
        ("{\"partnerId\"", " \n{ \"partnerId\""),
    ] {
        assert_eq!(payment(&BODY.replacen(from, to, 1)).reference, "C-142710055596150-P", "{to}");
    }
    let exact = payment(&BODY.replace("\"orderAmount\":100", "\"orderAmount\":1234567890123456.780"));
    assert_eq!(exact.order_amount.to_string(), "1234567890123456.780");
}

#[test]
fn each_status_of_the_documents_and_any_other() {
    for status in [
        "ABANDONED",
        "CANCELLED",
        "CHARGEBACK",
        "FAILED",
        "NEW",
        "PAY_OFFLINE",
        "PENDING",
        "PENDING_INVESTIGATION",
        "READY",
        "REFUND",
        "SEND_BIRTHDAY",
        "SEND_PHONE",
        "SEND_PIN",
        "SEND_OTP",
        "SEND_VALIDATION_TOKEN",
        "SUCCESSFUL",
        "VALIDATED",
        "ON_THE_MOON",
        "successful",
    ] {
        let event = payment(&BODY.replace("SUCCESSFUL", status));
        assert_eq!(event.status.as_str(), status);
        let known = !["ON_THE_MOON", "successful"].contains(&status);
        assert_eq!(matches!(event.status, PaymentStatus::Unknown(_)), !known, "{status}");
        assert_eq!(event.status.is_paid(), status == "SUCCESSFUL", "{status}");
        assert_eq!(event.key().as_str(), format!("pay1st|19:C-142710055596150-P|{}:{status}", status.len()));
    }
}

#[test]
fn what_is_signed_but_no_payment_event_keeps_its_body() {
    let without = |member: &str| {
        let start = BODY.find(&format!("\"{member}\"")).unwrap();
        let end = BODY[start..].find(",\"").map_or(BODY.len() - 1, |at| start + at + 1);
        format!("{}{}", &BODY[..start], &BODY[end..]).replace(",}", "}")
    };
    let refund = BODY.replace("\"status\"", "\"refundReference\":\"R-1\",\"status\"");
    let mut bodies: Vec<(String, &str)> = vec![
        (refund, "refundReference"),
        (BODY.replace("\"status\"", "\"fullRefund\":true,\"status\""), "fullRefund"),
        (BODY.replace("\"status\"", "\"status\":\"PENDING\",\"status\""), ""),
        (BODY.replace("\"SUCCESSFUL\"", "1"), "status"),
        (BODY.replace("C-142710055596150-P", ""), "reference"),
        (BODY.replace("\"orderAmount\":100", "\"orderAmount\":true"), "orderAmount"),
        (BODY.replace("\"orderAmount\":100", "\"amount\":100"), ""),
        (format!("[{BODY}]"), ""),
        (format!("{BODY}{BODY}"), ""),
        ("{}".into(), ""),
        ("null".into(), ""),
        (String::new(), ""),
        ("<html>".into(), ""),
        (format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)), ""),
    ];
    for member in [
        "partnerId",
        "partnerCode",
        "partnerReference",
        "reference",
        "orderAmount",
        "currencyCode",
        "countryCode",
        "status",
    ] {
        bodies.push((without(member), ""));
    }
    for (body, path) in bodies {
        let Event::Other(other) = event(&body) else { panic!("taken for a payment event: {body}") };
        assert_eq!(other.raw().expose_str(), Some(&body[..]));
        assert!(other.problem().path().contains(path), "{body}: {:?}", other.problem());
        assert_eq!(other.key(), event(&body).key());
        assert_ne!(other.key(), event(BODY).key());
    }
    // Not text at all, and not text in a member that nobody reads.
    let mut unread = BODY.replace("\"status\"", "\"more\":\"?\",\"status\"").into_bytes();
    let at = unread.iter().position(|byte| *byte == b'?').unwrap();
    unread[at] = 0xa6;
    for body in [&b"\xff\xfe"[..], &unread] {
        let received = webhooks().verify(body, &deliver(body), moment());
        assert!(matches!(received, Received::Verified(Event::Other(other)) if other.raw().expose().as_ref() == body));
    }
}

#[test]
fn a_stale_event_shows_its_key_and_nothing_else() {
    let late = moment() + Duration::from_secs(301);
    let received = webhooks().verify(BODY.as_bytes(), &signed_headers(STAMP, SIGNATURE), late);
    let Received::Stale(stale) = received else { panic!("{received:?}") };
    assert_eq!(format!("{stale:?}"), "UnconfirmedEvent(..)");
    assert_eq!(stale.key(), payment(BODY).key());
    let sent: fn(UnconfirmedEvent) -> Received = Received::Stale;
    assert!(sent(stale).verified().is_none());
}

#[test]
fn the_insecure_mode_is_asked_for_by_name_and_opens_nothing() {
    let mode = webhooks().danger_accept_unverified();
    for (body, headers) in [
        (BODY, headers(&[])),
        (BODY, signed_headers(STAMP, &"0".repeat(64))),
        (BODY, signed_headers("yesterday", SIGNATURE)),
    ] {
        assert!(matches!(
            webhooks().verify(body.as_bytes(), &headers, moment()),
            Received::Unsigned | Received::Forged
        ));
        assert!(matches!(mode.verify(body.as_bytes(), &headers, moment()), Received::Stale(_)));
    }
    let signed = mode.verify(BODY.as_bytes(), &signed_headers(STAMP, SIGNATURE), moment());
    assert!(matches!(signed, Received::Verified(_)));
}

#[test]
fn a_key_that_cannot_be_meant_is_refused_by_name() {
    for key in ["", " ", "key\n", " key"] {
        let error = Webhooks::new(key).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.to_string().contains("signing_key"), "{error}");
        assert!(webhooks().and_key(key).is_err());
    }
}

#[test]
fn nothing_prints_a_key_a_customer_or_a_body() {
    let body = BODY.replace("\"customerId\":\"1\"", "\"customerId\":\"MARK-CUSTOMER\",\"note\":\"MARK-NOTE\"");
    let bad = format!("{{\"note\":\"MARK-NOTE\",\"status\":{body}}}");
    let printed = format!("{:?} {:?} {:?} {:?}", webhooks(), payment(&body), event(&body), event(&bad));
    for mark in ["MARK-", KEY, SIGNATURE] {
        assert!(!printed.contains(mark), "{printed}");
    }
    assert!(printed.contains("C-142710055596150-P"), "{printed}");
}

#[test]
fn the_guides_table_of_statuses_is_what_the_code_does() {
    use pay1st::webhook::{Advance, Stage, advance};
    let guide = include_str!("../../../docs/webhooks.md");
    let rows: Vec<Vec<&str>> = guide
        .lines()
        .skip_while(|line| !line.starts_with("| Stored"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('*')).collect())
        .collect();
    let stages = [Stage::New, Stage::Open, Stage::Dead, Stage::Paid, Stage::Refunded, Stage::ChargedBack];
    assert_eq!(rows.len(), 2 + stages.len());
    for (stored, row) in stages.into_iter().zip(&rows[2..]) {
        for (event, cell) in stages.into_iter().zip(&row[1..]) {
            let said = match *cell {
                "moved" => Advance::Moved,
                "ignored" => Advance::Ignored,
                "conflict" => Advance::Conflict,
                other => panic!("{other}"),
            };
            // A stage has several names only where it is open or dead.
            assert_eq!(advance(stored, event, false), said, "{stored:?} then {event:?}");
        }
    }
}
