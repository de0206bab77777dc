//! What the types promise to whoever builds on them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{
    AccountBuilder, Builder, Call, Client, Companies, Cpf, CpfError, Created, Environment, Error, FindByOrderId,
    NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, Notify, OpenFinanceCharge, OrderQuery, Outcome, Payer,
    PixCharge, PixKey, PixKeyType, Prepared, ReceiverPage, ReceiverQuery, Recipient, Record, Refusal, Reply, Settle,
    Settled, Simulate, Simulated, Sought, Transaction, TransactionPage, TransactionState, Withdrawal,
};
use pay_core::script::Play;
use std::fmt::Debug;
use std::future::{Future, IntoFuture};
use support::{ID, answering, client, created, deposit, open_finance, wall, withdrawal};

fn shared<T: Clone + Send + Sync + Debug + 'static>() {}
fn movable<T: Send + Debug + 'static>() {}
fn value<T: Clone + PartialEq + Debug + Send + Sync + 'static>() {}
fn error<T: std::error::Error + Send + Sync + 'static>() {}
fn stored<T: serde::Serialize + for<'a> serde::Deserialize<'a>>() {}
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[test]
fn types_can_go_where_they_are_needed() {
    shared::<Client>();
    shared::<Companies>();
    shared::<NewPixDeposit>();
    shared::<NewPixWithdrawal>();
    shared::<NewOpenFinanceDeposit>();
    shared::<Notify>();
    shared::<Created>();
    shared::<PixCharge>();
    shared::<OpenFinanceCharge>();
    shared::<Withdrawal>();
    shared::<Simulated>();
    shared::<Reply<Withdrawal>>();
    shared::<FindByOrderId>();
    movable::<Builder>();
    movable::<AccountBuilder>();
    movable::<Call<Withdrawal>>();
    movable::<Settle>();
    movable::<Settled>();
    movable::<Simulate>();
    value::<Cpf>();
    value::<Payer>();
    value::<PixKey>();
    value::<PixKeyType>();
    value::<Recipient>();
    value::<Environment>();
    value::<OrderQuery>();
    value::<ReceiverQuery>();
    value::<ReceiverPage>();
    value::<Record>();
    value::<Transaction>();
    value::<TransactionPage>();
    value::<TransactionState>();
    value::<Refusal>();
    value::<Sought>();
    value::<Outcome>();
    stored::<Prepared>();
    stored::<TransactionState>();
    error::<Error>();
    error::<CpfError>();
}

#[tokio::test(start_paused = true)]
async fn futures_can_be_spawned() {
    let script = answering(vec![Play::answer(201, created("order-1", "Created", "10.5"))]);
    let client = client(&script);
    let other = client.clone();
    let made = tokio::spawn(async move { other.pix_cash_out(withdrawal("order-1")).send().await }).await.unwrap();
    let made = made.unwrap();
    drop(sent(client.pix_cash_in(deposit("o")).reply()));
    drop(sent(client.open_finance_cash_in(open_finance("o")).send()));
    drop(sent(client.transaction(ID).send()));
    drop(sent(client.transactions(&OrderQuery::new("o", wall())).send()));
    drop(sent(client.find_by_order_id("o", wall()).into_future()));
    drop(sent(client.simulate_pix(ID).into_future()));
    drop(sent(client.settle(&made).into_future()));
    drop(sent(client.check_credentials()));
    drop(sent(client.companies().receivers(&ReceiverQuery::new()).send()));
    let mut call = client.pix_cash_out(withdrawal("o"));
    drop(sent(call.prepare()));
}
