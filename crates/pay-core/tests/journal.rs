//! The journal: the intent before the first byte, the end after the last, and nothing sent where it cannot be written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::journal::{Ended, Intent, Journal, JournalError, Progress, State};
use pay_core::provider::{Engine, Operation, Repeat, Verb};
use pay_core::script::Play;
use pay_core::{Kind, Outcome};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use support::events::Events;
use support::provider::{CHARGE, Done, PAY, READ, call};
use support::server::Server;
use support::{Wall, access, engine, secs, settings};

/// A journal in memory that can be told to fail, and that looks how many requests had left when it was asked to write.
#[derive(Default)]
struct Book {
    begun: Mutex<Vec<(Intent, usize)>>,
    ended: Mutex<Vec<(String, Ended)>>,
    fail_begin: Option<JournalError>,
    fail_end: bool,
    slow: Duration,
    /// The machine sleeps while the intent is written, and wakes so much later.
    sleeps: Option<(Wall, i64)>,
    server: Mutex<Option<Arc<Server>>>,
}

#[async_trait::async_trait]
impl Journal for Book {
    async fn begin(&self, intent: &Intent) -> Result<(), JournalError> {
        tokio::time::sleep(self.slow).await;
        if let Some((wall, seconds)) = &self.sleeps {
            wall.jump(*seconds);
        }
        if let Some(error) = &self.fail_begin {
            return Err(error.clone());
        }
        let sent = self.server.lock().unwrap().as_ref().map_or(0, |server| server.api().len());
        self.begun.lock().unwrap().push((intent.clone(), sent));
        Ok(())
    }

    async fn end(&self, id: &str, ended: &Ended) -> Result<(), JournalError> {
        if self.fail_end {
            return Err(JournalError::not_written("the disk is full"));
        }
        self.ended.lock().unwrap().push((id.to_owned(), ended.clone()));
        Ok(())
    }
}

impl Book {
    fn states(&self) -> Vec<State> {
        self.ended.lock().unwrap().iter().map(|(_, ended)| ended.state).collect()
    }
}

fn set_up(server: Server, book: Book) -> (Arc<Server>, Arc<Book>, Engine) {
    let clock = book.sleeps.as_ref().map(|(wall, _)| wall.clone());
    let (server, book) = (Arc::new(server), Arc::new(book));
    *book.server.lock().unwrap() = Some(Arc::clone(&server));
    let mut settings = settings(&server);
    settings.journal = Some(Arc::clone(&book) as Arc<dyn Journal>);
    if let Some(clock) = clock {
        settings.set_wall_clock(move || clock.now());
    }
    let engine = engine(settings);
    (server, book, engine)
}

fn answering(status: u16, body: &'static str) -> Server {
    Server::with_api(move |_| Play::answer(status, body))
}

const DONE: &str = r#"{"id":"x"}"#;

async fn state_after(server: Server, operation: &'static Operation) -> State {
    let (_, book, engine) = set_up(server, Book::default());
    let access = access(&engine, "a");
    let _ = call(&engine, &access, operation, "a").deadline(secs(5)).send().await;
    assert_eq!(book.begun.lock().unwrap().len(), 1, "one intent, however many attempts");
    let states = book.states();
    assert_eq!(states.len(), 1);
    states[0]
}

#[tokio::test(start_paused = true)]
async fn the_intent_is_written_before_the_first_byte_and_its_end_after_the_last() {
    let (server, book, engine) = set_up(answering(200, DONE), Book::default());
    let access = access(&engine, "a");
    call(&engine, &access, &PAY, "a").send().await.unwrap();
    assert_eq!(server.api().len(), 1);
    let (intent, sent) = book.begun.lock().unwrap()[0].clone();
    assert_eq!(sent, 0, "nothing had left");
    assert_eq!((intent.provider, intent.operation, intent.reference.as_deref()), ("acme", "pay", Some("INV-1")));
    assert!(intent.keyed && intent.id.len() == 32 && intent.busy <= secs(60));
    let request = intent.request.unwrap();
    assert_eq!(request.body(), br#"{"account":"a"}"#);
    let (id, ended) = book.ended.lock().unwrap()[0].clone();
    assert_eq!((id, ended.state), (intent.id, State::Completed));
    assert_eq!(ended.reply.unwrap().expose(), DONE.as_bytes());

    // What a recovery sends again stands there already.
    let again = engine.resend(&access, &PAY, &request, |answer| pay_core::decode::json::<Done>(&answer.body));
    again.send().await.unwrap();
    assert_eq!((server.api().len(), book.begun.lock().unwrap().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn every_end_is_written() {
    assert_eq!(state_after(answering(200, DONE), &CHARGE).await, State::Completed);
    assert_eq!(state_after(answering(402, "{}"), &CHARGE).await, State::Refused);
    assert_eq!(state_after(answering(500, "{}"), &CHARGE).await, State::Unknown);
    assert_eq!(state_after(answering(503, "{}"), &PAY).await, State::Unknown);
    assert_eq!(state_after(answering(429, "{}"), &PAY).await, State::NotDone);
    assert_eq!(state_after(answering(200, "<html>"), &PAY).await, State::Unknown);
}

#[tokio::test(start_paused = true)]
async fn a_provider_says_what_an_accepted_answer_means() {
    let (_, book, engine) = set_up(answering(200, DONE), Book::default());
    let access = access(&engine, "a");
    let pending = |done: &Done| Progress::new(State::Pending, Some(&done.id));
    call(&engine, &access, &PAY, "a").progress(pending).send().await.unwrap();
    let ended = book.ended.lock().unwrap()[0].1.clone();
    assert_eq!((ended.state, ended.transaction_id.as_deref()), (State::Pending, Some("x")));
}

#[tokio::test(start_paused = true)]
async fn reads_are_not_written() {
    let (_, book, engine) = set_up(answering(200, DONE), Book::default());
    call(&engine, &access(&engine, "a"), &READ, "a").send().await.unwrap();
    assert!(book.begun.lock().unwrap().is_empty() && book.states().is_empty());
}

#[tokio::test(start_paused = true)]
async fn of_card_calls_neither_request_nor_answer_is_kept() {
    for status in [200, 402] {
        let (_, book, engine) = set_up(answering(status, DONE), Book::default());
        let _ = call(&engine, &access(&engine, "a"), &CHARGE, "a").card_data().send().await;
        let intent = book.begun.lock().unwrap()[0].0.clone();
        assert_eq!((intent.request, intent.reference.as_deref()), (None, Some("INV-1")));
        assert!(book.ended.lock().unwrap()[0].1.reply.is_none());
    }
}

/// What one user began must never be sent with another one's token.
#[tokio::test(start_paused = true)]
async fn of_calls_on_behalf_of_a_user_the_intent_alone_is_kept() {
    let (_, book, engine) = set_up(answering(200, DONE), Book::default());
    let source = Arc::new(support::Vault::new("a", "a-secret"));
    let grant = Arc::new(support::provider::AcmeGrant::default());
    let access = engine.access(source, Some(grant), Some("user-1".to_owned()));
    call(&engine, &access, &PAY, "a").send().await.unwrap();
    assert!(book.begun.lock().unwrap()[0].0.request.is_none());
    assert_eq!(book.states(), [State::Completed]);
    assert!(book.ended.lock().unwrap()[0].1.reply.is_none());
}

static PASSWORD: Operation = Operation::new("password", Verb::Post, "/password", Repeat::Never).public();

#[tokio::test(start_paused = true)]
async fn what_goes_without_a_token_moves_no_money_and_is_not_written() {
    let (server, book, engine) = set_up(answering(200, DONE), Book::default());
    call(&engine, &access(&engine, "a"), &PASSWORD, "new-password").send().await.unwrap();
    assert_eq!((server.api().len(), book.begun.lock().unwrap().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn where_the_intent_cannot_be_written_nothing_is_sent() {
    let full = JournalError::not_written("the disk is full");
    for (error, fail_end, operation, outcome) in [
        (full.clone(), false, &PAY, Outcome::NotDone),
        (full, true, &PAY, Outcome::NotDone),
        // The intent may stand there: it is cancelled, or a recovery could send it.
        (JournalError::unsure("connection closed"), false, &PAY, Outcome::NotDone),
        (JournalError::unsure("connection closed"), true, &PAY, Outcome::Unknown),
        (JournalError::unsure("connection closed"), true, &CHARGE, Outcome::NotDone),
    ] {
        let unsure = error.unsure;
        let book = Book { fail_begin: Some(error), fail_end, ..Book::default() };
        let (server, book, engine) = set_up(answering(200, DONE), book);
        let error = call(&engine, &access(&engine, "a"), operation, "a").send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome(), error.setting()), (Kind::Journal, outcome, Some("journal")));
        assert_eq!((error.attempts(), error.reference()), (0, Some("INV-1")));
        assert!(server.api().is_empty(), "nothing was sent");
        let cancelled = if unsure && !fail_end { vec![State::NotDone] } else { vec![] };
        assert_eq!(book.states(), cancelled);
    }
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_hangs_sends_nothing_either() {
    let book = Book { slow: secs(3600), ..Book::default() };
    let (server, book, engine) = set_up(answering(200, DONE), book);
    let error = call(&engine, &access(&engine, "a"), &PAY, "a").deadline(secs(10)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Journal, Outcome::NotDone));
    assert!(server.api().is_empty());
    assert_eq!(book.states(), [State::NotDone], "cancelled, should it stand there");
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_while_its_intent_is_written_is_not_said_to_be_not_done() {
    for (operation, outcome) in [(&PAY, "unknown"), (&CHARGE, "not done")] {
        let book = Book { slow: secs(5), ..Book::default() };
        let (server, _, engine) = set_up(answering(200, DONE), book);
        let access = access(&engine, "a");
        let (events, guard) = Events::capture();
        let send = call(&engine, &access, operation, "a").send();
        assert!(tokio::time::timeout(secs(2), send).await.is_err());
        drop(guard);
        let told = events.named("pay.call.dropped");
        assert_eq!(told[0].field("outcome"), Some(outcome));
        assert!(server.api().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_that_cannot_be_written_fails_no_call() {
    let (_, _, engine) = set_up(answering(200, DONE), Book { fail_end: true, ..Book::default() });
    let access = access(&engine, "a");
    let (events, guard) = Events::capture();
    call(&engine, &access, &PAY, "a").send().await.unwrap();
    drop(guard);
    let told = events.named("pay.journal");
    assert_eq!((told.len(), told[0].field("provider")), (1, Some("acme")));
}

/// Provider and journal out of reach at once, as on a machine that lost its network: the open intent can be sent by a recovery, so a
/// caller who started again with another reference would pay twice.
#[tokio::test(start_paused = true)]
async fn a_call_whose_intent_stays_open_is_not_said_to_have_no_effect() {
    let closed = [(429, &PAY, Outcome::NotDone), (402, &PAY, Outcome::Refused), (402, &CHARGE, Outcome::Refused)];
    for (status, operation, outcome) in closed {
        for (fail_end, told) in
            [(false, outcome), (true, if operation.name == "pay" { Outcome::Unknown } else { outcome })]
        {
            let (_, _, engine) = set_up(answering(status, "{}"), Book { fail_end, ..Book::default() });
            let access = access(&engine, "a");
            let error = call(&engine, &access, operation, "a").attempts(1).send().await.unwrap_err();
            assert_eq!(
                (error.outcome(), error.status().map(|code| code.as_u16())),
                (told, Some(status)),
                "{} {fail_end}",
                operation.name
            );
            assert_eq!(error.to_string().contains("the same reference only"), told == Outcome::Unknown, "{error}");
        }
    }
    // What a recovery cannot send stays what it is.
    let (_, _, engine) = set_up(answering(429, "{}"), Book { fail_end: true, ..Book::default() });
    let access = access(&engine, "a");
    let error = call(&engine, &access, &PAY, "a").card_data().attempts(1).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::NotDone);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_between_two_attempts_is_not_said_to_be_not_done() {
    for (journal, outcome) in [(true, "unknown"), (false, "not done")] {
        let server = Server::with_api(|_| Play::answer(429, "{}").header("retry-after", "5"));
        let (server, _, engine) = if journal {
            set_up(server, Book::default())
        } else {
            let server = Arc::new(server);
            let engine = engine(settings(&server));
            (server, Arc::default(), engine)
        };
        let access = access(&engine, "a");
        let (events, guard) = Events::capture();
        let send = call(&engine, &access, &PAY, "a").send();
        assert!(tokio::time::timeout(secs(2), send).await.is_err());
        drop(guard);
        assert_eq!(server.api().len(), 1, "it waits for the next attempt");
        assert_eq!(events.named("pay.call.dropped")[0].field("outcome"), Some(outcome));
    }
}

/// By its own clock the call has all its time left; by the journal's its intent has been anybody's for an hour.
#[tokio::test(start_paused = true)]
async fn a_machine_that_slept_between_record_and_first_byte_sends_nothing() {
    for (asleep, sent) in [(3600, 0), (5, 1)] {
        let book = Book { sleeps: Some((Wall::new(), asleep)), ..Book::default() };
        let (server, book, engine) = set_up(answering(200, DONE), book);
        let called = call(&engine, &access(&engine, "a"), &CHARGE, "a").send().await;
        assert_eq!(server.api().len(), sent);
        if sent == 0 {
            let error = called.unwrap_err();
            assert_eq!((error.kind(), error.outcome()), (Kind::Deadline, Outcome::NotDone));
            assert_eq!(book.states(), [State::NotDone]);
        } else {
            called.unwrap();
        }
    }
}
