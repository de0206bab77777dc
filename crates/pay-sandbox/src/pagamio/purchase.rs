//! `POST /purchase`: one sale per reference, whatever happens to its answer.

use super::answers::{self, Refusal, code_node, refuse};
use super::book::{Course, First, Record};
use super::limits::Limited;
use super::modes::{Modes, PendingAnswer, PurchaseAnswer, RateLimits, ReplayAnswer, Timestamps};
use super::order;
use super::receipts;
use super::state::{Call, Caller, State};
use super::timestamps::timestamp;
use crate::SaleState;
use crate::faults::Behaviour;
use crate::json::Node;
use crate::money;
use crate::provider::Reply;
use http::StatusCode;

/// Buys, or answers for a sale that was made before.
pub(super) fn purchase(state: &mut State, call: &Call<'_>, caller: &Caller, behaviour: Option<&Behaviour>) -> Reply {
    if !caller.account.role().may_buy() {
        return answers::forbidden();
    }
    if state.modes.rate_limits == RateLimits::On
        && !state.limits.allow(Limited::Purchase(caller.token.clone()), call.now)
    {
        return answers::too_many(&call.full_path());
    }
    let body = match call.object() {
        Ok(body) => body,
        Err(why) => return answers::not_json(why),
    };
    let State { modes, book, .. } = state;
    let refused = |refusal: &Refusal| refuse(refusal, modes, &call.full_path(), call.now);
    let draft = match call.check(&body).and_then(|()| order::draft(&body)) {
        Ok(draft) => draft,
        Err(refusal) => return refused(&refusal),
    };
    let account = caller.account.index;
    if let Some(record) = book.find(account, &draft.reference) {
        if record.fingerprint != draft.fingerprint {
            return Reply::json(
                StatusCode::CONFLICT,
                &Node::Object(vec![
                    ("responseCode", code_node("1006", modes)),
                    ("responseMessage", "Duplicate transaction found".into()),
                    ("successful", Node::Bool(false)),
                ]),
            )
            .assume("body of this conflict");
        }
        return replay(record, modes, call);
    }
    let request = match order::validate(draft, &body, caller.account) {
        Ok(request) => request,
        Err(refusal) => return refused(&refusal),
    };
    let available = book.float_cents(account);
    let course = match behaviour {
        Some(Behaviour::Code { code, message }) => Course::Fails(Refusal::new(code, message)),
        _ if available < request.amount_cents => {
            let available = money::decimal(available, 2);
            let message = format!("Insufficient balance. Available: R{available}");
            Course::Fails(Refusal::new("1103", message))
        }
        Some(Behaviour::Pending { settle_after, ends }) => {
            Course::Later { first: First::Pending, after: *settle_after, ends: *ends }
        }
        Some(Behaviour::Timeout { settle_after, ends }) => {
            Course::Later { first: First::Timeout, after: *settle_after, ends: *ends }
        }
        None => Course::Completes,
    };
    first_answer(book.open(request, course, call.now), modes, call)
}

fn first_answer(record: &Record, modes: &Modes, call: &Call<'_>) -> Reply {
    match record.first {
        First::Pending => pending(record, modes),
        First::Timeout => {
            let refusal = Refusal::new("1204", "Transaction timeout");
            refuse(&refusal, modes, &call.full_path(), call.now)
        }
        First::Ended => ended(record, modes, call),
    }
}

/// The same reference and content again: documented to answer the original's result.
fn replay(record: &Record, modes: &Modes, call: &Call<'_>) -> Reply {
    let assumed = match (record.first, &record.failure) {
        (First::Ended, None) => return ended(record, modes, call),
        (First::Ended, Some(_)) => "that a failed sale's reference stays used",
        _ => "what a repeated purchase answers for a sale that was not final at first",
    };
    let current = modes.replay_answer == ReplayAnswer::Current && record.sale.state.is_terminal();
    let reply = if current { ended(record, modes, call) } else { first_answer(record, modes, call) };
    reply.assume(assumed)
}

fn ended(record: &Record, modes: &Modes, call: &Call<'_>) -> Reply {
    match &record.failure {
        Some(refusal) => refuse(refusal, modes, &call.full_path(), call.now),
        None => completed(record, modes),
    }
}

fn completed(record: &Record, modes: &Modes) -> Reply {
    let id = ("transactionId", Node::text(&record.sale.transaction_id));
    let code = ("responseCode", code_node("0", modes));
    let message = ("responseMessage", "Purchase successful".into());
    let receipt = ("receipt", receipts::receipt(record, modes));
    let reply = Reply::ok(&match modes.purchase_answer {
        PurchaseAnswer::Flat => Node::Object(vec![
            id,
            code,
            message,
            ("responseDateTime", date(record, modes)),
            ("successful", Node::Bool(true)),
            receipt,
        ]),
        PurchaseAnswer::Nested => Node::Object(vec![
            ("success", Node::Bool(true)),
            (
                "data",
                Node::Object(vec![
                    id,
                    ("status", "COMPLETED".into()),
                    // The documented nested sample has a number here.
                    ("responseCode", Node::Int(0)),
                    message,
                    receipt,
                ]),
            ),
        ]),
    });
    match receipts::assumed(record) {
        Some(assumed) => reply.assume(assumed),
        None => reply,
    }
}

/// No document shows a pending answer; these are three plausible ones.
fn pending(record: &Record, modes: &Modes) -> Reply {
    let processing = record.sale.state == SaleState::Processing;
    let (number, name, label) = match processing {
        true => (2, "PROCESSING", "Processing"),
        false => (1, "PENDING", "Pending"),
    };
    let mut fields = vec![("transactionId", Node::text(&record.sale.transaction_id))];
    match modes.pending_answer {
        PendingAnswer::Code1 => fields.extend([
            ("responseCode", code_node(&number.to_string(), modes)),
            ("responseMessage", Node::text(format!("Transaction {}", label.to_lowercase()))),
            ("status", name.into()),
        ]),
        PendingAnswer::Code0 => fields.extend([
            ("responseCode", code_node("0", modes)),
            ("responseMessage", "Purchase accepted".into()),
            ("status", name.into()),
        ]),
        PendingAnswer::StatusObject => {
            fields.push(("status", Node::Object(vec![("code", Node::Int(number)), ("label", label.into())])))
        }
    }
    fields.push(("responseDateTime", date(record, modes)));
    fields.push(("successful", Node::Bool(false)));
    Reply::ok(&Node::Object(fields)).assume("shape of a pending purchase answer")
}

fn date(record: &Record, modes: &Modes) -> Node {
    Node::Text(timestamp(record.accepted_at, modes.timestamps, Timestamps::Nanoseconds))
}
