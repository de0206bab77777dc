//! Tokens that the caller brings: the cell asks for them as it asks a provider, and no token call is sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::auth::TokenSource;
use pay_core::provider::{Access, Credentials, Engine, Grant, GrantFailure, GrantStep, OwnTokens, Parts, Tokens};
use pay_core::script::Play;
use pay_core::{CredentialError, Kind, Outcome, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::provider::{READ, call};
use support::server::{Server, token_of};
use support::{engine, secs, settings};
use tokio::time::sleep;

/// Gives `own-1`, `own-2`, ..., and none while it is broken.
#[derive(Default)]
struct Desk {
    asked: AtomicUsize,
    broken_from: AtomicUsize,
}

#[async_trait::async_trait]
impl TokenSource for Desk {
    async fn token(&self) -> Result<SecretString, CredentialError> {
        sleep(secs(1)).await;
        let count = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let broken = self.broken_from.load(Ordering::SeqCst);
        if broken != 0 && count >= broken {
            return Err(CredentialError("the desk is closed".to_owned()));
        }
        Ok(format!("own-{count}").into())
    }
}

struct Brought(Arc<Desk>);

impl Grant for Brought {
    fn login(&self, _: &Credentials) -> Option<Parts> {
        panic!("no token call is sent")
    }

    fn own(&self) -> Option<OwnTokens<'_>> {
        Some(Box::pin(async {
            let mut tokens = Tokens::new(self.0.token().await?);
            tokens.lifetime = Some(secs(600));
            Ok(tokens)
        }))
    }

    fn read(&self, _: GrantStep, _: &pay_core::provider::Answer) -> Result<Tokens, GrantFailure> {
        panic!("no token call is answered")
    }
}

fn world(server: &Server) -> (Arc<Desk>, Engine, Access) {
    let desk = Arc::new(Desk::default());
    let engine = engine(settings(server));
    let access = engine.access(Arc::new(Credentials::new("own", "")), Some(Arc::new(Brought(Arc::clone(&desk)))), None);
    (desk, engine, access)
}

fn ok() -> Play {
    Play::answer(200, r#"{"id":"1"}"#)
}

#[tokio::test(start_paused = true)]
async fn any_number_of_tasks_ask_once_and_again_ahead_of_the_end() {
    let server = Server::with_api(|_| ok());
    let (desk, engine, access) = world(&server);
    let tasks: Vec<_> = (0..50).map(|_| tokio::spawn(call(&engine, &access, &READ, "a").send())).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(desk.asked.load(Ordering::SeqCst), 1);
    assert!(server.api().iter().all(|sent| token_of(sent) == "own-1"));
    // Two thirds of ten minutes have passed: the old token serves, and the next one is asked for beside it.
    sleep(secs(420)).await;
    call(&engine, &access, &READ, "a").send().await.unwrap();
    sleep(secs(2)).await;
    call(&engine, &access, &READ, "a").send().await.unwrap();
    let sent = server.api();
    assert_eq!([token_of(&sent[50]), token_of(&sent[51])], ["own-1", "own-2"]);
    assert_eq!((desk.asked.load(Ordering::SeqCst), server.token_requests()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_asked_for_again_and_the_call_is_replayed_once() {
    let server =
        Server::with_api(|sent| if token_of(sent) == "own-1" { Play::answer(401, "token refused") } else { ok() });
    let (desk, engine, access) = world(&server);
    // A token that is refused as soon as it comes would only be given again.
    let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::TokenRefused, Outcome::NotDone));
    sleep(secs(31)).await;
    call(&engine, &access, &READ, "a").send().await.unwrap();
    assert_eq!(desk.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shared_cools_down_and_names_its_cause() {
    let server = Server::with_api(|_| ok());
    let (desk, engine, access) = world(&server);
    desk.broken_from.store(1, Ordering::SeqCst);
    for _ in 0..5 {
        let error = call(&engine, &access, &READ, "a").send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Token, Outcome::NotDone));
        assert!(format!("{error:#}").contains("the desk is closed"), "{error:#}");
    }
    assert_eq!(desk.asked.load(Ordering::SeqCst), 1, "one question, and then the pause");
    desk.broken_from.store(0, Ordering::SeqCst);
    sleep(secs(2)).await;
    call(&engine, &access, &READ, "a").send().await.unwrap();
}
