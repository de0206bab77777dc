//! Lists of payments and payouts: newest first, with cursors that are there even where no page is.

use super::account::{CONNECTOR, Environment, MERCHANT_NAME};
use super::answers::Refusal;
use super::links::day;
use super::payment::Payment;
use super::payout::Payout;
use super::state::{Call, State};
use crate::SandboxClock;
use crate::json::Node;
use crate::provider::Reply;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::SystemTime;
use time::OffsetDateTime;

/// Rows of a page, as one documented example suggests.
const PAGE: usize = 20;

/// `GET /{environment}-transactions`.
pub(super) fn payments(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let own = state.book.payments.iter().enumerate();
    let own = own.filter(|(_, payment)| payment.order.environment == call.environment);
    let rows = own.map(|(at, payment)| (at, payment.created, payment));
    list(call, rows.collect(), "Transactions fetched successfully", |payment| payment_row(payment, state))
}

/// `GET /{environment}-wallet-transactions`. The message ends in a space, as on the page.
pub(super) fn payouts(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let own = state.book.payouts.iter().enumerate();
    let own = own.filter(|(_, payout)| payout.environment == call.environment);
    let rows = own.map(|(at, payout)| (at, payout.created, payout));
    list(call, rows.collect(), "Transactions fetched successfully ", |payout| payout_row(payout, state))
}

/// A page of rows that are given oldest first, with their numbers.
fn list<T>(
    call: &Call<'_>,
    rows: Vec<(usize, SystemTime, &T)>,
    message: &str,
    draw: impl Fn(&T) -> Node,
) -> Result<Reply, Refusal> {
    let (start, end) = (date(call, "transaction_start_date")?, date(call, "transaction_end_date")?);
    let inside = |at: SystemTime| {
        let day = OffsetDateTime::from(at).date();
        start.is_none_or(|start| start <= day) && end.is_none_or(|end| day <= end)
    };
    let rows: Vec<_> = rows.into_iter().rev().filter(|(_, at, _)| inside(*at)).collect();
    let (next, previous) = (cursor(call, "nextCursor")?, cursor(call, "prevCursor")?);
    let from = match (next, previous) {
        // After the row that the page before ended with: the rows are in falling order.
        (Some(last), _) => rows.iter().position(|(at, ..)| *at < last).unwrap_or(rows.len()),
        (None, Some(first)) => rows.iter().position(|(at, ..)| *at <= first).unwrap_or(rows.len()).saturating_sub(PAGE),
        (None, None) => 0,
    };
    let to = rows.len().min(from + PAGE);
    let page = rows.get(from..to).unwrap_or_default();
    let written = |row: Option<&(usize, SystemTime, &T)>| {
        row.map_or(Node::Null, |(at, ..)| Node::Text(STANDARD.encode((at + 1).to_string())))
    };
    let meta = Node::Object(vec![
        ("hasNextPage", Node::Bool(to < rows.len())),
        ("hasPreviousPage", Node::Bool(from > 0)),
        ("nextCursor", written(page.last())),
        ("prevCursor", written(page.first())),
        ("totalCount", Node::Int(i64::try_from(rows.len()).unwrap_or(i64::MAX))),
    ]);
    let data = Node::List(page.iter().map(|(_, _, row)| draw(row)).collect());
    let body = Node::Object(vec![("message", message.into()), ("data", data), ("meta", meta)]);
    Ok(Reply::ok(&body).assume("rows of a page"))
}

fn date(call: &Call<'_>, name: &'static str) -> Result<Option<time::Date>, Refusal> {
    let Some(text) = call.query(name) else { return Ok(None) };
    day(text).map(Some).ok_or_else(|| Refusal::wrong([(name, "must be YYYY-MM-DD")]))
}

/// The number of a row: base64 of its decimal text.
fn cursor(call: &Call<'_>, name: &'static str) -> Result<Option<usize>, Refusal> {
    let Some(text) = call.query(name) else { return Ok(None) };
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let number = decoded.and_then(|text| text.parse::<usize>().ok()).and_then(|number| number.checked_sub(1));
    number.map(Some).ok_or_else(|| Refusal::wrong([(name, "is no cursor")]))
}

fn at(moment: SystemTime) -> Node {
    Node::Text(SandboxClock::text_of(moment))
}

fn optional(text: Option<impl Into<String>>) -> Node {
    text.map_or(Node::Null, |text| Node::Text(text.into()))
}

fn payment_row(payment: &Payment, state: &State) -> Node {
    let (order, card) = (&payment.order, payment.order.card.as_ref());
    let when = |moment: Option<SystemTime>| moment.map_or(Node::Null, at);
    let kyc = Node::Object(vec![("name", MERCHANT_NAME.into())]);
    Node::Object(vec![
        ("first_name", Node::text(&order.customer.first_name)),
        ("last_name", Node::text(&order.customer.last_name)),
        ("email", Node::text(&order.customer.email)),
        ("country", Node::text(&order.customer.country)),
        ("transaction_id", Node::text(&payment.id)),
        ("amount", Node::text(&order.amount.text)),
        ("currency", Node::text(&order.currency)),
        ("converted_amount", Node::text(&order.amount.text)),
        ("converted_currency", Node::text(&order.currency)),
        ("status", Node::Text(payment.status.word(&state.modes))),
        ("card_type", optional(card.and_then(|card| card.brand))),
        ("card_number", optional(card.map(|card| card.masked.clone()))),
        ("transaction_type", order.kind.listed().into()),
        ("order_id", optional(order.order_id.clone())),
        ("created_at", at(payment.created)),
        ("transaction_date", at(payment.created)),
        ("chargeback_date", when(payment.charged_back)),
        ("refund_date", when(payment.refunded)),
        ("suspicious_date", Node::Null),
        ("merchant_connector", Node::Object(vec![("name", CONNECTOR.into())])),
        ("user", Node::Object(vec![("name", MERCHANT_NAME.into()), ("user_kyc", kyc)])),
    ])
}

fn payout_row(payout: &Payout, state: &State) -> Node {
    let (customer, card) = (&payout.customer, &payout.card);
    let mut fields = vec![
        ("first_name", Node::text(&customer.first_name)),
        ("last_name", Node::text(&customer.last_name)),
        ("transaction_id", Node::text(&payout.id)),
        ("amount", Node::text(&payout.amount.text)),
        ("address", Node::text(&customer.address)),
        ("currency", Node::text(&payout.currency)),
        ("status", Node::Text(payout.status.word(&state.modes))),
        ("card_type", optional(card.brand)),
        ("card_number", Node::text(&card.masked)),
        ("card_expiry_month", Node::text(&card.month)),
        ("card_expiry_year", Node::text(&card.year)),
        ("transaction_type", "CARD".into()),
        ("order_id", optional(payout.order_id.clone())),
        ("message", payout.status.message().into()),
        ("phone_number", Node::text(&customer.phone)),
        ("fee", Node::Text(super::amounts::write(payout.fee, state.modes.money_unit))),
        ("country", Node::text(&customer.country)),
    ];
    // Both are absent in test.
    if payout.environment == Environment::Live {
        fields.insert(0, ("wallet_id", Node::text(&payout.wallet)));
        fields.push(("transaction_date", at(payout.created)));
    }
    Node::Object(fields)
}
