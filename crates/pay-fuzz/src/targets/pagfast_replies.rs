//! PagFast's answers: whatever comes, an answer or an error that fits on a line, no success that is none, and nothing sent twice.

use crate::worlds::{pagfast, pagfast_with, run};
use pagfast::{
    Amount, Cpf, Error, Kind, NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, Notify, OrderQuery, Outcome,
    ReceiverQuery, Recipient, Refusal, Settled, Sought, TransactionState, Withdrawal,
};
use pay_core::script::{Play, Script};
use std::fmt::Debug;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const STATUSES: [u16; 14] = [200, 200, 201, 201, 202, 302, 400, 401, 403, 404, 409, 422, 429, 500];
const ORDER: &str = "ORDER-1";
const ID: &str = "f6431a0f-970a-4be9-9c6d-f444f729adc3";

fn sent_at() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_000_000)
}

fn amount() -> Amount {
    "10.50".parse().expect("an amount")
}

fn cpf() -> Cpf {
    Cpf::new("12345678909").expect("a CPF")
}

fn notify() -> Notify {
    Notify::to("https://m.example")
}

fn printed<T: Debug>(result: &Result<T, Error>) {
    match result {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => {
            let line = format!("{error}");
            assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
            drop(format!("{error:?} {error:#} {:?}", Refusal::of(error)));
        }
    }
}

/// A creation that was answered with a success is there, or nobody knows: it is never "not done".
fn made<T: Debug>(result: &Result<T, Error>, code: u16) {
    printed(result);
    match result {
        Ok(_) => assert!(code < 300, "a {code} made something"),
        Err(error) if code < 300 => {
            let refused = error.kind() == Kind::TokenRefused || error.outcome() == Outcome::Refused;
            assert!(refused || error.outcome() == Outcome::Unknown, "a {code}: {error}");
        }
        Err(error) => assert!(code < 500 || error.outcome() != Outcome::Refused, "a {code}: {error}"),
    }
}

/// The first byte chooses the operation, the second the status; the rest is the body.
pub(super) fn reply(data: &[u8]) {
    let [operation, code, body @ ..] = data else { return };
    let code = STATUSES[usize::from(*code) % STATUSES.len()];
    let sent = body.to_vec();
    let script = Script::new(move |_| Play::answer(code, sent.clone()));
    let client = pagfast(&script);
    run(async {
        match operation % 8 {
            0 => {
                let new = NewPixWithdrawal::new(ORDER, amount(), Recipient::by_cpf("A", cpf())).notify(notify());
                let taken = client.pix_cash_out(new).send().await;
                made(&taken, code);
                if let Ok(Withdrawal::Completed(created)) = &taken {
                    assert!(created.state == Some(TransactionState::Completed) && !created.id.is_empty());
                }
            }
            1 => made(&client.pix_cash_in(NewPixDeposit::anonymous(ORDER, amount())).send().await, code),
            2 => {
                let new = NewOpenFinanceDeposit::new(ORDER, amount(), cpf()).redirect_url("https://m.example");
                made(&client.open_finance_cash_in(new.notify(notify())).send().await, code);
            }
            3 => {
                let found = client.transaction(ID).send().await;
                printed(&found);
                assert!(found.is_err() || found.is_ok_and(|record| record.transaction.id == ID && code < 300));
            }
            4 => {
                let found = client.transactions(&OrderQuery::new(ORDER, sent_at())).send().await;
                printed(&found);
                let ours = |of: Option<&str>| of == Some(ORDER);
                assert!(
                    found.is_err()
                        || found
                            .is_ok_and(|page| page.items.iter().all(|one| ours(one.transaction.order_id.as_deref())))
                );
            }
            5 => printed(&client.companies().receivers(&ReceiverQuery::new()).send().await),
            6 => printed(&client.simulate_pix(ID).payer("A", &cpf()).await),
            _ => {
                let settle =
                    client.settle(Sought::order(ORDER, sent_at()).amount(amount())).within(Duration::from_secs(1));
                match settle.await {
                    Settled::Completed(record) | Settled::Failed(record) | Settled::Reversed(record) => {
                        assert!(
                            record.transaction.order_id.as_deref() == Some(ORDER)
                                && record.transaction.amount == Some(amount())
                        );
                    }
                    Settled::StillUnknown(why) => drop(format!("{why:?}")),
                }
            }
        }
    });
    let creations =
        script.seen().iter().filter(|sent| sent.path.contains("/cash") || sent.path.contains("initiation")).count();
    assert!(creations <= 1, "sent {creations} times");
}

/// The first byte chooses the status; the rest is the body of a token call's answer.
pub(super) fn token(data: &[u8]) {
    let [code, body @ ..] = data else { return };
    let code = STATUSES[usize::from(*code) % STATUSES.len()];
    let sent = body.to_vec();
    let script = Script::new(move |_| Play::answer(code, sent.clone()));
    let client = pagfast_with(&script);
    run(async {
        let known = client.check_credentials().await;
        printed(&known);
        match known {
            Ok(_) => {
                assert!(code < 300, "a {code} gave a token");
                let lease = client.lease().await.expect("it is there");
                let token = pagfast::ExposeSecret::expose_secret(&lease.token);
                assert!(token.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) && pay_core::jwt::is_jwt(token));
            }
            Err(error) => {
                assert_eq!(error.outcome(), Outcome::NotDone);
                assert!(error.body().is_none(), "such an answer may hold a token");
            }
        }
    });
}
