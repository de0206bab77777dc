//! Webhooks that are signed right: the vector, tolerance, rotation, and what becomes of the body.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use pagfast::webhook::{Event, HEADER, Received, TransactionEvent, UnconfirmedEvent, Webhooks};
use pagfast::{Kind, PaymentType, TransactionState, TransactionType};
use std::time::{Duration, SystemTime};
use webhook_support::*;

fn event(body: &str) -> Event {
    webhooks().verify(body.as_bytes(), &deliver(body.as_bytes()), moment()).verified().expect("signed and fresh")
}

fn transaction(body: &str) -> TransactionEvent {
    match event(body) {
        Event::Transaction(event) => *event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_published_vector_and_those_made_with_openssl() {
    let check = |webhooks: &Webhooks, sign: &str, body: &str| {
        webhooks.verify(body.as_bytes(), &with(written(sign, NONCE, TS)), moment()).verified().is_some()
    };
    let webhooks = webhooks();
    assert!(check(&webhooks, SIGN, BODY) && check(&webhooks, &SIGN.to_lowercase(), BODY));
    assert!(check(&webhooks, SIGN_OF_REVERSED, &BODY.replace("Completed", "Reversed")));
    assert!(!check(&webhooks, SIGN_BY_PREVIOUS, BODY));
    let rotating = webhooks.and_key(PREVIOUS).unwrap();
    assert!(check(&rotating, SIGN_BY_PREVIOUS, BODY) && check(&rotating, SIGN, BODY));
    assert!(!check(&Webhooks::new(PREVIOUS).unwrap(), SIGN, BODY));
    let sent = SystemTime::UNIX_EPOCH + Duration::from_secs(FULL_TS.parse().unwrap());
    let full = rotating.verify(FULL.as_bytes(), &with(written(FULL_SIGN, NONCE, FULL_TS)), sent);
    assert!(full.verified().is_some());
}

#[test]
fn nonce_and_time_of_sending_are_there_for_the_caller() {
    let event = event(BODY);
    assert_eq!((event.stamp().nonce.as_str(), event.stamp().sent_at), (NONCE, moment()));
    let Event::Transaction(inner) = &event else { panic!("{event:?}") };
    assert_eq!(&inner.stamp, event.stamp());
    let other = self::event("{}");
    assert_eq!(other.stamp().nonce, NONCE);
}

#[test]
fn the_tolerance_is_a_day_both_ways_and_takes_its_end() {
    let received = |webhooks: &Webhooks, seconds: i64| {
        let away = Duration::from_secs(seconds.unsigned_abs());
        let now = if seconds < 0 { moment() - away } else { moment() + away };
        webhooks.verify(BODY.as_bytes(), &honest(), now)
    };
    let webhooks = webhooks();
    for seconds in [0, 86_399, 86_400, -86_400] {
        assert!(matches!(received(&webhooks, seconds), Received::Verified(_)), "{seconds}");
    }
    for seconds in [86_401, -86_401, 4_000_000_000, -1_684_633_816] {
        assert!(matches!(received(&webhooks, seconds), Received::Stale(_)), "{seconds}");
        assert!(matches!(received(&webhooks.clone().any_age(), seconds), Received::Verified(_)), "{seconds}");
    }
    let strict = webhooks.tolerance(Duration::from_secs(300));
    assert!(matches!(received(&strict, 300), Received::Verified(_)));
    assert!(matches!(received(&strict, -301), Received::Stale(_)));
    assert!(matches!(received(&strict.clone().tolerance(Duration::ZERO), 0), Received::Verified(_)));
    assert!(matches!(received(&strict.tolerance(Duration::ZERO), 1), Received::Stale(_)));
}

#[test]
fn every_field_of_the_table_is_read_and_the_rest_is_reachable() {
    let event = transaction(FULL);
    assert_eq!(event.id, "0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b");
    assert_eq!(event.state, TransactionState::Completed);
    assert_eq!(event.date.as_deref(), Some("2023-08-04T14:45:39.150Z"));
    assert_eq!(event.order_id.as_deref(), Some("ORDER-1"));
    assert_eq!(event.order_description.as_deref(), Some("A deposit"));
    assert!(event.receipt_url.as_deref().unwrap().ends_with("/receipt.pdf"));
    assert_eq!(event.receipt_date.as_deref(), Some("2023-08-04T14:46:02.003Z"));
    assert_eq!(event.receipt_voucher.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    assert_eq!(event.amount.unwrap().to_string(), "50.000000");
    assert_eq!(event.amount, Some("50".parse().unwrap()));
    assert_eq!(event.direction, Some(TransactionType::Credit));
    assert_eq!(event.payment_type, Some(PaymentType::from("PIX")));
    assert_eq!(event.state_registered_date.as_deref(), Some("2023-08-04T14:45:40.000Z"));
    assert_eq!(event.state_completed_date.as_deref(), Some("2023-08-04T14:46:02.003Z"));
    assert_eq!(event.webhook_url.as_deref(), Some("https://shop.example/webhooks/pagfast"));
    let (payer, recipient) = (event.payer.as_ref().unwrap(), event.recipient.as_ref().unwrap());
    assert_eq!(payer.tax_number.as_deref(), Some("12345678909"));
    assert_eq!((payer.bank_name.as_deref(), recipient.bank_name.as_deref()), (Some("SANDBOX"), None));
    assert_eq!(recipient.account_digit.as_deref(), Some("9"));
    let none = [&event.state_cancelled_date, &event.state_refund_date, &event.state_reversed_date];
    assert!(
        none.into_iter().chain([&event.state_error_date]).all(Option::is_none) && event.state_error_cause.is_none()
    );
    assert_eq!(event.raw.expose_str(), Some(FULL));
    assert_eq!(event.extra().len(), 21);

    // Both dates, a cause of any type, and a member that no document lists.
    let reversed = FULL
        .replace("\"stateRefundDate\":null", "\"stateRefundDate\":\"2023-08-05T00:00:00.000Z\"")
        .replace("\"stateReversedDate\":null", "\"stateReversedDate\":\"2023-08-06T00:00:00.000Z\"")
        .replace("\"stateErrorCause\":null", "\"stateErrorCause\":{\"code\":1.10},\"fee\":0.10");
    let event = transaction(&reversed);
    assert_eq!(event.state_refund_date.as_deref(), Some("2023-08-05T00:00:00.000Z"));
    assert_eq!(event.state_reversed_date.as_deref(), Some("2023-08-06T00:00:00.000Z"));
    assert_eq!(event.state_error_cause.as_ref().and_then(|cause| cause.expose_str()), Some("{\"code\":1.10}"));
    assert_eq!(event.extra()["fee"].get(), "0.10");
}

#[test]
fn all_but_id_and_state_may_be_missing_or_of_another_type() {
    let bare = transaction(r#"{"id":"T","transactionState":"Registered"}"#);
    assert!(bare.amount.is_none() && bare.payer.is_none() && bare.direction.is_none());
    for (from, to) in [
        ("\"transactionAmount\":\"0.010000\"", "\"transactionAmount\":0.010000"),
        ("\"transactionAmount\":\"0.010000\"", "\"transactionAmount\":\" 0.01 \""),
    ] {
        assert_eq!(transaction(&BODY.replace(from, to)).amount, Some("0.01".parse().unwrap()), "{to}");
    }
    for (from, to) in [
        ("\"0.010000\"", "\"a lot\""),
        ("\"0.010000\"", "null"),
        ("\"Credit\"", "7"),
        ("{\"name\":\"Johnny Boy\",\"taxNumber\":\"09977799400\"}", "\"Johnny\""),
        ("\"09977799400\"", "9977799400"),
        ("\"2023-05-19T19:51:21.320Z\"", "0"),
    ] {
        let body = BODY.replace(from, to);
        assert_ne!(body, BODY);
        let event = transaction(&body);
        assert_eq!(
            (event.id.as_str(), event.raw.expose_str()),
            ("f6431a0f-970a-4be9-9c6d-f444f729adc3", Some(&body[..]))
        );
    }
    let exact = transaction(&BODY.replace("0.010000", "1234567890123456.123456789"));
    assert_eq!(exact.amount.unwrap().to_string(), "1234567890123456.123456789");
}

#[test]
fn one_key_per_transaction_and_state() {
    let key = |body: &str| event(body).key();
    for state in ["Created", "Registered", "Completed", "Reversed", "Cancelled", "Error", "Refunded", "completed"] {
        let body = BODY.replace("Completed", state);
        let event = transaction(&body);
        assert_eq!(event.state.as_str(), state);
        let known = !["Refunded", "completed"].contains(&state);
        assert_eq!(matches!(event.state, TransactionState::Unknown(_)), !known, "{state}");
        let text = format!("pagfast|36:f6431a0f-970a-4be9-9c6d-f444f729adc3|{}:{state}", state.len());
        assert_eq!(event.key().as_str(), text);
        // The same news in other bytes, with another nonce, at another time, is a repeat.
        let again = body.replace("0.010000", "0.01");
        let (nonce, ts) = ("another", "1684633999");
        let sign = sign(KEY, &[nonce.as_bytes(), b":", ts.as_bytes(), b":", again.as_bytes()]);
        let received = webhooks().verify(again.as_bytes(), &with(written(&sign, nonce, ts)), moment());
        assert_eq!(received.verified().unwrap().key(), event.key());
    }
    assert_ne!(key(BODY), key(&BODY.replace("f6431a0f", "f6431a0e")));
}

#[test]
fn what_is_signed_but_tells_of_no_transaction_keeps_its_body() {
    let mut bodies: Vec<(String, &str)> = vec![
        (BODY.replace("\"id\"", "\"transactionId\""), ""),
        (BODY.replace("\"transactionState\"", "\"state\""), ""),
        (BODY.replace("\"Completed\"", "1"), "transactionState"),
        (BODY.replace("\"Completed\"", "\"\""), "transactionState"),
        (BODY.replace("\"Completed\"", "\"Completed\",\"transactionState\":\"Error\""), ""),
        (BODY.replace("f6431a0f-970a-4be9-9c6d-f444f729adc3", ""), "id"),
        (BODY.replace("\"f6431a0f-970a-4be9-9c6d-f444f729adc3\"", "7"), "id"),
        (format!("{{\"data\":{BODY}}}"), ""),
    ];
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let listed = r#"["f6431a0f","Completed",null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]"#;
    for body in [&format!("[{BODY}]"), listed, "{}", "null", "", "<html>", &deep] {
        bodies.push((body.to_owned(), ""));
    }
    for (body, path) in bodies {
        let Event::Other(other, _) = event(&body) else { panic!("taken for a transaction's event: {body}") };
        assert_eq!(other.raw().expose_str(), Some(&body[..]));
        assert!(other.problem().path().contains(path), "{body}: {:?}", other.problem());
        assert_eq!(other.key(), event(&body).key());
        assert_ne!(other.key(), event(BODY).key());
    }
    let received = webhooks().verify(b"\xff\xfe", &deliver(b"\xff\xfe"), moment());
    assert!(
        matches!(received, Received::Verified(Event::Other(other, _)) if other.raw().expose().as_ref() == b"\xff\xfe")
    );
}

#[test]
fn a_stale_event_shows_its_key_and_nothing_else() {
    let late = moment() + Duration::from_secs(86_401);
    let Received::Stale(stale) = webhooks().verify(BODY.as_bytes(), &honest(), late) else { panic!("fresh") };
    assert_eq!(format!("{stale:?}"), "UnconfirmedEvent(..)");
    assert_eq!(stale.key(), transaction(BODY).key());
    let sent: fn(UnconfirmedEvent) -> Received = Received::Stale;
    assert!(sent(stale).verified().is_none());
    let other = webhooks().verify(b"{}", &deliver(b"{}"), late);
    assert!(matches!(other, Received::Stale(_)), "{other:?}");
}

#[test]
fn unsigned_deliveries_are_taken_only_when_asked_for_and_open_nothing() {
    let mode = webhooks().danger_accept_unsigned();
    for headers in [headers(&[]), with("")] {
        assert!(matches!(webhooks().verify(BODY.as_bytes(), &headers, moment()), Received::Unsigned));
        let Received::Stale(event) = mode.verify(BODY.as_bytes(), &headers, moment()) else { panic!("not taken") };
        assert_eq!((format!("{event:?}").as_str(), event.key()), ("UnconfirmedEvent(..)", transaction(BODY).key()));
        // Without a transaction there is nothing to ask.
        assert!(matches!(mode.verify(b"{}", &headers, moment()), Received::Unsigned));
    }
    for value in ["HMAC-SHA256", "0", &written(&"0".repeat(64), NONCE, TS)] {
        assert!(matches!(mode.verify(BODY.as_bytes(), &with(value), moment()), Received::Forged), "{value}");
    }
    assert!(matches!(mode.verify(BODY.as_bytes(), &honest(), moment()), Received::Verified(_)));
}

#[test]
fn a_key_that_cannot_be_meant_is_refused_by_name() {
    for key in ["", " ", "key\n", " key"] {
        let error = Webhooks::new(key).unwrap_err();
        assert_eq!((error.kind(), error.setting()), (Kind::Config, Some("webhook_key")));
        assert!(webhooks().and_key(key).is_err());
    }
}

#[test]
fn nothing_prints_a_key_a_person_or_a_body() {
    let marked = FULL
        .replace("Maria Exemplo", "MARK-NAME")
        .replace("12345678909", "MARK-CPF")
        .replace("Loja Exemplo Ltda", "MARK-SHOP")
        .replace("A deposit", "MARK-TEXT")
        .replace("receipt.pdf", "MARK-RECEIPT")
        .replace("shop.example/webhooks/pagfast", "shop.example/MARK-URL")
        .replace("\"stateErrorCause\":null", "\"stateErrorCause\":\"MARK-CAUSE\",\"note\":\"MARK-NOTE\"");
    let bad = format!("{{\"note\":\"MARK-NOTE\",\"id\":{marked}}}");
    let printed = format!("{:?} {:?} {:?} {:?}", webhooks(), transaction(&marked), event(&marked), event(&bad));
    for mark in ["MARK-", KEY, SIGN] {
        assert!(!printed.contains(mark), "{printed}");
    }
    assert!(printed.contains("0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b") && printed.contains("ORDER-1"), "{printed}");
    let forged = event("{\"id\":\"a\\nb\",\"transactionState\":\"c\\u001b[2Jd\",\"transactionOrderId\":\"e\\rf\"}");
    let printed = format!("{forged:?}");
    assert!(!printed.chars().any(char::is_control), "a log line can be forged: {printed:?}");
}

#[test]
fn the_guides_table_of_states_is_what_the_code_does() {
    use pagfast::webhook::Advance;
    let guide = include_str!("../../../docs/webhooks.md");
    let cells = |line: &'static str| -> Vec<&'static str> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('*')).collect()
    };
    let mine = guide.lines().skip_while(|line| *line != "### PagFast");
    let rows: Vec<_> =
        mine.skip_while(|line| !line.starts_with("| Stored")).take_while(|line| !line.is_empty()).collect();
    // A cell names one state, or two that move alike.
    let states = |cell: &str| -> Vec<TransactionState> {
        let names = cell.split(',').map(|name| name.trim().trim_matches('*').trim_matches('`'));
        names.map(TransactionState::from).collect()
    };
    let columns: Vec<_> = cells(rows[0])[1..].iter().map(|cell| states(cell)).collect();
    assert_eq!((rows.len(), columns.len()), (2 + 5, 5));
    for row in &rows[2..] {
        let (stored, said) = (cells(row)[0], &cells(row)[1..]);
        for (events, said) in columns.iter().zip(said) {
            for (stored, event) in
                states(stored).iter().flat_map(|stored| events.iter().map(move |event| (stored, event)))
            {
                let step = match stored.advance(event) {
                    Advance::Moved => "moved",
                    Advance::Ignored => "ignored",
                    Advance::Conflict => "conflict",
                };
                // Of one state again nothing moves, which the guide says beside the general table.
                assert!(
                    step == *said || stored == event && step == "ignored",
                    "{stored} then {event}: {step}, not {said}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_extractor_takes_what_is_verified() {
    use axum::body::{Body, to_bytes};
    use axum::extract::{FromRequest, Request};
    use axum::response::IntoResponse;
    use pay_core::webhook::{Accepted, Webhook};
    use std::sync::Arc;
    async fn ask(webhooks: Webhooks, headers: http::HeaderMap) -> (u16, String) {
        let mut request = Request::builder().body(Body::from(BODY)).unwrap();
        *request.headers_mut() = headers;
        let response = match Webhook::<Webhooks>::from_request(request, &Arc::new(webhooks)).await {
            Ok(Webhook(Accepted::Verified(event))) => event.key().as_str().to_owned().into_response(),
            Ok(Webhook(Accepted::Stale(_))) => "stale".into_response(),
            Err(refusal) => refusal.into_response(),
        };
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1024).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
    let then = webhooks().clock(moment);
    let key = transaction(BODY).key();
    assert_eq!(ask(then.clone(), honest()).await, (200, key.as_str().to_owned()));
    assert_eq!(ask(webhooks(), honest()).await, (200, "stale".into()), "the sample is years old");
    assert_eq!(ask(then.clone(), with("0")).await, (401, String::new()));
    assert_eq!(ask(then.clone(), headers(&[])).await, (401, String::new()));
    let open = then.danger_accept_unsigned();
    assert_eq!(ask(open, headers(&[])).await, (200, "stale".into()));
    assert_eq!(HEADER, "X-Webhook-Signature");
}
