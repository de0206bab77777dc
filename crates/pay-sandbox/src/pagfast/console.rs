//! What somebody would do in the provider's panel, or as its staff.

use super::account::{AccessKey, KeyStatus, PixKey};
use super::provider::PagFastProvider;
use crate::money::{self, Cents};
use crate::{Balance, Error};
use std::time::Duration;

impl PagFastProvider {
    /// Makes a key pair of an account; it is Pending.
    pub(super) fn create_key(&self, account: &str) -> Result<AccessKey, Error> {
        let mut state = self.lock();
        if state.book.account(account).is_none() {
            return Err(no_account());
        }
        Ok(state.book.add_key(account))
    }

    /// Approves a key, or sets it back.
    pub(super) fn set_key(&self, access_key: &str, status: KeyStatus) -> Result<(), Error> {
        let mut state = self.lock();
        let key = state.book.keys.iter_mut().find(|key| key.access_key == access_key);
        let key = key.ok_or_else(|| Error::invalid("access_key", "no such key"))?;
        key.status = status;
        Ok(())
    }

    /// Replaces the key that signs an account's webhooks, for events from now on.
    pub(super) fn set_webhook_key(&self, account: &str, key: String) -> Result<(), Error> {
        if key.is_empty() {
            return Err(Error::invalid("key", "must not be empty"));
        }
        let mut state = self.lock();
        state.book.account_mut(account).ok_or_else(no_account)?.webhook_key = key;
        Ok(())
    }

    /// Sets what an account holds, in reais with at most two decimals.
    pub(super) fn set_wallet(&self, account: &str, amount: &str) -> Result<Balance, Error> {
        let cents: Option<Cents> = money::cents(amount).filter(|cents| (0..1_000_000_000_000).contains(cents));
        let cents = cents.ok_or_else(|| Error::invalid("amount", "must be a decimal text such as \"123.45\""))?;
        let mut state = self.lock();
        let account = state.book.account_mut(account).ok_or_else(no_account)?;
        account.set_wallet(cents);
        Ok(account.balance())
    }

    /// Says whose a Pix key is. `None`: nobody's.
    pub(super) fn set_pix_key(&self, kind: &str, value: &str, owner: Option<String>) {
        let mut state = self.lock();
        state.book.pix_keys.retain(|known| known.kind != kind || known.value != value);
        state.book.pix_keys.push(PixKey { kind: kind.to_owned(), value: value.to_owned(), owner });
    }

    /// How long tokens live that are issued from now on; whole seconds.
    pub(super) fn set_token_life(&self, life: Duration) {
        self.lock().token_life = life;
    }

    /// Ends every token, in the middle of whatever is going on.
    pub(super) fn end_tokens(&self) {
        self.lock().jwt_key = super::account::voucher();
    }
}

pub(super) fn no_account() -> Error {
    Error::invalid("account", "no such account")
}
