//! Completing a transaction in PagFast's sandbox, and looking at it where the sandbox cannot reach your webhook.

use crate::client::Client;
use crate::generated::operations::{self, SIMULATE_OPEN_FINANCE, SIMULATE_PIX};
use crate::generated::types::{SimulatedPayer, SimulationAnswer, TransactionState};
use crate::person::Cpf;
use crate::record::Record;
use http::Method;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Operation, Parts};
use pay_core::{Call, Error, RawBody};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

/// Completes a transaction in the sandbox: await it.
///
/// PagFast answers 404 or 500 where it cannot call the transaction's webhook; whether the transaction is completed then is not
/// documented, so it is read, and [`Simulated::webhook_reached`] is false.
#[must_use = "nothing is sent until it is awaited"]
pub struct Simulate {
    client: Client,
    operation: &'static Operation,
    id: String,
    payer: Option<SimulatedPayer>,
    method: Option<Method>,
}

/// What a simulator did.
#[derive(Debug, Clone)]
#[must_use = "the transaction may not be completed"]
#[non_exhaustive]
pub struct Simulated {
    /// PagFast's id.
    pub transaction_id: String,
    /// Where the transaction stands now; `None` where the answer does not say.
    pub state: Option<TransactionState>,
    /// Whether PagFast could call the webhook.
    pub webhook_reached: bool,
    /// The record, where it had to be read.
    pub record: Option<Record>,
    /// The answer as it came; the record's where it had to be read.
    pub raw: RawBody,
}

impl Simulate {
    pub(crate) fn pix(client: Client, id: String) -> Self {
        let method = client.shared.simulate_pix_method.clone();
        Self { client, operation: &SIMULATE_PIX, id, payer: None, method }
    }

    pub(crate) fn open_finance(client: Client, id: String) -> Self {
        Self { client, operation: &SIMULATE_OPEN_FINANCE, id, payer: None, method: None }
    }

    /// Who pays: required for a deposit from anybody; with another CPF than was asked for, PagFast gives the money back. Of Pix alone.
    pub fn payer(mut self, name: impl Into<String>, cpf: &Cpf) -> Self {
        self.payer = Some(SimulatedPayer { name: Some(name.into()), tax_number: Some(cpf.expose().to_owned()) });
        self
    }

    /// Another method: PagFast's pages have PUT for Pix and POST for Open Finance, the sister platform's POST for both.
    pub fn method(mut self, method: Method) -> Self {
        self.method = Some(method);
        self
    }

    fn parts(&self) -> Parts {
        let open_finance = std::ptr::eq(self.operation, &SIMULATE_OPEN_FINANCE);
        let parts = match &self.payer {
            Some(payer) if !open_finance => operations::simulate_pix(&self.id, payer),
            _ => Parts::new(self.operation).path_value("transactionId", &self.id),
        };
        let parts = parts.below(&self.client.shared.simulation_prefix);
        let parts = match &self.method {
            Some(method) => parts.method(method.clone()),
            None => parts,
        };
        if !self.client.shared.environment.has_simulators() {
            return parts.mistake("production has no simulators");
        }
        if open_finance && self.payer.is_some() {
            return parts.mistake("the simulator of Open Finance takes no payer");
        }
        parts
    }

    fn call(&self) -> Call<Simulated> {
        let asked = self.id.clone();
        self.client.start(self.parts(), move |answer| {
            let SimulationAnswer { data, .. } = json(&answer.body)?;
            if data.transaction_id.as_ref().is_some_and(|id| *id != asked) {
                return Err(DecodeError::new("data.transactionId", "is not what was asked for"));
            }
            let raw = RawBody::new(answer.body.clone());
            Ok(Simulated {
                transaction_id: asked,
                state: data.transaction_state,
                webhook_reached: true,
                record: None,
                raw,
            })
        })
    }

    async fn run(self) -> Result<Simulated, Error> {
        let error = match self.call().send().await {
            Ok(simulated) => return Ok(simulated),
            Err(error) => error,
        };
        if !error.status().is_some_and(|status| matches!(status.as_u16(), 404 | 500)) {
            return Err(error);
        }
        // Where the transaction cannot be read either, the simulator's own error says more.
        let Ok(record) = self.client.transaction(&self.id).send().await else { return Err(error) };
        Ok(Simulated {
            transaction_id: self.id,
            state: Some(record.transaction.state.clone()),
            webhook_reached: false,
            raw: record.raw.clone(),
            record: Some(record),
        })
    }
}

impl IntoFuture for Simulate {
    type Output = Result<Simulated, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Simulate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulate")
            .field("operation", &self.operation.name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
