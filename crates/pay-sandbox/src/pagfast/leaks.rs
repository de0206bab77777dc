//! Which secrets and personal data stand in a text: whose they are, never what they are.

use super::state::State;

/// Shorter texts stand in any log by chance.
const SHORTEST: usize = 8;

/// Says what of PagFast's stands in a text.
pub(super) fn found(state: &State, text: &str) -> Vec<String> {
    let book = &state.book;
    let holds = |secret: &str| secret.len() >= SHORTEST && text.contains(secret);
    let people = || {
        let of = |it: &super::transaction::Transaction| {
            [it.order.payer.clone(), it.order.recipient.clone(), it.paid_by.clone()].into_iter().flatten()
        };
        book.transactions.iter().flat_map(of)
    };
    let orders = || book.transactions.iter().map(|transaction| &transaction.order);
    let found = [
        (book.keys.iter().any(|key| holds(&key.access_key)), "an access key"),
        (book.keys.iter().any(|key| holds(&key.secret)), "a secret"),
        (book.accounts.iter().any(|account| holds(&account.webhook_key)), "a webhook key"),
        (state.tokens.iter().any(|signature| holds(signature)), "an access token"),
        (
            orders().filter_map(|it| it.hook.header.as_ref()).any(|(_, value)| holds(value)),
            "the value of a webhook's header",
        ),
        (people().any(|who| holds(&who.tax_number)), "a CPF"),
        (people().filter_map(|who| who.name).any(|name| holds(&name)), "a person's name"),
        (orders().filter_map(|it| it.key.as_ref()).any(|key| holds(&key.value)), "a Pix key"),
    ];
    found.into_iter().filter(|(found, _)| *found).map(|(_, whose)| format!("{whose} of PagFast")).collect()
}
