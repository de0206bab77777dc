//! Deposits through Open Finance: what is asked for, and the page that the payer goes to.

use crate::created::{self, Created};
use crate::generated::operations;
use crate::generated::types::{OpenFinanceCashInRequest, OpenFinancePayer, OpenFinancePayment, OpenFinanceValue};
use crate::order::{Notify, Order, absolute, order};
use crate::person::Cpf;
use pay_core::Amount;
use pay_core::decode::DecodeError;
use pay_core::provider::{Answer, Parts};
use std::fmt;

/// A deposit through Open Finance (iniciação de pagamento) to be asked for. `notify` and `redirect_url` are required.
///
/// ```
/// use pagfast::{Cpf, NewOpenFinanceDeposit, Notify};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let deposit = NewOpenFinanceDeposit::new("order-3", "80.00".parse()?, Cpf::new("00000000191")?)
///     .redirect_url("https://shop.example/back")
///     .notify(Notify::to("https://shop.example/pagfast"));
/// # Ok(()) }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct NewOpenFinanceDeposit {
    pub(crate) order: Order,
    cpf: Cpf,
    redirect_url: Option<String>,
}

impl NewOpenFinanceDeposit {
    /// From the person with this CPF.
    pub fn new(order_id: impl Into<String>, amount: Amount, cpf: Cpf) -> Self {
        Self { order: Order::deposit(order_id.into(), amount), cpf, redirect_url: None }
    }

    /// Where the payer's browser lands after finishing. That it comes back proves nothing: ask for the transaction.
    #[must_use]
    pub fn redirect_url(mut self, url: impl Into<String>) -> Self {
        self.redirect_url = Some(url.into());
        self
    }

    order!();

    pub(crate) fn parts(&self) -> Parts {
        let redirect_url = self.redirect_url.clone().unwrap_or_default();
        let webhook = self.order.notify.clone().unwrap_or_else(|| Notify::to("")).fields();
        let mistake = self.order.check(true).err().or_else(|| {
            absolute(&redirect_url)
                .err()
                .map(|()| "`payment.redirectUrl` must be an absolute URL: call `.redirect_url(url)`")
        });
        let payer = OpenFinancePayer { tax_number: self.cpf.expose().to_owned() };
        let value = OpenFinanceValue { original: self.order.amount };
        let body = OpenFinanceCashInRequest {
            payment: OpenFinancePayment { payer, value, redirect_url },
            transaction: Some(self.order.fields()),
            webhook,
        };
        let parts = operations::open_finance_cash_in(&body).reference(&self.order.id).worth(self.order.amount, "BRL");
        match mistake {
            None => parts,
            Some(mistake) => parts.mistake(mistake),
        }
    }

    pub(crate) fn read(&self, answer: &Answer) -> Result<OpenFinanceCharge, DecodeError> {
        let read = created::read(answer, &self.order)?;
        Ok(OpenFinanceCharge { created: read.created, checkout_url: read.checkout_url })
    }
}

impl fmt::Debug for NewOpenFinanceDeposit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewOpenFinanceDeposit").field("order", &self.order).finish_non_exhaustive()
    }
}

/// A deposit that waits for its payer on a page. Nothing is paid yet.
#[derive(Clone)]
#[must_use = "nothing is paid yet: send the payer to the page, and settle it"]
pub struct OpenFinanceCharge {
    created: Created,
    checkout_url: Option<String>,
}

impl OpenFinanceCharge {
    /// PagFast's id; opaque.
    pub fn id(&self) -> &str {
        &self.created.id
    }

    /// The transaction, and the answer as it came.
    pub fn created(&self) -> &Created {
        &self.created
    }

    /// Where to send the payer's browser: an opaque address. `None` only where the answer lacks what is documented.
    pub fn checkout_url(&self) -> Option<&str> {
        self.checkout_url.as_deref()
    }
}

/// Whoever has the address sees the payer's page.
impl fmt::Debug for OpenFinanceCharge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenFinanceCharge").field("created", &self.created).finish_non_exhaustive()
    }
}
