//! `GET /payments`: everything that was sent and answered at creation, and where the payment stands.

use super::account::PARTNER_ID;
use super::answers::Refusal;
use super::modes::TransactionReference;
use super::payment::Payment;
use super::settings::Console;
use super::state::{Call, State};
use crate::json::Node;
use crate::provider::Reply;

/// Answers for one payment.
pub(super) fn query(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let reference = call.query("reference").ok_or_else(|| Refusal::bad("reference is missing"))?;
    let unknown = || Refusal::not_found("No such payment").assume("status of an unknown reference");
    let payment = state.book.find(reference).ok_or_else(unknown)?;
    let order = &payment.order;
    let mut fields = vec![
        ("countryCode", Node::text(&order.country)),
        ("currencyCode", Node::text(&order.currency)),
        ("amount", Node::Number(order.amount.clone())),
        ("reference", Node::text(&payment.reference)),
        ("partnerReference", Node::text(&order.partner_reference)),
        ("partnerSettings", settings(&state.urls(payment))),
        ("products", Node::Number(order.products.clone())),
        ("metadata", Node::Number(order.metadata.clone())),
        ("status", payment.status.as_str().into()),
    ];
    fields.extend(channel(payment));
    if state.modes.transaction_reference == TransactionReference::Present {
        fields.push(("transactionReference", Node::text(&payment.transaction)));
    }
    Ok(Reply::ok(&Node::Object(fields)))
}

/// The names are not those of the request: `callbackSuccessUrl` comes back as `successCallbackUrl`. What nobody gave is
/// left out: no document shows a null.
fn settings(urls: &Console) -> Node {
    let mut fields = vec![("partnerId", Node::Int(PARTNER_ID))];
    for (name, url) in [
        ("webhookUrl", &urls.webhook_url),
        ("successCallbackUrl", &urls.success_url),
        ("failureCallbackUrl", &urls.failure_url),
        ("pendingCallbackUrl", &urls.pending_url),
        ("cancelCallbackUrl", &urls.cancel_url),
    ] {
        fields.extend(url.as_ref().map(|url| (name, Node::text(url))));
    }
    Node::Object(fields)
}

/// The method, once one was chosen.
fn channel(payment: &Payment) -> Vec<(&'static str, Node)> {
    let fields = payment
        .channel
        .map(|channel| vec![("channelId", Node::Int(channel.id.into())), ("channelName", channel.name.into())]);
    fields.unwrap_or_default()
}
