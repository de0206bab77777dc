//! PagFast's webhooks as a receiver holds them: signed and not, whole, stale and of no known form.

use super::facts::{DESCRIPTION, NOTIFY, PAYER_CPF, PAYER_NAME, RECIPIENT_CPF, RECIPIENT_NAME, WEBHOOK_KEY};
use crate::{Broken, Eye};
use pagfast::webhook::{Ask, HEADER, Received, Webhooks};
use pay_core::mac::MacKey;
use std::time::{Duration, SystemTime};

/// When it is sent.
const SENT: u64 = 1_700_000_000;

/// Receives events that hold the markers of everything that PagFast knows, and shows whatever comes of each.
pub(super) fn show(marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
    let body = body(marker)?;
    let webhooks = Webhooks::new(marker(WEBHOOK_KEY))?.and_key(format!("{}-2", marker(WEBHOOK_KEY)))?;
    let open = webhooks.clone().danger_accept_unsigned();
    eye(&(&webhooks, &open));
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(SENT);
    let signed = deliver(marker, &body)?;
    let other = format!("[{body}]");
    let received = [
        webhooks.verify(body.as_bytes(), &signed, at),
        webhooks.verify(body.as_bytes(), &signed, at + 2 * Webhooks::TOLERANCE),
        webhooks.verify(other.as_bytes(), &deliver(marker, &other)?, at),
        webhooks.verify(other.as_bytes(), &signed, at),
        open.verify(body.as_bytes(), &http::HeaderMap::new(), at),
    ];
    for received in &received {
        eye(received);
        match received {
            Received::Verified(event) => eye(&(event, event.key(), Ask::from(event))),
            Received::Stale(event) => eye(&(event, Ask::from(event))),
            _ => {}
        }
    }
    let kinds = received.iter().map(|received| match received {
        Received::Verified(_) => "verified",
        Received::Stale(_) => "stale",
        Received::Forged => "forged",
        Received::Unsigned => "unsigned",
    });
    let kinds: Vec<_> = kinds.collect();
    if kinds != ["verified", "stale", "verified", "forged", "stale"] {
        return Err(format!("deliveries were received as {kinds:?}").into());
    }
    Ok(())
}

/// An event of a transaction `id` of an order, signed with the marker of the webhook key.
pub(super) fn event(key: &str, id: &str, order_id: &str) -> Result<Received, Broken> {
    let body = serde_json::json!({
        "id": id, "transactionState": "Registered", "transactionOrderId": order_id, "transactionAmount": "12.500000",
        "transactionType": "Credit",
    });
    let body = body.to_string();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(SENT);
    Ok(Webhooks::new(key)?.verify(body.as_bytes(), &signed(key, &body)?, at))
}

fn deliver(marker: &dyn Fn(&str) -> String, body: &str) -> Result<http::HeaderMap, Broken> {
    signed(&marker(WEBHOOK_KEY), body)
}

fn signed(key: &str, body: &str) -> Result<http::HeaderMap, Broken> {
    let stamp = SENT.to_string();
    let parts: [&[u8]; 5] = [b"nonce", b":", stamp.as_bytes(), b":", body.as_bytes()];
    let signature = MacKey::new(&key.into())?.sign(&parts).as_str().to_uppercase();
    let value = format!("HMAC-SHA256 Sign={signature},Nonce=nonce,TS={stamp}");
    let mut headers = http::HeaderMap::new();
    headers.insert(HEADER, value.parse()?);
    Ok(headers)
}

/// Every field that could tell something of somebody.
fn body(marker: &dyn Fn(&str) -> String) -> Result<String, Broken> {
    let party = |name: &str, number: &str| {
        serde_json::json!({
            "name": name, "taxNumber": number, "bankCode": "999", "accountAgency": "99999", "accountNumber": number,
        })
    };
    let body = serde_json::json!({
        "id": "leaks-event", "transactionState": "Error", "transactionOrderId": "leaks-1",
        "transactionOrderDescription": marker(DESCRIPTION), "transactionAmount": "12.500000", "transactionType": "Credit",
        "transactionDate": "2026-11-21T07:00:00.000Z", "transactionPaymentType": "PIX",
        "transactionReceipt": format!("https://shop.example/receipt/{}", marker(NOTIFY)),
        "stateErrorCause": { "message": format!("not of {}", marker(PAYER_NAME)) },
        "webhookUrl": format!("https://shop.example/hook?token={}", marker(NOTIFY)),
        "payer": party(&marker(PAYER_NAME), &marker(PAYER_CPF)),
        "recipient": party(&marker(RECIPIENT_NAME), &marker(RECIPIENT_CPF)),
    });
    Ok(serde_json::to_string(&body)?)
}
