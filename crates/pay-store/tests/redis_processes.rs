//! Many processes on one account: one refresh, whoever dies.
#![cfg(feature = "redis")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Account, Client, Pacing};
use pay_core::auth::{Claimed, StoredTokens, TokenKey, TokenStore};
use pay_sandbox::{Fault, FaultRule, Sandbox};
use pay_store::RedisTokens;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use support::process::{Worker, commands, is_worker, say, setting};
use support::redis::Redis;
use support::{airtime, count, sandbox, sealer, secs};

const PROCESSES: usize = 8;
const TASKS: usize = 50;
const ROUNDS: usize = 20;

/// Run by the tests below in processes of their own. Each command is what all tasks do, and the prefix of the round's keys; the
/// answer, how many of them it went well for.
#[test]
fn worker() {
    if !is_worker() {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for command in commands() {
        let (what, prefix) = command.split_once(' ').unwrap();
        let buys = what == "buy";
        let store = RedisTokens::new(&setting("REDIS"), sealer()).unwrap().prefix(prefix);
        let client = Client::builder()
            .local(setting("SANDBOX"))
            .credentials(setting("USERNAME"), setting("PASSWORD"))
            .account(Account::Merchant(setting("ACCOUNT")))
            .channel("F5YZP7")
            .pacing(Pacing::Off)
            .attempt_timeout(secs(3))
            .deadline(secs(60))
            .token_store(Arc::new(store))
            .build()
            .unwrap();
        let good = runtime.block_on(async {
            let tasks: Vec<_> = (0..TASKS)
                .map(|task| {
                    let client = client.clone();
                    let reference = format!("{prefix}-{}-{task}", std::process::id());
                    tokio::spawn(async move {
                        match buys {
                            true => client.purchase(airtime(&reference)).send().await.is_ok(),
                            false => client.products().send().await.is_ok(),
                        }
                    })
                })
                .collect();
            let mut good = 0;
            for task in tasks {
                good += usize::from(task.await.unwrap());
            }
            good
        });
        say(&good.to_string());
    }
}

fn start(sandbox: &Sandbox, redis: &Redis) -> Worker {
    let account = sandbox.pagamio().merchant();
    Worker::start(&[
        ("REDIS", &redis.url()),
        ("SANDBOX", sandbox.pagamio().base_url()),
        ("USERNAME", account.username()),
        ("PASSWORD", account.password()),
        ("ACCOUNT", account.account_id()),
    ])
}

/// A pair that has just ended: every process finds it so.
async fn put_expired_pair(sandbox: &Sandbox, redis: &Redis, prefix: &str) {
    let store = RedisTokens::new(&redis.url(), sealer()).unwrap().prefix(prefix);
    let key = TokenKey::new("pagamio", sandbox.pagamio().base_url(), sandbox.pagamio().merchant().username(), None);
    let Claimed::Yes(claim) = store.claim(&key, 0, secs(10)).await.unwrap() else { panic!("free") };
    let issued = SystemTime::now() - secs(1800);
    let pair = StoredTokens::new(1, "expired".into(), None, issued, Some(SystemTime::now()));
    store.save(&claim, &pair).await.unwrap();
    assert!(store.load(&key).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_at_expiry_refresh_once() {
    let Some(redis) = Redis::start("processes on one token") else { return };
    let sandbox = sandbox().await;
    let mut workers: Vec<_> = (0..PROCESSES).map(|_| start(&sandbox, &redis)).collect();
    for round in 0..ROUNDS {
        let prefix = format!("round-{round}");
        put_expired_pair(&sandbox, &redis, &prefix).await;
        let before = count(&sandbox, "token") + count(&sandbox, "refresh");
        for worker in &mut workers {
            worker.tell(&format!("list {prefix}"));
        }
        for worker in &mut workers {
            assert_eq!(worker.answer(), TASKS.to_string(), "round {round}");
        }
        let after = count(&sandbox, "token") + count(&sandbox, "refresh");
        assert_eq!(after - before, 1, "round {round}: exactly one refresh");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_is_killed_holds_nobody_up_for_longer_than_its_claim() {
    let Some(redis) = Redis::start("a holder that is killed") else { return };
    let sandbox = sandbox().await;
    put_expired_pair(&sandbox, &redis, "k").await;
    // Its token call gets no answer.
    sandbox.add_fault(FaultRule::new("pagamio", Fault::StallBeforeActing(None)).operation("token")).unwrap();
    let mut holder = start(&sandbox, &redis);
    holder.tell("list k");
    while count(&sandbox, "token") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    holder.kill();
    assert!(redis.cli(&["KEYS", "*:claim"]).contains("claim"), "it died with the claim in its hand");
    let mut others: Vec<_> = (0..3).map(|_| start(&sandbox, &redis)).collect();
    for worker in &mut others {
        worker.tell("list k");
    }
    for worker in &mut others {
        assert_eq!(worker.answer(), TASKS.to_string(), "no task failed");
    }
    assert_eq!(count(&sandbox, "token"), 2, "that of the dead, and one for all others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_killed_and_started_again_fails_no_payment() {
    let Some(mut redis) = Redis::start("Redis killed in the middle") else { return };
    let sandbox = sandbox().await;
    sandbox.pagamio().set_float(sandbox.pagamio().merchant().account_id(), "10000000").unwrap();
    let mut workers: Vec<_> = (0..4).map(|_| start(&sandbox, &redis)).collect();
    for (round, down) in [false, true, true, false, true, false].into_iter().enumerate() {
        if down {
            redis.kill();
        } else {
            redis.restart();
        }
        // Once more in the middle of the round.
        for worker in &mut workers {
            worker.tell(&format!("buy mid-{round}"));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        if down {
            redis.restart();
        } else {
            redis.kill();
        }
        for worker in &mut workers {
            assert_eq!(worker.answer(), TASKS.to_string(), "round {round}");
        }
    }
    assert_eq!(sandbox.ledger().charges_to(support::NUMBER), 6 * 4 * TASKS as u32, "every payment was made, and once");
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}
