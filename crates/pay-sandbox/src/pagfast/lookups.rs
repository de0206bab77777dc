//! One transaction by its id, and those of an order id within a day.

use super::answers::{self, Detail, Refusal};
use super::modes::{DeliveryStatus, ListItems, OpenFinanceLookup, PageSizes};
use super::record;
use super::state::{self, Call, State};
use super::transaction::{Kind, Transaction};
use crate::SandboxClock;
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;
use std::time::Duration;
use time::{Date, Month, OffsetDateTime, Time};

/// The longest interval: one day, its last moment included (assumed).
const ONE_DAY: Duration = Duration::from_secs(86_400);
const SIZES: [u64; 3] = [5, 10, 20];

/// Whether a call may see a transaction.
fn visible(state: &State, call: &Call<'_>, transaction: &Transaction) -> bool {
    let found = state.modes.open_finance_lookup == OpenFinanceLookup::Found;
    transaction.order.account == call.account && (found || transaction.order.kind != Kind::OpenFinance)
}

/// `GET /accounts/transactions/pix/{transactionId}`.
pub(super) fn one(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let found = state.book.find(call.id()).filter(|it| visible(state, call, it));
    let found = found.ok_or_else(|| Refusal::not_found("No such transaction"))?;
    let data = Node::Object(vec![
        ("transaction", record::transaction(found, &state.modes, &state.base, true)),
        ("payment", record::payment(found)),
        ("webhook", webhook(state, call, found)),
    ]);
    let reply = answers::done(StatusCode::OK, data).assume("members of payment and webhook, and what is null when");
    Ok(if found.order.kind == Kind::OpenFinance { reply.assume("that Open Finance is found here") } else { reply })
}

/// Where state changes are sent. The value of the header is the merchant's secret, and is not repeated.
fn webhook(state: &State, call: &Call<'_>, transaction: &Transaction) -> Node {
    let hook = &transaction.order.hook;
    let mut fields = vec![("url", record::text(hook.url.as_deref()))];
    fields.extend(hook.header.as_ref().map(|(name, _)| ("customHeaderName", Node::text(name))));
    if state.modes.delivery_status == DeliveryStatus::Present {
        fields.push(("deliveryStatus", call.delivery_status.map_or(Node::Null, Node::from)));
    }
    Node::Object(fields)
}

/// `GET /accounts/transactions/pix`.
pub(super) fn list(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    state::check_query(call)?;
    let limit = size(state, call)?;
    let offset = number(call, "dataset.offset")?;
    let moment = |name: &str| {
        let wrong = || Refusal::member(&format!("/{name}"), "format", "must be ISO 8601 with milliseconds and Z");
        parse(call.query(name)).ok_or_else(wrong)
    };
    let (start, end) = (moment("startDate")?, moment("endDate")?);
    if end < start || (end - start).unsigned_abs() > ONE_DAY {
        return Err(Refusal::member("/endDate", "interval", "must be at most one day after startDate"));
    }
    let wanted = call.query("transactionOrderId");
    let within = |it: &&Transaction| {
        // Dates are shown to the millisecond, so that is how they are compared.
        let date = parse(&SandboxClock::text_of(it.created));
        date.is_some_and(|date| start <= date && date <= end)
    };
    let mut found: Vec<&Transaction> = state.book.transactions.iter().filter(|it| visible(state, call, it)).collect();
    found.retain(|it| it.order.order_id.as_deref() == Some(wanted) && within(it));
    found.reverse();
    let whole = state.modes.list_items == ListItems::V202;
    let item = |it: &&Transaction| {
        Node::Object(vec![("transaction", record::transaction(it, &state.modes, &state.base, whole))])
    };
    let items = found.iter().skip(offset).take(limit).map(item).collect();
    Ok(answers::done(StatusCode::OK, page(limit, offset, found.len(), items))
        .assume("the order of items: newest first"))
}

/// A page of a list.
pub(super) fn page(limit: usize, offset: usize, total: usize, items: Vec<Node>) -> Node {
    let number = |number: usize| Node::Number(number.to_string());
    Node::Object(vec![
        ("limit", number(limit)),
        ("offset", number(offset)),
        ("total", number(total)),
        ("items", Node::List(items)),
    ])
}

fn size(state: &State, call: &Call<'_>) -> Result<usize, Refusal> {
    let limit = number(call, "dataset.limit")?;
    let good = match state.modes.page_sizes {
        PageSizes::Documented => SIZES.iter().any(|size| usize::try_from(*size) == Ok(limit)),
        PageSizes::Any => (1..=100).contains(&limit),
    };
    if good {
        return Ok(limit);
    }
    Err(Refusal::format(vec![Detail {
        path: Some("/dataset.limit".to_owned()),
        code: Some("enum".to_owned()),
        message: Some("must be equal to one of the allowed values".to_owned()),
        allowed: SIZES.map(|size| size.to_string()).to_vec(),
        ..Detail::default()
    }]))
}

/// A whole number that the schema has seen.
pub(super) fn number(call: &Call<'_>, name: &str) -> Result<usize, Refusal> {
    let wrong = || Refusal::member(&format!("/{name}"), "type", "must be a whole number");
    call.query(name).parse().map_err(|_| wrong())
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, whose form the schema has seen.
fn parse(text: &str) -> Option<OffsetDateTime> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u16>().ok();
    let small = |from: usize| part(from, from + 2).and_then(|part| u8::try_from(part).ok());
    let month = Month::try_from(small(5)?).ok()?;
    let date = Date::from_calendar_date(part(0, 4)?.into(), month, small(8)?).ok()?;
    let time = Time::from_hms_milli(small(11)?, small(14)?, small(17)?, part(20, 23)?).ok()?;
    Some(OffsetDateTime::new_utc(date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_to_the_millisecond() {
        let at = parse("2023-08-04T14:45:39.150Z").unwrap();
        assert_eq!((at.unix_timestamp(), at.millisecond()), (1_691_160_339, 150));
        for wrong in
            ["", "2023-08-04", "2023-13-04T14:45:39.150Z", "2023-02-30T14:45:39.150Z", "2023-08-04T24:00:00.000Z"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
