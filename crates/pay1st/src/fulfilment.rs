//! Reporting what was delivered: Pay1st is the merchant of record and asks for it.

use crate::generated::operations::{self, REPORT_FULFILMENT};
use crate::generated::types::{FulfilledProduct, FulfilmentRequest};
use pay_core::provider::Parts;
use serde::Serialize;

/// What was delivered for a payment. Source: `/reference/fulfilment-webhook`, which could not be read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fulfilment {
    request: FulfilmentRequest,
}

impl Fulfilment {
    /// A report for the payment with this reference of Pay1st's, of at least one product.
    pub fn new(reference: impl Into<String>, first: FulfilledProduct) -> Self {
        Self { request: FulfilmentRequest { reference: reference.into(), products: vec![first] } }
    }

    /// Another product.
    #[must_use]
    pub fn product(mut self, product: FulfilledProduct) -> Self {
        self.request.products.push(product);
        self
    }

    /// Pay1st's reference of the payment.
    pub fn reference(&self) -> &str {
        &self.request.reference
    }

    pub(crate) fn parts(&self) -> Parts {
        let empty = |text: &str| text.trim().is_empty();
        let products = &self.request.products;
        let mistake = if empty(&self.request.reference) {
            "the reference is empty"
        } else if products.iter().any(|product| empty(&product.sku) || empty(product.fulfilment_status.as_str())) {
            "a product has no sku or no status"
        } else {
            return operations::report_fulfilment(&self.request);
        };
        Parts::new(&REPORT_FULFILMENT).reference(&self.request.reference).mistake(mistake)
    }
}
