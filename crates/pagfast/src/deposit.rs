//! Deposits by Pix: what is asked for, and the code that comes back.

use crate::created::{self, Created};
use crate::generated::operations;
use crate::generated::types::{PixCashInPayment, PixCashInRequest, PixValue};
use crate::order::{Order, order};
use crate::person::Payer;
use pay_core::Amount;
use pay_core::decode::DecodeError;
use pay_core::provider::{Answer, Parts};
use std::fmt;

/// A deposit by Pix (depósito, cobrança) to be asked for.
///
/// ```
/// use pagfast::{Cpf, NewPixDeposit, Notify, Payer};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let payer = Payer::new(Cpf::new("000.000.001-91")?).name("Ana Exemplo");
/// let deposit = NewPixDeposit::identified("order-1", "50.00".parse()?, payer).notify(Notify::to("https://shop.example/pagfast"));
/// let anybody = NewPixDeposit::anonymous("order-2", "50".parse()?).editable(true);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPixDeposit {
    pub(crate) order: Order,
    payer: Option<Payer>,
    editable: Option<bool>,
}

impl NewPixDeposit {
    /// From a known payer, whose CPF PagFast compares with that of whoever pays.
    pub fn identified(order_id: impl Into<String>, amount: Amount, payer: Payer) -> Self {
        Self { payer: Some(payer), ..Self::anonymous(order_id, amount) }
    }

    /// From anybody who has the code.
    pub fn anonymous(order_id: impl Into<String>, amount: Amount) -> Self {
        Self { order: Order::deposit(order_id.into(), amount), payer: None, editable: None }
    }

    /// Whether the payer may pay another amount. Sent only where you say it: the default could not be read. Where you say yes,
    /// `settle` takes any amount: credit what the record says, not what you asked for.
    #[must_use]
    pub fn editable(mut self, editable: bool) -> Self {
        self.editable = Some(editable);
        self.order.fixed = !editable;
        self
    }

    order!();

    pub(crate) fn parts(&self) -> Parts {
        let value = PixValue { original: self.order.amount, editable: self.editable };
        let body = PixCashInRequest {
            payment: PixCashInPayment { payer: self.payer.as_ref().map(Payer::pix), value },
            transaction: Some(self.order.fields()),
            webhook: self.order.notify.as_ref().map(|notify| notify.fields()),
        };
        let parts = operations::pix_cash_in(&body).reference(&self.order.id).worth(self.order.amount, "BRL");
        // Whether a deposit needs a webhook could not be read.
        match self.order.check(false) {
            Ok(()) => parts,
            Err(mistake) => parts.mistake(mistake),
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<PixCharge, DecodeError> {
        let read = created::read(answer, &self.order)?;
        Ok(PixCharge { created: read.created, code: read.qr_code, location: read.qr_code_location })
    }
}

/// A deposit that waits for its payer. Nothing is paid yet.
#[derive(Clone)]
#[must_use = "nothing is paid yet: show the code, and settle it"]
pub struct PixCharge {
    created: Created,
    code: Option<String>,
    location: Option<String>,
}

impl PixCharge {
    /// PagFast's id; opaque.
    pub fn id(&self) -> &str {
        &self.created.id
    }

    /// The transaction, and the answer as it came.
    pub fn created(&self) -> &Created {
        &self.created
    }

    /// The text to copy and paste (Pix copia e cola), which is also what the QR code holds. That there is one is documented, where it
    /// stands in the answer is assumed: `None` where it is not there, and [`Created::raw`] has all of it.
    pub fn qr_code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// A page with the picture of the code (assumed).
    pub fn qr_code_location(&self) -> Option<&str> {
        self.location.as_deref()
    }
}

/// Whoever has the code can pay it, and see to whom.
impl fmt::Debug for PixCharge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PixCharge").field("created", &self.created).finish_non_exhaustive()
    }
}
