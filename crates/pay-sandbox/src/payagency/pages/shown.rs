//! A payment and a link in one shape, as every hosted page shows them.

use crate::payagency::account::Environment;
use crate::payagency::hosted::{CryptoView, PaymentView};
use crate::payagency::linked::LinkView;

/// What is paid: of a payment, or of a link before it is one.
pub(super) struct Shown<'a> {
    pub(super) merchant: &'static str,
    pub(super) environment: Environment,
    /// What the id belongs to.
    pub(super) id_of: &'static str,
    pub(super) id: &'a str,
    pub(super) order_id: Option<&'a str>,
    /// `None`: the payer says how much.
    pub(super) amount: Option<&'a str>,
    /// `None`: the payer says in what.
    pub(super) currency: Option<&'a str>,
    /// Ten digits at most.
    pub(super) card: Option<&'a str>,
    pub(super) crypto: Option<&'a CryptoView>,
}

impl<'a> From<&'a PaymentView> for Shown<'a> {
    fn from(payment: &'a PaymentView) -> Self {
        Self {
            merchant: payment.merchant,
            environment: payment.environment,
            id_of: "Transaction",
            id: &payment.transaction_id,
            order_id: payment.order_id.as_deref(),
            amount: Some(&payment.amount),
            currency: Some(&payment.currency),
            card: payment.card.as_deref(),
            crypto: payment.crypto.as_ref(),
        }
    }
}

impl<'a> From<&'a LinkView> for Shown<'a> {
    fn from(link: &'a LinkView) -> Self {
        Self {
            merchant: link.merchant,
            environment: link.environment,
            id_of: "Link",
            id: &link.link_id,
            order_id: link.order_id.as_deref(),
            amount: link.amount.as_deref(),
            currency: link.currency.as_deref(),
            card: None,
            crypto: link.crypto.as_ref(),
        }
    }
}

impl Shown<'_> {
    /// The amount with its currency, as far as they stand.
    pub(super) fn total(&self) -> Option<String> {
        let amount = self.amount?;
        Some(self.currency.map_or_else(|| amount.to_owned(), |currency| format!("{currency} {amount}")))
    }

    /// The coins: how many, where that is known, and on which network.
    pub(super) fn coins(&self) -> Option<String> {
        let crypto = self.crypto?;
        let amount = crypto.amount.as_ref().map(|amount| format!("{amount} ")).unwrap_or_default();
        let network = crypto.network.as_ref().map(|network| format!(" on {network}")).unwrap_or_default();
        Some(format!("{amount}{}{network}", crypto.currency))
    }
}
