//! Withdrawals: `POST /accounts/pix/cashout`.

use super::answers::Refusal;
use super::book::Book;
use super::modes::{DuplicateOrderId, KeyCheck, WithdrawalOrderId};
use super::orders;
use super::state::{Call, State};
use super::transaction::{Destination, Kind, Order, Party};
use crate::provider::Reply;

/// Pays a person by Pix. The wallet is debited as soon as this is accepted.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let text = |pointer: &str| {
        let empty = || Refusal::member(pointer, "minLength", "must not be empty");
        call.body.text(pointer).ok_or_else(empty)
    };
    let (amount, cents) = orders::amount(call, "/payment/value")?;
    let recipient = Party {
        name: Some(text("/payment/recipient/name")?),
        tax_number: orders::cpf(call, "/payment/recipient/cpf", &state.modes)?,
    };
    let key = Destination { kind: text("/payment/key/type")?, value: text("/payment/key/value")? };
    let (order_id, description) = orders::words(call);
    if order_id.is_none() && state.modes.withdrawal_order_id == WithdrawalOrderId::Required {
        return Err(Refusal::member("/transaction/orderId", "required", "an order id is required"));
    }
    let hook = orders::hook(call)?;
    if hook.url.is_none() {
        return Err(Refusal::member("/webhook/url", "minLength", "must not be empty"));
    }
    if state.modes.key_check == KeyCheck::OnRequest
        && let Some(reason) = wrong_key(&state.book, &key, &recipient)
    {
        return Err(Refusal::pix_key(reason));
    }
    // What was made before with this order id needs no money a second time.
    let holds = state.book.account(call.account).map_or(0, |account| account.wallet);
    let again = order_id.as_deref().is_some_and(|id| state.book.first(call.account, Kind::Withdrawal, id).is_some());
    let pays_again = !again || state.modes.duplicate_order_id == DuplicateOrderId::Allow;
    if pays_again && cents > holds {
        return Err(Refusal::business("SandboxInsufficientBalance", "The account does not hold enough")
            .assume("that an account can run out of money, and the answer"));
    }
    let order = Order {
        account: call.account,
        kind: Kind::Withdrawal,
        amount,
        cents,
        editable: None,
        order_id,
        description,
        payer: None,
        recipient: Some(recipient),
        key: Some(key),
        redirect_url: None,
        hook,
    };
    orders::open(state, call, order)
}

/// Why a bank would refuse a key. A key that the sandbox does not know is taken to be the recipient's.
pub(super) fn wrong_key(book: &Book, key: &Destination, recipient: &Party) -> Option<&'static str> {
    let known = book.pix_keys.iter().find(|it| it.kind == key.kind && it.value == key.value);
    let owner = match known {
        Some(known) => known.owner.as_deref(),
        None if key.kind == "CPF" => Some(key.value.as_str()),
        None => return None,
    };
    match owner {
        Some(owner) if owner == recipient.tax_number => None,
        Some(_) => Some("SandboxKeyOwnerDiffers: the key belongs to somebody else than the recipient"),
        None => Some("SandboxKeyUnknown: nobody has this key"),
    }
}
