//! `POST /payout`, and the wallets that it is paid from.

use super::account::Environment;
use super::amounts::{self, Place};
use super::answers::Refusal;
use super::cards::Behaviour;
use super::create;
use super::events;
use super::modes::{DuplicateOrder, EstimateKey, PayoutAnswer, PayoutEnds, PayoutEvent, TestKeyReads};
use super::orders;
use super::payout::{Payout, Wallet};
use super::reply::{self, Names};
use super::state::{Call, State};
use super::status::Status;
use crate::json::Node;
use crate::provider::Reply;
use std::time::Duration;

const POOR: &str = "Insufficient wallet balance to complete the transaction.";

/// What no source shows to work with a test key (G4).
pub(super) fn served(state: &State, call: &Call<'_>) -> Result<(), Refusal> {
    let refused = state.modes.test_key_reads == TestKeyReads::Refused && call.environment == Environment::Test;
    if refused { Err(Refusal::invalid_key()) } else { Ok(()) }
}

/// `GET /wallet`.
pub(super) fn wallets(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    served(state, call)?;
    let own = state.book.wallets.iter().filter(|wallet| wallet.environment == call.environment);
    let row = |wallet: &Wallet| {
        Node::Object(vec![
            ("wallet_id", Node::text(&wallet.id)),
            ("currency", Node::text(&wallet.currency)),
            ("amount", Node::Number(amounts::write(wallet.cents, state.modes.money_unit))),
            ("payment_method", "card".into()),
            ("status", if wallet.active { "Active" } else { "Inactive" }.into()),
        ])
    };
    Ok(Reply::ok(&Node::Object(vec![("data", Node::List(own.map(row).collect()))])))
}

fn wallet<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a Wallet, Refusal> {
    let id = call.body.required("wallet_id")?;
    let mut own = state.book.wallets.iter().filter(|wallet| wallet.environment == call.environment);
    let wallet = own.find(|wallet| wallet.id == id);
    wallet.ok_or_else(|| Refusal::ours("Wallet not found.", "answer to an unknown wallet"))
}

/// `POST /wallet/estimate-payout`.
pub(super) fn estimate(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    served(state, call)?;
    orders::filled(&call.body, &["wallet_id", "card_number"])?;
    let (unit, wallet) = (state.modes.money_unit, wallet(state, call)?);
    let cents = orders::amount(&call.body, "amount", &state.modes)?.cents;
    let fee = amounts::fee(cents);
    if cents.saturating_add(fee) > wallet.cents {
        return Err(Refusal::known(POOR));
    }
    let key = match state.modes.estimate_key {
        EstimateKey::Requried => "amount_requried",
        EstimateKey::Required => "amount_required",
    };
    let number = |cents| Node::Number(amounts::write(cents, unit));
    let data = Node::Object(vec![
        (key, number(cents + fee)),
        ("wallet_balance", number(wallet.cents)),
        ("total_fee", number(fee)),
    ]);
    Ok(Reply::ok(&Node::Object(vec![("data", data)])).assume("the fee: 5 % and 1.50"))
}

/// Pays out, and takes amount and fee from the wallet as soon as it is accepted.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = &call.body;
    let card = ["wallet_id", "currency", "card_number", "card_expiry_month", "card_expiry_year"];
    orders::filled(body, &orders::PAYER.into_iter().chain(card).collect::<Vec<_>>())?;
    orders::country(body, &state.modes)?;
    let (order_id, currency) = (orders::ids(body)?, orders::currency(body, "currency")?);
    let amount = orders::amount(body, "amount", &state.modes)?;
    let card = create::read_card(state, call, false)?;
    if let Some(first) = order_id.as_deref().and_then(|id| state.book.asked_payout(call.environment, id)) {
        match state.modes.duplicate_order {
            DuplicateOrder::Refused => return Err(Refusal::duplicate()),
            DuplicateOrder::First => return Ok(answer(state, first).assume("answer to a repeated order id")),
            DuplicateOrder::Accepted => {}
        }
    }
    let wallet = wallet(state, call)?;
    if !wallet.active || wallet.currency != currency {
        let message = "The wallet is inactive or of another currency.";
        return Err(Refusal::ours(message, "answer to an inactive wallet or another currency"));
    }
    let (wallet_id, cents) = (wallet.id.clone(), amount.cents);
    let fee = amounts::fee(cents);
    if cents.saturating_add(fee) > wallet.cents {
        return Err(Refusal::known(POOR));
    }
    let ends = ends(state, card.does);
    let pending = ends.0.then(|| (call.after(state.settings.pending_for), ends.1));
    let id = state.book.id("PA", 16);
    let mut payout = Payout {
        environment: call.environment,
        id: id.clone(),
        order_id,
        wallet: wallet_id.clone(),
        amount,
        cents,
        fee,
        currency,
        customer: orders::customer(body),
        webhook_url: body.text("webhook_url"),
        card,
        status: Status::Pending,
        history: vec![Status::Pending],
        created: call.now,
        due: pending,
        paid_out: 0,
    };
    if pending.is_none() {
        payout.become_status(ends.1);
    }
    if matches!(payout.status, Status::Pending | Status::Success) {
        // It holds enough: that was looked at above, under the same lock.
        for wallet in state.book.wallets.iter_mut().filter(|wallet| wallet.id == wallet_id) {
            wallet.cents -= cents + fee;
        }
    }
    let reply = answer(state, &payout);
    state.book.payouts.push(payout);
    if state.modes.payout_event == PayoutEvent::On {
        let after = if pending.is_some() { state.settings.pending_for } else { Duration::ZERO };
        events::queue_payout(state, &id, ends.1, after);
    }
    Ok(reply)
}

/// Whether a payout waits first, and how it ends.
fn ends(state: &State, does: Behaviour) -> (bool, Status) {
    match does {
        Behaviour::Blocked => (false, Status::Blocked),
        Behaviour::Decline => (true, Status::Failed),
        _ => {
            let waits = does == Behaviour::Pending || state.modes.payout_answer == PayoutAnswer::Pending;
            match state.modes.payout_ends {
                PayoutEnds::Failed if waits => (true, Status::Failed),
                _ => (waits, Status::Success),
            }
        }
    }
}

fn answer(state: &State, payout: &Payout) -> Reply {
    let (status, modes) = (payout.status, &state.modes);
    let data = reply::payout(payout, Place::Creation, Names::Whole, modes);
    let body = reply::body(status.word(modes), status.message(), None, data);
    create::marked(Reply::json(create::http_status(status, modes), &body), status)
}
