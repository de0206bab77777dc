//! What somebody would do in the provider's dashboard, or as its operator.

use super::account::Environment;
use super::amounts;
use super::events;
use super::link::Template;
use super::modes::{ChargebackEvent, MoneyUnit};
use super::payout::WalletRecord;
use super::provider::PayAgencyProvider;
use super::status::Status;
use crate::{Error, SandboxClock};
use std::time::Duration;

impl PayAgencyProvider {
    /// Charges a payment back; a second time it changes nothing. Answers whether it did.
    pub(super) fn charge_back(&self, transaction_id: &str, clock: &SandboxClock) -> Result<bool, Error> {
        let mut state = self.lock();
        let payment = state.book.payment_mut(transaction_id).ok_or_else(no_payment)?;
        if payment.status != Status::Success {
            return Err(Error::invalid("transaction_id", "only a payment that was paid can be charged back"));
        }
        if payment.charged_back.is_some() {
            return Ok(false);
        }
        payment.charged_back = Some(clock.now());
        if state.modes.chargeback_event == ChargebackEvent::On {
            events::queue(&mut state, transaction_id, Status::Success, Duration::ZERO);
            self.hand_on(&mut state);
        }
        Ok(true)
    }

    /// Sets what a wallet holds; `amount` in main units with at most two decimals, whatever the modes.
    pub(super) fn set_wallet(&self, wallet_id: &str, amount: &str) -> Result<WalletRecord, Error> {
        let zero = (amount.trim_matches(['0', '.']).is_empty() && !amount.is_empty()).then_some(0);
        let cents = zero.or_else(|| amounts::read(amount, MoneyUnit::Major).map(|amount| amount.cents));
        let cents = cents.ok_or_else(|| Error::invalid("amount", "must be a decimal text such as \"123.45\""))?;
        let mut state = self.lock();
        let wallet = state.book.wallets.iter_mut().find(|wallet| wallet.id == wallet_id);
        let wallet = wallet.ok_or_else(|| Error::invalid("wallet_id", "no such wallet"))?;
        wallet.set(cents);
        Ok(wallet.record())
    }

    /// Changes a template.
    pub(super) fn set_template(
        &self,
        id: &str,
        change: impl FnOnce(&Template) -> Result<Template, Error>,
    ) -> Result<Template, Error> {
        let mut state = self.lock();
        let template = state.book.templates.iter_mut().find(|template| template.payment_template_id == id);
        let template = template.ok_or_else(|| Error::invalid("payment_template_id", "no such template"))?;
        *template = change(template)?;
        Ok(template.clone())
    }

    /// Replaces keys; what is left out stays as it is.
    pub(super) fn set_keys(
        &self,
        environment: Environment,
        secret: Option<String>,
        encryption: Option<String>,
    ) -> Result<(), Error> {
        let rest = |key: &String| key.strip_prefix(environment.prefix()).is_some_and(|rest| !rest.is_empty());
        if secret.as_ref().is_some_and(|key| !rest(key) || !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Error::invalid("secret_key", format!("must begin with {}", environment.prefix())));
        }
        if encryption.as_ref().is_some_and(|key| key.len() != 32) {
            return Err(Error::invalid("encryption_key", "must have exactly 32 bytes"));
        }
        let mut state = self.lock();
        let keys = state.keys_mut(environment);
        keys.secret = secret.unwrap_or_else(|| keys.secret.clone());
        keys.encryption = encryption.unwrap_or_else(|| keys.encryption.clone());
        Ok(())
    }
}

pub(super) fn no_payment() -> Error {
    Error::invalid("transaction_id", "no such payment")
}
