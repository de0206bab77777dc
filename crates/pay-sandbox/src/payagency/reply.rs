//! Payment replies: the one shape that creation, status calls, refunds and webhooks share.

use super::amounts::{Place, node};
use super::modes::{CryptoAmounts, CryptoWords, Modes};
use super::payment::{Crypto, CryptoPaid, Customer, Kind, Payment};
use super::payout::Payout;
use crate::SandboxClock;
use crate::json::Node;
use std::time::SystemTime;

/// Who may see whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    Whole,
    Redacted,
}

/// `status`, `message`, `redirect_url` where there is one, and `data`.
pub(super) fn body(status: String, message: &str, redirect_url: Option<String>, data: Node) -> Node {
    let mut fields = vec![("status", Node::Text(status)), ("message", message.into())];
    fields.extend(redirect_url.map(|url| ("redirect_url", Node::Text(url))));
    fields.push(("data", data));
    Node::Object(fields)
}

/// `data` of a payment.
pub(super) fn payment(payment: &Payment, place: Place, names: Names, modes: &Modes) -> Node {
    let order = &payment.order;
    let crypto = order.crypto.as_ref();
    let amount = || node(&order.amount.text, place, modes.reply_amounts);
    let optional = |text: Option<&String>| text.map_or(Node::Null, Node::text);
    if let (true, Some(crypto)) = (order.kind.is_ramp(), crypto) {
        return Node::Object(vec![
            ("transaction_id", Node::text(&payment.id)),
            ("order_id", optional(order.order_id.as_ref())),
            ("fiat", Node::text(&order.currency)),
            ("fiat_amount", amount()),
            ("crypto", Node::text(&crypto.currency)),
            ("crypto_amount", crypto_amount(crypto, modes)),
            ("customer", customer(&order.customer, names)),
        ]);
    }
    let mut fields = vec![
        ("amount", amount()),
        ("currency", Node::text(&order.currency)),
        ("order_id", optional(order.order_id.as_ref())),
        ("transaction_id", Node::text(&payment.id)),
        ("customer", customer(&order.customer, names)),
    ];
    match crypto {
        Some(crypto) if order.kind == Kind::CryptoPayin => {
            fields.push(("crypto_currency", Node::text(&crypto.currency)));
            if let Some(network) = &crypto.network {
                fields.push(("crypto_network", Node::text(network)));
            }
            if let Some(word) = crypto.paid.and_then(|paid| paid_word(paid, modes.crypto_words)) {
                fields.push(("crypto_payment_status", word.into()));
            }
        }
        _ => {
            fields.push(("refund", turned(payment.refunded, "refund_date")));
            fields.push(("chargeback", turned(payment.charged_back, "chargeback_date")));
        }
    }
    Node::Object(fields)
}

/// `data` of a payout, which has no refund and no chargeback.
pub(super) fn payout(payout: &Payout, place: Place, names: Names, modes: &Modes) -> Node {
    Node::Object(vec![
        ("amount", node(&payout.amount.text, place, modes.reply_amounts)),
        ("currency", Node::text(&payout.currency)),
        ("order_id", payout.order_id.as_ref().map_or(Node::Null, Node::text)),
        ("transaction_id", Node::text(&payout.id)),
        ("customer", customer(&payout.customer, names)),
    ])
}

fn customer(customer: &Customer, names: Names) -> Node {
    if names == Names::Redacted {
        return "[redacted]".into();
    }
    Node::Object(vec![
        ("first_name", Node::text(&customer.first_name)),
        ("last_name", Node::text(&customer.last_name)),
        ("email", Node::text(&customer.email)),
    ])
}

fn turned(at: Option<SystemTime>, date: &'static str) -> Node {
    let when = at.map_or(Node::Null, |at| Node::Text(SandboxClock::text_of(at)));
    Node::Object(vec![("status", Node::Bool(at.is_some())), (date, when)])
}

fn crypto_amount(crypto: &Crypto, modes: &Modes) -> Node {
    match (&crypto.amount, modes.crypto_amounts) {
        (None, _) => Node::Null,
        (Some(amount), CryptoAmounts::Number) => Node::Number(amount.clone()),
        (Some(amount), CryptoAmounts::Text) => Node::text(amount),
    }
}

fn paid_word(paid: CryptoPaid, words: CryptoWords) -> Option<&'static str> {
    let (upper, lower) = match paid {
        CryptoPaid::Exact => ("PAID", "paid"),
        CryptoPaid::Under => ("UNDERPAID", "underpaid"),
        CryptoPaid::Over => ("OVERPAID", "overpaid"),
    };
    match words {
        CryptoWords::Upper => Some(upper),
        CryptoWords::Lower => Some(lower),
        CryptoWords::Absent => None,
    }
}
