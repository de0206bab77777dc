//! The handle a test holds on PagFast's part.

use super::account::{self, AccessKey, KeyStatus, MAIN, NEW, SECOND};
use super::console::no_account;
use super::moves::{Move, Payer, Payment};
use super::record;
use super::status::State;
use super::transaction::{Transaction, TransactionRecord};
use crate::provider::Provider;
use crate::sandbox::Shared;
use crate::{Balance, Error};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// PagFast's part of a running sandbox. Keys, secrets and accounts are fixtures, worthless anywhere else.
#[derive(Clone)]
pub struct PagFast {
    shared: Arc<Shared>,
    base_url: String,
}

impl PagFast {
    pub(crate) fn new(shared: Arc<Shared>, url: &str) -> Self {
        let base_url = format!("{url}/{}/v1", super::NAME);
        Self { shared, base_url }
    }

    /// The API's root; ends in `/pagfast/v1`. [`service_prefix`](Self::service_prefix) stands between it and the merchant's paths.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// `/partners-int`, which is assumed; before the simulators too. Modes move both.
    pub fn service_prefix(&self) -> &'static str {
        "/partners-int"
    }

    /// The account of [`access_key`](Self::access_key).
    pub fn account(&self) -> &'static str {
        MAIN
    }

    /// Another account, which holds 50 reais at the start.
    pub fn second_account(&self) -> &'static str {
        SECOND
    }

    /// An account whose only key is Pending at the start.
    pub fn new_account(&self) -> &'static str {
        NEW
    }

    /// The approved access key of the main account.
    pub fn access_key(&self) -> String {
        self.first_key(|_| true).access_key
    }

    /// Its secret.
    pub fn secret(&self) -> String {
        self.first_key(|_| true).secret
    }

    /// The main account's second key pair, for payments to companies.
    pub fn companies_key(&self) -> AccessKey {
        self.first_key(|key| key.access_key.contains("companies"))
    }

    /// The approved key of the second account.
    pub fn second_key(&self) -> AccessKey {
        self.first_key(|key| key.account == SECOND)
    }

    /// The key that nobody has approved yet.
    pub fn pending_key(&self) -> AccessKey {
        self.first_key(|key| key.account == NEW)
    }

    /// Every key of every account.
    pub fn keys(&self) -> Vec<AccessKey> {
        self.shared.pagfast.lock().book.keys.clone()
    }

    fn first_key(&self, wanted: impl Fn(&AccessKey) -> bool) -> AccessKey {
        let all = account::access_keys();
        let known = self.keys().into_iter().chain(all.clone()).find(wanted);
        // The fixtures have one of each kind, and no key is ever taken away.
        known.unwrap_or_else(|| all[0].clone())
    }

    /// Makes a key pair in the panel: it is Pending until it is approved.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account.
    pub fn create_key(&self, account: &str) -> Result<AccessKey, Error> {
        self.shared.pagfast.create_key(account)
    }

    /// Approves a key, as the provider's staff does on request.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such key.
    pub fn approve_key(&self, access_key: &str) -> Result<(), Error> {
        self.shared.pagfast.set_key(access_key, KeyStatus::Active)
    }

    /// Sets a key back to Pending; tokens that it gave stay good until they expire.
    ///
    /// # Errors
    ///
    /// As [`approve_key`](Self::approve_key).
    pub fn suspend_key(&self, access_key: &str) -> Result<(), Error> {
        self.shared.pagfast.set_key(access_key, KeyStatus::Pending)
    }

    /// The key that signs the main account's webhooks: text, used as it is.
    pub fn webhook_key(&self) -> String {
        self.webhook_key_of(MAIN).unwrap_or_default()
    }

    /// The key that signs an account's webhooks.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account.
    pub fn webhook_key_of(&self, account: &str) -> Result<String, Error> {
        let state = self.shared.pagfast.lock();
        state.book.account(account).map(|account| account.webhook_key.clone()).ok_or_else(no_account)
    }

    /// Replaces it, for events from now on.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account, or the key is empty.
    pub fn set_webhook_key(&self, account: &str, key: impl Into<String>) -> Result<(), Error> {
        self.shared.pagfast.set_webhook_key(account, key.into())
    }

    /// What an account has left for withdrawals; that it can run out is assumed.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account.
    pub fn wallet(&self, account: &str) -> Result<Balance, Error> {
        let state = self.shared.pagfast.lock();
        state.book.account(account).map(account::Account::balance).ok_or_else(no_account)
    }

    /// Sets it, in reais such as `123.45`.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such account, or this is no amount.
    pub fn set_wallet(&self, account: &str, amount: &str) -> Result<Balance, Error> {
        self.shared.pagfast.set_wallet(account, amount)
    }

    /// Says whose a Pix key is (a CPF); `None`: nobody's. A key that was never named is taken to be the recipient's.
    pub fn set_pix_key(&self, kind: &str, value: &str, owner: Option<&str>) {
        self.shared.pagfast.set_pix_key(kind, value, owner.map(str::to_owned));
    }

    /// How long tokens live that are issued from now on, in whole seconds; 60 minutes at the start, as documented.
    pub fn set_token_life(&self, life: Duration) {
        self.shared.pagfast.set_token_life(life);
    }

    /// Ends every token, in the middle of whatever is going on.
    pub fn end_tokens(&self) {
        self.shared.pagfast.end_tokens();
    }

    /// Every transaction, oldest first.
    pub fn transactions(&self) -> Vec<TransactionRecord> {
        self.shared.pagfast.lock().book.transactions.iter().map(Transaction::record).collect()
    }

    /// The transaction with this id.
    pub fn transaction(&self, id: &str) -> Option<TransactionRecord> {
        self.shared.pagfast.lock().book.find(id).map(Transaction::record)
    }

    /// The address of the page on which a transaction's payer finishes it; withdrawals have none.
    pub fn page_url(&self, id: &str) -> Option<String> {
        let state = self.shared.pagfast.lock();
        let found = state.book.find(id).filter(|it| it.order.kind != super::Kind::Withdrawal);
        found.map(|transaction| record::page_url(&state.base, transaction))
    }

    /// Pays a deposit as who was asked to, or lets a withdrawal go through. As all of these: answers where the transaction stands
    /// then; what has ended does not change any more.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such transaction, or anybody may pay it.
    pub fn complete(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::Complete(Payment::default()))
    }

    /// Pays a deposit as this person: one that anybody may pay, or as somebody else, who then gets it back.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such transaction, or the CPF is not eleven digits.
    pub fn complete_as(&self, id: &str, name: &str, tax_number: &str) -> Result<State, Error> {
        let payer = Some(Payer { name: name.to_owned(), tax_number: tax_number.to_owned() });
        self.act(id, &Move::Complete(Payment { payer, amount: None }))
    }

    /// Pays a deposit of an editable value with another amount.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such transaction, or it is not editable.
    pub fn complete_with(&self, id: &str, amount: &str) -> Result<State, Error> {
        self.act(id, &Move::Complete(Payment { payer: None, amount: Some(amount.to_owned()) }))
    }

    /// Registers a transaction with the banks, where mode `registration` leaves that to a hand.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such transaction.
    pub fn register(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::Register)
    }

    /// Cancels what was not paid.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub fn cancel(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::Cancel)
    }

    /// Lets what was not paid fail.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub fn fail(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::Fail)
    }

    /// Reverses what was paid.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub fn reverse(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::Reverse)
    }

    /// Has the recipient's bank send a withdrawal back: the money returns, the state stays, nobody is told.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub fn send_back(&self, id: &str) -> Result<State, Error> {
        self.act(id, &Move::SendBack)
    }

    /// Sets one mode.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such mode or value.
    pub fn set_mode(&self, name: &str, value: &str) -> Result<(), Error> {
        self.shared.pagfast.set_modes(&[(name, value)])
    }

    fn act(&self, id: &str, by: &Move) -> Result<State, Error> {
        self.shared.pagfast.act(id, by).map(|acted| acted.state)
    }
}

impl fmt::Debug for PagFast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PagFast").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
