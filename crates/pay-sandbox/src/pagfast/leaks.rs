//! Which secrets and personal data stand in a text: whose they are, never what they are.

use super::state::State;
use std::collections::HashSet;

type Texts<'a> = HashSet<&'a str>;

/// Shorter texts stand in any log by chance.
const SHORTEST: usize = 8;

/// Says what of PagFast's stands in a text.
pub(super) fn found(state: &State, text: &str) -> Vec<String> {
    let book = &state.book;
    let holds = |secret: &str| secret.len() >= SHORTEST && text.contains(secret);
    // Many transactions have few people: each of their texts is looked for once.
    let (mut numbers, mut names, mut keys, mut headers) = (Texts::new(), Texts::new(), Texts::new(), Texts::new());
    for transaction in &book.transactions {
        let order = &transaction.order;
        for who in [&order.payer, &order.recipient, &transaction.paid_by].into_iter().flatten() {
            numbers.insert(&who.tax_number);
            names.extend(who.name.as_deref());
        }
        keys.extend(order.key.as_ref().map(|key| key.value.as_str()));
        headers.extend(order.hook.header.as_ref().map(|(_, value)| value.as_str()));
    }
    let stands = |texts: &Texts<'_>| texts.iter().any(|text| holds(text));
    let found = [
        (book.keys.iter().any(|key| holds(&key.access_key)), "an access key"),
        (book.keys.iter().any(|key| holds(&key.secret)), "a secret"),
        (book.accounts.iter().any(|account| holds(&account.webhook_key)), "a webhook key"),
        (state.tokens.iter().any(|signature| holds(signature)), "an access token"),
        (stands(&headers), "the value of a webhook's header"),
        (stands(&numbers), "a CPF"),
        (stands(&names), "a person's name"),
        (stands(&keys), "a Pix key"),
    ];
    found.into_iter().filter(|(found, _)| *found).map(|(_, whose)| format!("{whose} of PagFast")).collect()
}
