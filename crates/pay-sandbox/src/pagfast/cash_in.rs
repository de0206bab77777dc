//! Deposits: `POST /accounts/pix/cashin` and `POST /accounts/payment-initiation`.

use super::answers::Refusal;
use super::orders;
use super::state::{Call, State};
use super::transaction::{Kind, Order, Party};
use crate::provider::Reply;

/// A Pix deposit: of a payer, of anybody, or of an amount that the payer may change.
pub(super) fn pix(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (amount, cents) = orders::amount(call, "/payment/value/original")?;
    let payer = match call.body.raw("/payment/payer") {
        Some(_) => Some(Party {
            name: call.body.text("/payment/payer/name"),
            tax_number: orders::cpf(call, "/payment/payer/cpf", &state.modes)?,
        }),
        None => None,
    };
    let editable = call.body.flag("/payment/value/editable");
    let order = order(call, Kind::Deposit, amount, cents)?;
    orders::open(state, call, Order { payer, editable, ..order })
}

/// A deposit by Open Finance. Here the CPF is called `taxNumber`.
pub(super) fn open_finance(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (amount, cents) = orders::amount(call, "/payment/value/original")?;
    let tax_number = orders::cpf(call, "/payment/payer/taxNumber", &state.modes)?;
    let redirect_url = call.body.text("/payment/redirectUrl");
    if redirect_url.is_none() {
        return Err(Refusal::member("/payment/redirectUrl", "minLength", "must not be empty"));
    }
    let payer = Some(Party { name: None, tax_number });
    let order = order(call, Kind::OpenFinance, amount, cents)?;
    orders::open(state, call, Order { payer, redirect_url, ..order })
}

fn order(call: &Call<'_>, kind: Kind, amount: String, cents: i64) -> Result<Order, Refusal> {
    let (order_id, description) = orders::words(call);
    Ok(Order {
        account: call.account,
        kind,
        amount,
        cents,
        editable: None,
        order_id,
        description,
        payer: None,
        recipient: None,
        key: None,
        redirect_url: None,
        hook: orders::hook(call)?,
    })
}
