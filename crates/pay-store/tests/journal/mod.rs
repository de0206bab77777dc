//! What every journal must do, whichever database it is on.

#![allow(unreachable_pub)]

use crate::support::{airtime, count, merchant, sandbox, secs};
use pagamio::{Client, Kind, Outcome, Purchased};
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Intent, Journal, Recover, State, Unsettled};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay_store::{IntentJournal, Listing, to_csv, to_json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn shop(sandbox: &Sandbox, journal: &IntentJournal) -> Client {
    merchant(sandbox).journal(Arc::new(journal.clone())).attempts(1).build().unwrap()
}

fn next(sandbox: &Sandbox, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pagamio", fault).operation("purchase").times(1)).unwrap();
}

async fn only(journal: &IntentJournal) -> pay_store::Entry {
    let mut all = journal.list(&Listing::new()).await.unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// Intent, answer, and the way back to the answer.
pub async fn a_purchase_is_written_and_its_receipt_kept_sealed(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    let Purchased::Completed(receipt) = client.purchase(airtime("whole-1")).send().await.unwrap() else {
        panic!("completed")
    };
    let entry = only(journal).await;
    assert_eq!((entry.provider.as_str(), entry.operation.as_str()), ("pagamio", "purchase"));
    assert_eq!((entry.reference.as_deref(), entry.state), (Some("whole-1"), State::Completed));
    assert_eq!(entry.transaction_id.as_deref(), receipt.transaction_id());
    let kept = journal.reply(&entry.id).await.unwrap().unwrap();
    assert_eq!(kept.expose(), receipt.body().expose());
    assert!(journal.recover(&client).run().await.unwrap().settled.is_empty(), "nothing is left to find out");
    assert_eq!(count(&sandbox, "transactions"), 0);
}

/// The answer is lost after the charge.
pub async fn a_lost_answer_is_found_out(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    next(&sandbox, Fault::ResetAfterActing);
    let error = client.purchase(airtime("lost-1")).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(only(journal).await.state, State::Unknown);
    let report = journal.recover(&client).run().await.unwrap();
    assert_eq!(report.settled.len(), 1, "{report:?}");
    let entry = only(journal).await;
    assert_eq!((entry.state, entry.tries), (State::Completed, 1));
    assert!(journal.reply(&entry.id).await.unwrap().is_some(), "its receipt, too");
    assert_eq!(sandbox.ledger().charges("lost-1"), 1);
}

/// The process dies between the record and the first byte: another one sends it.
pub async fn what_was_never_sent_is_sent_once(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let dies = Arc::new(DiesAfterwards { journal: journal.clone(), seen: Mutex::default() });
    let client = merchant(&sandbox).journal(Arc::clone(&dies) as _).deadline(secs(2)).build().unwrap();
    let _ = tokio::time::timeout(secs(1), client.purchase(airtime("never-1")).send()).await.unwrap_err();
    assert_eq!(sandbox.ledger().charges("never-1"), 0);
    let client = shop(&sandbox, journal);
    let report = journal.recover(&client).run().await.unwrap();
    assert!(report.settled.is_empty(), "its call could still be running: {report:?}");
    let report = journal.recover(&client).even_if_busy().run().await.unwrap();
    assert_eq!(report.settled[0].state, State::Completed);
    assert_eq!(sandbox.ledger().charges("never-1"), 1);
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

/// Written, never sent, and its process is gone.
async fn left_behind(sandbox: &Sandbox, journal: &IntentJournal, reference: &str) -> String {
    let dies = Arc::new(DiesAfterwards { journal: journal.clone(), seen: Mutex::default() });
    let client = merchant(sandbox).journal(Arc::clone(&dies) as _).deadline(secs(2)).build().unwrap();
    let _ = tokio::time::timeout(secs(1), client.purchase(airtime(reference)).send()).await.unwrap_err();
    let seen = dies.seen.lock().unwrap().take();
    seen.unwrap().id
}

/// Nobody says how long a reference is remembered.
pub async fn what_is_old_is_asked_for_and_not_sent(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    left_behind(&sandbox, journal, "old-1").await;
    let client = shop(&sandbox, journal);
    let old = journal.recover(&client).even_if_busy().resend_within(Duration::ZERO).again_in(Duration::ZERO);
    let report = old.run().await.unwrap();
    assert_eq!((report.settled.len(), count(&sandbox, "purchase")), (0, 0), "{report:?}");
    assert!(count(&sandbox, "transactions") > 0, "it is asked for");
    let report = journal.recover(&client).run().await.unwrap();
    assert_eq!((report.settled.len(), sandbox.ledger().charges("old-1")), (1, 1), "within a day it is sent");
}

/// A worker in whose hand the call itself ends: its process had only been held up.
struct HeldUp<'a> {
    client: &'a Client,
    journal: &'a IntentJournal,
    says: Option<State>,
}

#[async_trait::async_trait]
impl Recover for HeldUp<'_> {
    async fn account(&self) -> Result<TokenKey, pagamio::Error> {
        self.client.account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        let Some(state) = self.says else { return std::future::pending().await };
        for nothing in [State::NotDone, State::Refused] {
            self.journal.end(&intent.id, &Ended::new(nothing)).await.expect_err("it is being sent");
        }
        Ended::new(state)
    }
}

/// What a recovery may have sent is not closed as not done by the call that did not send it.
pub async fn a_call_that_did_nothing_does_not_end_what_a_recovery_took(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let id = left_behind(&sandbox, journal, "held-1").await;
    let client = shop(&sandbox, journal);
    let held_up = HeldUp { client: &client, journal, says: Some(State::Unknown) };
    let report = journal.recover(&held_up).even_if_busy().run().await.unwrap();
    assert_eq!(report.waiting.len(), 1, "{report:?}");
    journal.end(&id, &Ended::new(State::NotDone)).await.expect_err("it may have been sent");
    assert_eq!(only(journal).await.state, State::Unknown);
    assert!(journal.resolve(&id, State::NotDone, "support says so").await.unwrap(), "a person can");
}

/// Says what it was asked.
#[derive(Clone)]
struct Notes<'a>(&'a Client, Arc<Mutex<Vec<Unsettled>>>);

#[async_trait::async_trait]
impl Recover for Notes<'_> {
    async fn account(&self) -> Result<TokenKey, pagamio::Error> {
        self.0.account().await
    }

    async fn recover(&self, intent: &Unsettled) -> Ended {
        self.1.lock().unwrap().push(intent.clone());
        Ended::new(State::Unknown)
    }
}

/// A record that is found by a reference is only as good as the reference.
pub async fn a_recovery_is_told_the_amount_and_who_else_had_the_reference(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    let ask = async || {
        let notes = Notes(&client, Arc::default());
        journal.recover(&notes).even_if_busy().run().await.unwrap();
        let asked = notes.1.lock().unwrap().drain(..).collect::<Vec<_>>();
        assert!(asked.iter().all(|intent| intent.amount == Some("50.00".parse().unwrap())), "{asked:?}");
        let mut asked: Vec<_> = asked.into_iter().map(|i| (i.reference.unwrap(), i.reference_shared)).collect();
        asked.sort();
        asked
    };
    let told = |all: &[(&str, bool)]| all.iter().map(|(text, is)| ((*text).to_owned(), *is)).collect::<Vec<_>>();
    left_behind(&sandbox, journal, "once-1").await;
    left_behind(&sandbox, journal, "east-1").await;
    left_behind(&sandbox, &journal.clone().for_account("east"), "east-1").await;
    assert_eq!(ask().await, told(&[("east-1", false), ("once-1", false)]), "another account's is another one");
    left_behind(&sandbox, journal, "twice-1").await;
    left_behind(&sandbox, journal, "twice-1").await;
    assert_eq!(ask().await, told(&[("twice-1", true), ("twice-1", true)]));
    let first = left_behind(&sandbox, journal, "again-1").await;
    assert!(journal.resolve(&first, State::NotDone, "support says so").await.unwrap());
    left_behind(&sandbox, journal, "again-1").await;
    assert_eq!(ask().await, told(&[("again-1", false)]), "what had no effect has no record");
}

/// A provider's texts may hold what PostgreSQL does not: an end that cannot be written would stay open for ever.
pub async fn whatever_a_provider_answers_can_be_written(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let id = left_behind(&sandbox, journal, "odd-1").await;
    let ended = Ended::new(State::Pending).transaction(Some("T-\0-1".into())).note("no\0te");
    journal.end(&id, &ended).await.unwrap();
    let entry = only(journal).await;
    assert_eq!((entry.transaction_id.as_deref(), entry.note.as_deref()), (Some("T--1"), Some("note")));
    let client = shop(&sandbox, journal);
    let says = Says(&client, ended);
    assert_eq!(journal.recover(&says).run().await.unwrap().waiting.len(), 1);
}

struct Says<'a>(&'a Client, Ended);

#[async_trait::async_trait]
impl Recover for Says<'_> {
    async fn account(&self) -> Result<TokenKey, pagamio::Error> {
        self.0.account().await
    }

    async fn recover(&self, _: &Unsettled) -> Ended {
        self.1.clone()
    }
}

/// Another worker may take it then: the first must be gone.
pub async fn a_worker_ends_with_its_claim(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    left_behind(&sandbox, journal, "slow-1").await;
    let client = shop(&sandbox, journal);
    let hangs = HeldUp { client: &client, journal, says: None };
    let run = journal.recover(&hangs).even_if_busy().lease(Duration::from_millis(100)).run();
    let report = tokio::time::timeout(secs(20), run).await.expect("it does not hang").unwrap();
    assert_eq!((report.waiting.len(), report.waiting[0].state), (1, State::Unknown));
}

/// Writes the intent and never comes back.
struct DiesAfterwards {
    journal: IntentJournal,
    seen: Mutex<Option<Intent>>,
}

#[async_trait::async_trait]
impl Journal for DiesAfterwards {
    async fn begin(&self, intent: &Intent) -> Result<(), pay_core::journal::JournalError> {
        self.journal.begin(intent).await?;
        *self.seen.lock().unwrap() = Some(intent.clone());
        std::future::pending().await
    }

    async fn end(&self, _: &str, _: &pay_core::journal::Ended) -> Result<(), pay_core::journal::JournalError> {
        unreachable!("it is dead")
    }
}

/// Many intents, two workers: each intent by one of them.
pub async fn two_workers_share_the_work(journal: &IntentJournal) {
    const MANY: usize = 40;
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    for n in 0..MANY {
        next(&sandbox, Fault::ResetAfterActing);
        client.purchase(airtime(&format!("shared-{n}"))).send().await.unwrap_err();
    }
    next(&sandbox, Fault::ResetAfterActing);
    client.purchase(airtime("alone")).send().await.unwrap_err();
    // What one intent asks.
    assert_eq!(journal.recover(&client).at_most(1).run().await.unwrap().settled.len(), 1);
    let each = count(&sandbox, "transactions");
    let (one, two) = tokio::join!(journal.recover(&client).run(), journal.recover(&client).run());
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.settled.len() + two.settled.len(), MANY);
    assert!(!one.settled.is_empty() && !two.settled.is_empty(), "both worked");
    let mut ids: Vec<_> = one.settled.iter().chain(&two.settled).map(|found| &found.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), MANY, "none twice");
    assert_eq!(count(&sandbox, "transactions"), each * (MANY + 1), "each was asked for once");
    let all = journal.list(&Listing::new()).await.unwrap();
    assert!(all.iter().all(|entry| entry.state == State::Completed && entry.tries == 1));
}

/// A worker dies with an intent in its hand.
pub async fn a_worker_that_dies_gives_its_intent_up(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    next(&sandbox, Fault::ResetAfterActing);
    client.purchase(airtime("worker-1")).send().await.unwrap_err();
    sandbox
        .add_fault(FaultRule::new("pagamio", Fault::StallBeforeActing(None)).operation("transactions").times(1))
        .unwrap();
    let dying = journal.recover(&client).lease(Duration::from_millis(500));
    let _ = tokio::time::timeout(Duration::from_millis(200), dying.run()).await.unwrap_err();
    assert!(journal.recover(&client).run().await.unwrap().settled.is_empty(), "it is taken");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(journal.recover(&client).run().await.unwrap().settled.len(), 1, "and free again");
}

/// Accounts and labels.
pub async fn nobody_recovers_for_somebody_else(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let (east, west) = (journal.clone().for_account("east"), journal.clone().for_account("west"));
    let client = shop(&sandbox, &east);
    next(&sandbox, Fault::ResetAfterActing);
    client.purchase(airtime("own-1")).send().await.unwrap_err();
    let other = sandbox.pagamio().other_merchant();
    let stranger = merchant(&sandbox).credentials(other.username(), other.password()).build().unwrap();
    for (journal, client) in [(&west, &client), (journal, &client), (&east, &stranger)] {
        let report = journal.recover(client).even_if_busy().run().await.unwrap();
        assert!(report.settled.is_empty() && report.waiting.is_empty(), "{report:?}");
    }
    assert_eq!(east.recover(&client).run().await.unwrap().settled.len(), 1);
}

/// Lists, CSV, JSON, what a person writes, and what is forgotten.
pub async fn it_can_be_reconciled(journal: &IntentJournal) {
    let sandbox = sandbox().await;
    let client = shop(&sandbox, journal);
    for n in 0..5 {
        let _ = client.purchase(airtime(&format!("list-{n}"))).send().await.unwrap();
    }
    next(&sandbox, Fault::ResetAfterReading);
    client.purchase(airtime("list-open")).send().await.unwrap_err();
    let first = journal.list(&Listing::new().limit(4)).await.unwrap();
    let rest = journal.list(&Listing::new().after(first.last().unwrap())).await.unwrap();
    assert_eq!((first.len(), rest.len()), (4, 2));
    let open = journal.list(&Listing::new().provider("pagamio").unsettled()).await.unwrap();
    assert_eq!(open.len(), 1);
    assert!(journal.list(&Listing::new().provider("pay1st")).await.unwrap().is_empty());
    let (csv, json) = (to_csv(&open), to_json(&open));
    assert!(csv.lines().nth(1).unwrap().contains("pagamio,purchase,list-open,50.00,ZAR,unknown,"), "{csv}");
    assert!(json.contains(r#""reference":"list-open","amount":"50.00","currency":"ZAR","state":"unknown""#), "{json}");
    assert!(!csv.contains(crate::support::NUMBER) && !json.contains(crate::support::NUMBER));
    assert!(journal.resolve(&open[0].id, State::Refused, "support says no").await.unwrap());
    assert!(!journal.resolve(&open[0].id, State::Completed, "too late").await.unwrap(), "what is final stays");
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(journal.forget(secs(3600)).await.unwrap(), 0);
    assert_eq!(journal.forget(Duration::from_millis(5)).await.unwrap(), 6);
}

/// Nothing leaves without a record, and the error names the setting.
pub async fn nothing_is_sent_without_a_record(journal: &IntentJournal, why: &str) {
    let sandbox = sandbox().await;
    let error = shop(&sandbox, journal).purchase(airtime("none-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.setting()), (Kind::Journal, Outcome::NotDone, Some("journal")));
    assert!(error.to_string().contains(why), "{error}");
    assert_eq!(count(&sandbox, "purchase"), 0, "nothing was sent");
}

/// What makes a database of the newest schema one of the first.
pub const TO_VERSION_1: &str =
    "ALTER TABLE pay_intent DROP COLUMN amount; ALTER TABLE pay_intent DROP COLUMN currency;";

/// A process sends a purchase, and dies before it has the answer.
pub async fn an_intent_is_left_open(sandbox: &Sandbox, journal: &IntentJournal, reference: &str) {
    next(sandbox, Fault::ResetAfterActing);
    shop(sandbox, journal).purchase(airtime(reference)).send().await.unwrap_err();
}

pub async fn the_open_intent_is_recovered(sandbox: &Sandbox, journal: &IntentJournal, reference: &str) {
    assert_eq!(only(journal).await.amount, None, "what was not kept is not made up");
    let client = shop(sandbox, journal);
    assert_eq!(journal.recover(&client).run().await.unwrap().settled.len(), 1);
    let _ = client.purchase(airtime("newer-1")).send().await.unwrap();
    let all = journal.list(&Listing::new()).await.unwrap();
    let amounts: Vec<_> = all.iter().map(|entry| entry.amount.map(|amount| amount.to_string())).collect();
    assert_eq!(amounts, [None, Some("50.00".to_owned())]);
    assert!(all.iter().all(|entry| entry.state == State::Completed));
    assert_eq!(sandbox.ledger().charges(reference), 1);
}
