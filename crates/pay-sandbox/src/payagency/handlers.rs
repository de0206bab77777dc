//! Who answers for which operation of the document, and which form of body it takes.

use super::answers::Refusal;
use super::modes::{EstimateBody, Modes, PaymentLinkBody};
use super::state::{Call, State};
use super::{ask, create, crypto, links, lists, payouts, refund};
use crate::provider::Reply;

/// What answers for an endpoint.
pub(super) type Handle = fn(&mut State, &Call<'_>) -> Result<Reply, Refusal>;

/// The form of body that an endpoint takes (4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// It is a read.
    Nothing,
    Sealed,
    Plain,
    Either,
    /// As the mode says (C7).
    AsEstimate,
    /// As the mode says (C8).
    AsPaymentLink,
}

impl Takes {
    /// The form under these modes.
    pub(super) fn here(self, modes: &Modes) -> Self {
        match (self, modes.estimate_body, modes.payment_link_body) {
            (Self::AsEstimate, EstimateBody::Plain, _) | (Self::AsPaymentLink, _, PaymentLinkBody::Plain) => {
                Self::Plain
            }
            (Self::AsEstimate, EstimateBody::Sealed, _) | (Self::AsPaymentLink, _, PaymentLinkBody::Sealed) => {
                Self::Sealed
            }
            (Self::AsEstimate | Self::AsPaymentLink, ..) => Self::Either,
            (other, ..) => other,
        }
    }
}

/// The handler of an operation.
pub(super) fn handler(operation: &str) -> Option<(Takes, Handle)> {
    Some(match operation {
        "card" => (Takes::Sealed, create::card),
        "hosted_card" => (Takes::Sealed, create::hosted_card),
        "apm" => (Takes::Sealed, create::apm),
        "payout" => (Takes::Sealed, payouts::create),
        "wallets" => (Takes::Nothing, payouts::wallets),
        "estimate_payout" => (Takes::AsEstimate, payouts::estimate),
        "payout_status" => (Takes::Nothing, ask::payout),
        "refund" => (Takes::Plain, refund::refund),
        "status" => (Takes::Nothing, ask::payment),
        "transactions" => (Takes::Nothing, lists::payments),
        "wallet_transactions" => (Takes::Nothing, lists::payouts),
        "payment_link" => (Takes::AsPaymentLink, links::payment_link),
        "payment_templates" => (Takes::Nothing, links::templates),
        "crypto_ramp" => (Takes::Sealed, crypto::ramp),
        "crypto_payin" => (Takes::Sealed, crypto::payin),
        "crypto_currencies" => (Takes::Plain, crypto::currencies),
        "crypto_payment_link" => (Takes::Plain, links::crypto_link),
        _ => return None,
    })
}

/// Whether requests of an operation are counted by order id.
pub(super) fn moves_money(operation: &str) -> bool {
    matches!(operation, "card" | "hosted_card" | "apm" | "payout" | "crypto_ramp" | "crypto_payin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::payagency::ROUTES;

    #[test]
    fn every_operation_of_the_document_has_a_handler() {
        for route in &ROUTES {
            let (takes, _) = handler(route.operation).unwrap();
            assert_eq!(takes == Takes::Nothing, route.method == "GET", "{}", route.operation);
        }
        assert!(handler("cancel").is_none());
    }
}
