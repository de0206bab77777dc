//! Who answers for which operation of the document.

use super::answers::Refusal;
use super::state::{Call, State};
use super::{auth, cash_in, cash_out, lookups, receivers, simulate};
use crate::provider::Reply;

/// What answers for an endpoint.
pub(super) type Handle = fn(&mut State, &Call<'_>) -> Result<Reply, Refusal>;

/// Which body an endpoint takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// None that it looks at.
    Nothing,
    /// A JSON object.
    Body,
    /// A JSON object, or none.
    MaybeBody,
}

/// The handler of an operation.
pub(super) fn handler(operation: &str) -> Option<(Takes, Handle)> {
    Some(match operation {
        "login" => (Takes::Body, auth::login),
        "pix_cash_in" => (Takes::Body, cash_in::pix),
        "pix_cash_out" => (Takes::Body, cash_out::create),
        "open_finance_cash_in" => (Takes::Body, cash_in::open_finance),
        "transaction" => (Takes::Nothing, lookups::one),
        "transactions" => (Takes::Nothing, lookups::list),
        "simulate_pix" => (Takes::MaybeBody, simulate::pix),
        "simulate_open_finance" => (Takes::Nothing, simulate::open_finance),
        "receivers" => (Takes::Nothing, receivers::list),
        _ => return None,
    })
}

/// Whether a request of this operation moves money, so that the ledger counts its attempts.
pub(super) fn moves_money(operation: &str) -> bool {
    matches!(operation, "pix_cash_in" | "pix_cash_out" | "open_finance_cash_in")
}

pub(super) fn is_simulator(operation: &str) -> bool {
    matches!(operation, "simulate_pix" | "simulate_open_finance")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::pagfast::{DOCUMENT, ROUTES};
    use serde_json::Value;

    #[test]
    fn every_route_is_played_as_the_document_says() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        for route in &ROUTES {
            let (takes, _) = handler(route.operation).unwrap();
            let operation = &document["paths"][route.template][route.method.to_lowercase()];
            let wanted = match operation["requestBody"]["required"].as_bool() {
                None => Takes::Nothing,
                Some(true) => Takes::Body,
                Some(false) => Takes::MaybeBody,
            };
            assert_eq!(takes, wanted, "{}", route.operation);
            assert_eq!(
                moves_money(route.operation),
                operation["x-pay-repeat"] == "never" && !is_simulator(route.operation)
            );
        }
        assert!(handler("balance").is_none(), "a sister platform's, not PagFast's");
    }
}
