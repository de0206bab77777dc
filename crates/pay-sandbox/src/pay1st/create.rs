//! `POST /payments/create`.

use super::answers::Refusal;
use super::body::{Object, missing};
use super::events;
use super::modes::{DuplicateReference, EmptyLists, Modes, NewEvent};
use super::payment::{Order, Payment};
use super::settings::Console;
use super::state::{Call, State};
use crate::json::Node;
use crate::money;
use crate::provider::Reply;
use http::StatusCode;
use std::time::Duration;

/// Opens a payment.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.object()?;
    call.check(&body)?;
    let order = order(&body, &state.modes)?;
    if let Some(first) = state.book.by_partner_reference(&order.partner_reference) {
        const WHAT: &str = "what a repeated partnerReference gets";
        match state.modes.duplicate_reference {
            DuplicateReference::Refused => {
                return Err(Refusal::bad("partnerReference was used before").assume(WHAT));
            }
            DuplicateReference::FirstPayment => return Ok(answer(first).assume(WHAT)),
            DuplicateReference::SecondPayment => {}
        }
    }
    let payment = state.book.open(order);
    let (reply, reference) = (answer(payment), payment.reference.clone());
    if state.modes.new_event == NewEvent::On {
        events::queue(state, &reference, "NEW", Duration::ZERO);
    }
    Ok(reply)
}

fn answer(payment: &Payment) -> Reply {
    let order = &payment.order;
    Reply::json(
        StatusCode::CREATED,
        &Node::Object(vec![
            ("reference", Node::text(&payment.reference)),
            ("partnerReference", Node::text(&order.partner_reference)),
            ("countryCode", Node::text(&order.country)),
            ("currencyCode", Node::text(&order.currency)),
            ("amount", Node::Number(order.amount.clone())),
            ("status", payment.status.as_str().into()),
        ]),
    )
}

fn order(body: &Object, modes: &Modes) -> Result<Order, Refusal> {
    let amount = body.raw("amount").ok_or_else(|| missing("amount"))?.to_owned();
    let cents = money::cents(&amount).filter(|cents| *cents > 0);
    let cents = cents.ok_or_else(|| {
        let why = "amount is not a positive number of at most two decimals";
        Refusal::bad(why).assume("bounds and decimals of an amount")
    })?;
    let country = letters(body, "countryCode", 2)?;
    let currency = letters(body, "currencyCode", 3)?;
    let products = body.objects("products")?;
    let metadata = body.objects("metadata")?;
    if modes.empty_lists == EmptyLists::Refused && (products.is_empty() || metadata.is_empty()) {
        return Err(Refusal::bad("products and metadata must not be empty").assume("empty lists are refused"));
    }
    let skus = products.iter().map(|product| product.required("sku")).collect::<Result<_, _>>()?;
    let titles = products.iter().filter_map(|product| product.text("title")).collect();
    let mut customer = String::new();
    for pair in &metadata {
        let (key, value) = (pair.required("key")?, pair.optional("value")?);
        if key == "customerId" {
            customer = value.unwrap_or_default();
        }
    }
    Ok(Order {
        partner_reference: body.required("partnerReference")?,
        country,
        currency,
        amount,
        cents,
        // Read as lists above.
        products: body.raw("products").unwrap_or("[]").to_owned(),
        metadata: body.raw("metadata").unwrap_or("[]").to_owned(),
        titles,
        skus,
        customer,
        urls: urls(body)?,
    })
}

/// Not held against what a URL is: the published vector has one that is none.
fn urls(body: &Object) -> Result<Console, Refusal> {
    let url = |name: &str| body.optional(name).map(|url| url.filter(|url| !url.is_empty()));
    Ok(Console {
        webhook_url: url("webhookUrl")?,
        success_url: url("callbackSuccessUrl")?,
        failure_url: url("callbackFailureUrl")?,
        pending_url: url("callbackPendingUrl")?,
        cancel_url: url("callbackCancelUrl")?,
    })
}

fn letters(body: &Object, name: &str, length: usize) -> Result<String, Refusal> {
    let text = body.required(name)?;
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase());
    if fits { Ok(text) } else { Err(Refusal::bad(format!("{name} is not {length} capital letters"))) }
}
