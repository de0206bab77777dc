//! Who answers for which operation of the document.

use super::accounts::Role;
use super::state::{Call, Caller, State};
use super::{auth, listings, lookups, purchase, transactions};
use crate::faults::Behaviour;
use crate::generated::Route;
use crate::provider::Reply;

/// What answers for an endpoint.
pub(super) enum Handler {
    /// Needs no token.
    Public(fn(&mut State, &Call<'_>) -> Reply),
    /// Needs a good token.
    Private(fn(&mut State, &Call<'_>, &Caller, Option<&Behaviour>) -> Reply),
}

/// By path. Of these endpoints only the name is documented, so they are answered as undocumented.
const NAMES_ONLY: [&str; 2] = ["/users/forgotpassword", "/users/resetpassword"];

/// The handler of an endpoint; `None`: the documents say nothing that could be played.
pub(super) fn handler(route: &Route) -> Option<Handler> {
    use Handler::{Private, Public};
    if NAMES_ONLY.contains(&route.template) {
        return None;
    }
    Some(match route.operation {
        "token" => Public(auth::token),
        "refresh" => Public(auth::refresh),
        "categories" => Private(|state, _, _, _| listings::categories(&state.modes)),
        "category_fields" => Private(|state, call, _, _| listings::category_fields(&state.modes, call)),
        "category_products" => Private(|state, call, _, _| listings::category_products(&state.modes, call)),
        "merchant_products" => {
            Private(|state, call, caller, _| listings::own_products(&state.modes, call, caller, Role::Merchant))
        }
        "sub_merchant_products" => {
            Private(|state, call, caller, _| listings::own_products(&state.modes, call, caller, Role::SubMerchant))
        }
        "lookups" => Private(|state, call, _, _| listings::lookups(&state.modes, call)),
        "lookup_bill_payment" => Private(|state, call, _, _| lookups::bill_payment(&state.modes, call)),
        "lookup_money_transfer" => Private(|state, call, _, _| lookups::money_transfer(&state.modes, call)),
        "lookup_electricity" => Private(|state, call, _, _| lookups::electricity(&state.modes, call)),
        "purchase" => Private(purchase::purchase),
        "transactions" => Private(|state, call, caller, _| transactions::transactions(state, call, caller)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::pagamio::{DOCUMENT, ROUTES};
    use serde_json::Value;

    #[test]
    fn every_route_has_a_handler_or_is_answered_as_undocumented() {
        let unplayed = ROUTES.iter().filter(|route| handler(route).is_none());
        assert_eq!(unplayed.map(|route| route.template).collect::<Vec<_>>(), NAMES_ONLY);
    }

    #[test]
    fn exactly_what_the_document_calls_public_needs_no_token() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        for route in &ROUTES {
            let operation = &document["paths"][route.template][route.method.to_lowercase()];
            assert_eq!(operation["operationId"], route.operation);
            let public = operation["security"] == serde_json::json!([]);
            if let Some(handler) = handler(route) {
                assert_eq!(matches!(handler, Handler::Public(_)), public, "{}", route.operation);
            }
        }
    }
}
