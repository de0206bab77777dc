//! What the types promise to whoever builds on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{
    Account, Builder, Call, Client, Code, Environment, Error, Outcome, Pages, Prepared, Purchase, Purchased, Receipt,
    Reply, Settle, Settled, Sought, Transaction, TransactionQuery, TransactionStatus,
};
use pay_core::script::Play;
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use support::{COMPLETED, airtime, answering, client};

fn shared<T: Clone + Send + Sync + Debug + 'static>() {}
fn movable<T: Send + Debug + 'static>() {}
fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn error<T: std::error::Error + Clone + Send + Sync + 'static>() {}
fn stored<T: serde::Serialize + for<'a> serde::Deserialize<'a>>() {}
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn types_can_go_where_they_are_needed() {
    shared::<Client>();
    shared::<Receipt>();
    shared::<Purchased>();
    shared::<Transaction>();
    shared::<Reply<Purchased>>();
    movable::<Builder>();
    movable::<Call<Purchased>>();
    movable::<Pages<Transaction>>();
    movable::<Settle>();
    movable::<Settled>();
    value::<Purchase>();
    value::<Sought>();
    value::<TransactionQuery>();
    value::<TransactionStatus>();
    value::<Account>();
    value::<Environment>();
    value::<Code>();
    value::<Outcome>();
    value::<Prepared>();
    stored::<Prepared>();
    error::<Error>();
}

#[test]
fn an_error_is_one_word_and_costs_a_result_nothing() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[tokio::test(start_paused = true)]
async fn futures_can_be_spawned() {
    let script = answering(vec![Play::answer(200, COMPLETED)]);
    let client = client(&script);
    let other = client.clone();
    let bought = tokio::spawn(async move { other.purchase(airtime("S-1")).send().await }).await.unwrap();
    assert!(matches!(bought, Ok(Purchased::Completed(_))));
    drop(sent(client.purchase(airtime("S-2")).reply()));
    drop(sent(client.categories().send()));
    drop(sent(client.check_credentials()));
    drop(sent(client.lease()));
    drop(sent(client.settle("S-1").into_future()));
    let mut pages = client.transaction_pages(TransactionQuery::new());
    drop(sent(pages.next()));
    let mut call = client.purchase(airtime("S-3"));
    drop(sent(call.prepare()));
}

#[test]
fn three_outcomes_are_all_there_are() {
    // Compiles without a wildcard: code that takes money must decide all three.
    let said = |outcome| match outcome {
        Outcome::NotDone => "start again",
        Outcome::Refused => "tell the customer",
        Outcome::Unknown => "find out",
    };
    assert_eq!(said(Outcome::Unknown), "find out");
}
