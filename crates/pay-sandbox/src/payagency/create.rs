//! Payments by card, on the hosted card page, and by alternative methods.

use super::amounts::Place;
use super::answers::Refusal;
use super::cards::{Card, Typed};
use super::hosted;
use super::modes::{DeclinedStatus, Modes};
use super::orders;
use super::payment::{Kind, Order};
use super::reply::{self, Names};
use super::state::{Call, State};
use super::status::Status;
use crate::provider::Reply;
use http::StatusCode;

/// `POST /card`.
pub(super) fn card(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    orders::filled(&call.body, &["card_number", "card_expiry_month", "card_expiry_year", "card_cvv"])?;
    let card = read_card(state, call, true)?;
    let does = card.does;
    let Started::New(id) = start(state, call, Kind::Card, Some(card))? else { return first(state, call) };
    hosted::charge(state, &id, does, call.now, state.settings.pending_for);
    answer(state, &id, call.base)
}

/// `POST /hosted/card`.
pub(super) fn hosted_card(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    on_a_page(state, call, Kind::HostedCard)
}

/// `POST /apm`. A `payment_method`, which two SDKs send, is not looked at (C12).
pub(super) fn apm(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    on_a_page(state, call, Kind::Apm)
}

fn on_a_page(state: &mut State, call: &Call<'_>, kind: Kind) -> Result<Reply, Refusal> {
    let Started::New(id) = start(state, call, kind, None)? else { return first(state, call) };
    answer(state, &id, call.base)
}

/// The card of a body: checked, and reduced to what may be kept. What is not asked for is not read (C16).
pub(super) fn read_card(state: &State, call: &Call<'_>, with_cvv: bool) -> Result<Card, Refusal> {
    let text = |name: &str| call.body.text(name).unwrap_or_default();
    let (number, cvv) = (text("card_number"), text("card_cvv"));
    let (month, year) = (text("card_expiry_month"), text("card_expiry_year"));
    let typed = Typed { number: &number, month: &month, year: &year, cvv: with_cvv.then_some(cvv.as_str()) };
    typed.read(state.modes.other_cards, call.today()).map_err(Refusal::wrong)
}

/// Whether a payment was opened.
pub(super) enum Started {
    New(String),
    /// The order id is known, and the mode answers as the first time.
    Before,
}

fn start(state: &mut State, call: &Call<'_>, kind: Kind, card: Option<Card>) -> Result<Started, Refusal> {
    let body = &call.body;
    let required: Vec<&str> = orders::PAYER.into_iter().chain(["currency", "redirect_url"]).collect();
    orders::filled(body, &required)?;
    orders::country(body, &state.modes)?;
    let order = Order {
        environment: call.environment,
        kind,
        order_id: orders::ids(body)?,
        amount: orders::amount(body, "amount", &state.modes)?,
        currency: orders::currency(body, "currency")?,
        customer: orders::customer(body),
        redirect_url: body.text("redirect_url"),
        webhook_url: body.text("webhook_url"),
        card,
        crypto: None,
    };
    open(state, call, order, Status::Redirect)
}

/// Opens a payment, unless its order id is known.
pub(super) fn open(state: &mut State, call: &Call<'_>, order: Order, status: Status) -> Result<Started, Refusal> {
    if orders::repeated(state, call, order.order_id.as_deref())?.is_some() {
        return Ok(Started::Before);
    }
    let gone = call.after(state.settings.abandon_after);
    let payment = state.book.open(order, status, call.now);
    payment.due = Some((gone, Status::Abandoned));
    Ok(Started::New(payment.id.clone()))
}

/// The answer that the first payment with this order id would get now.
pub(super) fn first(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let order_id = call.body.text("order_id");
    let id = orders::repeated(state, call, order_id.as_deref())?.ok_or_else(Refusal::duplicate)?;
    Ok(answer(state, &id, call.base)?.assume("answer to a repeated order id"))
}

/// The reply to a payment as it stands.
pub(super) fn answer(state: &State, id: &str, base: &str) -> Result<Reply, Refusal> {
    let payment = state.book.payment(id).ok_or_else(Refusal::no_transaction)?;
    let (modes, status) = (&state.modes, payment.status);
    let url = if status.is_final() { None } else { hosted::page_url(state, payment, base) };
    let data = reply::payment(payment, Place::Creation, Names::Whole, modes);
    let body = reply::body(status.word(modes), status.message(), url, data);
    Ok(marked(Reply::json(http_status(status, modes), &body), status))
}

/// A declined payment may come with another status than 200 (G1).
pub(super) fn http_status(status: Status, modes: &Modes) -> StatusCode {
    let declined = matches!(status, Status::Failed | Status::Blocked);
    let bad = declined && modes.declined_status == DeclinedStatus::BadRequest;
    if bad { StatusCode::BAD_REQUEST } else { StatusCode::OK }
}

/// Says what of a reply with this status is ours.
pub(super) fn marked(reply: Reply, status: Status) -> Reply {
    match status {
        Status::Success => reply.assume("result of a test card"),
        Status::Redirect => reply,
        _ => reply.assume("result of a test card").assume("message of this status"),
    }
}
