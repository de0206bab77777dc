//! Floats and sales: the float is debited when a sale is accepted and given back when it fails (our choice).

use super::accounts::ACCOUNTS;
use super::answers::Refusal;
use super::catalogue::Product;
use super::receipts::Goods;
use crate::faults::Ends;
use crate::{Balance, ProviderLedger, Sale, SaleState};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

/// What the first purchase answer was, when it was not the end of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum First {
    /// The sale ended at once.
    Ended,
    /// The answer said pending.
    Pending,
    /// The answer said that the provider timed out.
    Timeout,
}

/// How a new sale goes on.
#[derive(Clone, Debug)]
pub(super) enum Course {
    /// Delivered at once.
    Completes,
    /// Accepted, ends later.
    Later { first: First, after: Duration, ends: Ends },
    /// Refused at once; recorded, nothing charged.
    Fails(Refusal),
}

/// A sale with all that is needed to answer for it again.
pub(super) struct Record {
    pub(super) sale: Sale,
    pub(super) account: usize,
    pub(super) product: &'static Product,
    /// What was sent, to tell a replay from a reuse of the reference.
    pub(super) fingerprint: String,
    pub(super) accepted_at: SystemTime,
    pub(super) first: First,
    pub(super) failure: Option<Refusal>,
    pub(super) goods: Goods,
    /// When and how it ends, while it has not.
    settles: Option<(Duration, Ends)>,
}

/// How many requests named a reference, and how many of them were answered undisturbed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) attempts: u32,
    pub(super) answered: u32,
}

#[derive(Clone, Copy, Debug)]
struct Float {
    cents: i64,
    deposited: i64,
}

/// All floats and sales.
pub(super) struct Book {
    floats: Vec<Float>,
    records: Vec<Record>,
    by_reference: HashMap<(usize, String), usize>,
    open: Vec<usize>,
    tallies: HashMap<String, Tally>,
    issued: HashSet<String>,
}

impl Default for Book {
    fn default() -> Self {
        let floats =
            ACCOUNTS.iter().map(|account| Float { cents: account.opening_cents, deposited: account.opening_cents });
        Self {
            floats: floats.collect(),
            records: Vec::new(),
            by_reference: HashMap::new(),
            open: Vec::new(),
            tallies: HashMap::new(),
            issued: HashSet::new(),
        }
    }
}

/// What a validated purchase asks for.
pub(super) struct Request {
    pub(super) account: usize,
    pub(super) reference: String,
    pub(super) product: &'static Product,
    pub(super) amount_cents: i64,
    pub(super) customer: String,
    pub(super) fingerprint: String,
}

impl Book {
    pub(super) fn tally(&mut self, reference: &str) -> &mut Tally {
        self.tallies.entry(reference.to_owned()).or_default()
    }

    pub(super) fn float_cents(&self, account: usize) -> i64 {
        self.floats[account].cents
    }

    /// Pays in (or out) what brings the float to `cents`.
    pub(super) fn set_float(&mut self, account: usize, cents: i64) {
        let float = &mut self.floats[account];
        float.deposited += cents - float.cents;
        float.cents = cents;
    }

    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    /// The sale with this reference; the scope of a reference is the account (assumed).
    pub(super) fn find(&self, account: usize, reference: &str) -> Option<&Record> {
        let key = (account, reference.to_owned());
        self.by_reference.get(&key).map(|index| &self.records[*index])
    }

    /// Books a new sale. The caller has made sure that the reference is new and the float suffices.
    pub(super) fn open(&mut self, request: Request, course: Course, now: SystemTime) -> &Record {
        let index = self.records.len();
        let charged = !matches!(course, Course::Fails(_));
        if charged {
            self.floats[request.account].cents -= request.amount_cents;
        }
        let (first, settles, failure) = match course {
            Course::Completes => (First::Ended, None, None),
            Course::Fails(refusal) => (First::Ended, None, Some(refusal)),
            Course::Later { first, after, ends } => (first, Some((after, ends)), None),
        };
        let key = (request.account, request.reference.clone());
        self.by_reference.insert(key, index);
        self.records.push(Record {
            sale: Sale {
                reference: request.reference,
                transaction_id: uuid(),
                merchant: ACCOUNTS[request.account].account_id().to_owned(),
                product_code: request.product.code.to_owned(),
                amount_cents: request.amount_cents,
                state: SaleState::Pending,
                charges: u32::from(charged),
                attempts: 0,
                answered: 0,
                customer: request.customer,
                history: vec![SaleState::Pending],
                issued: Vec::new(),
            },
            account: request.account,
            product: request.product,
            fingerprint: request.fingerprint,
            accepted_at: now,
            first,
            failure,
            goods: Goods::Nothing,
            settles,
        });
        if settles.is_some() {
            self.open.push(index);
            self.settle(now);
        } else {
            self.end(index, if charged { Ends::Completed } else { Ends::Failed });
        }
        &self.records[index]
    }

    /// Moves every open sale to where it stands at `now`.
    pub(super) fn settle(&mut self, now: SystemTime) {
        for index in std::mem::take(&mut self.open) {
            let record = &mut self.records[index];
            let Some((after, ends)) = record.settles else {
                continue;
            };
            let age = now.duration_since(record.accepted_at).unwrap_or_default();
            if age >= after {
                self.end(index, ends);
                continue;
            }
            // Half of the time pending, half processing: our choice.
            if age >= after / 2 && record.sale.state == SaleState::Pending {
                record.enter(SaleState::Processing);
            }
            self.open.push(index);
        }
    }

    fn end(&mut self, index: usize, ends: Ends) {
        let record = &mut self.records[index];
        record.settles = None;
        match ends {
            Ends::Completed => {
                record.goods = Goods::issue(record.product, &record.sale, &mut self.issued);
                record.sale.issued = record.goods.secrets();
                record.enter(SaleState::Completed);
            }
            Ends::Failed => {
                if record.sale.charges > 0 {
                    record.sale.charges -= 1;
                    self.floats[record.account].cents += record.sale.amount_cents;
                }
                record.failure.get_or_insert_with(|| Refusal::new("1203", "Transaction failed at provider"));
                record.enter(SaleState::Failed);
            }
        }
    }

    /// Whose electricity tokens, PINs and serial numbers stand in a text.
    pub(super) fn leaks(&self, text: &str) -> Vec<String> {
        let sales = self.records.iter().map(|record| &record.sale);
        let told = sales.filter(|sale| sale.issued.iter().any(|secret| text.contains(secret.as_str())));
        told.map(|sale| format!("a token or PIN of sale {}", sale.reference)).collect()
    }

    pub(super) fn ledger(&self) -> ProviderLedger {
        let accounts = ACCOUNTS.iter().filter(|account| account.role().may_buy());
        ProviderLedger {
            accounts: accounts
                .map(|account| Balance {
                    account: account.account_id().to_owned(),
                    float_cents: self.floats[account.index].cents,
                    deposited_cents: self.floats[account.index].deposited,
                })
                .collect(),
            sales: self
                .records
                .iter()
                .map(|record| {
                    let tally = self.tallies.get(&record.sale.reference).copied();
                    let tally = tally.unwrap_or_default();
                    Sale { attempts: tally.attempts, answered: tally.answered, ..record.sale.clone() }
                })
                .collect(),
            ..ProviderLedger::default()
        }
    }
}

impl Record {
    fn enter(&mut self, state: SaleState) {
        self.sale.state = state;
        self.sale.history.push(state);
    }
}

/// A random (version 4) UUID.
fn uuid() -> String {
    let bits = (fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
    format!("{a}-{b}-{c}-{d}-{e}")
}
