//! Many sales at once under random faults: the books stay right, and the faults repeat from run to run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Client, assert_sound, merchant, sandbox, try_send};
use pay_sandbox::{FaultRule, RandomFaults, Sandbox};
use std::sync::Arc;
use tokio::sync::Semaphore;

const SALES: usize = 300;
const ATTEMPTS: usize = 12;

/// Buys with one reference, again and again, until an answer says code 0.
async fn buy(client: Client, reference: String) -> bool {
    for _ in 0..ATTEMPTS {
        let answer = try_send(client.purchase_request(&client.airtime(&reference))).await;
        if answer.is_ok_and(|answer| answer.status == 200 && answer.text.contains(r#""responseCode":"0""#)) {
            return true;
        }
    }
    false
}

/// What the faults did to each sale, in the order of the sales.
async fn run(seed: u64) -> (Sandbox, Vec<(u32, u32, u32)>) {
    let sandbox = sandbox().await;
    let faults = RandomFaults::new(seed, 36).operations(["purchase"]);
    sandbox.add_fault(FaultRule::random("pagamio", faults)).unwrap();
    let client = merchant(&sandbox).await;
    let slots = Arc::new(Semaphore::new(64));
    let mut sales = Vec::new();
    for n in 0..SALES {
        let (client, slots) = (client.clone(), Arc::clone(&slots));
        sales.push(tokio::spawn(async move {
            let _slot = slots.acquire().await.unwrap();
            buy(client, format!("r-{n}")).await
        }));
    }
    for sale in sales {
        assert!(sale.await.unwrap(), "{ATTEMPTS} attempts were not enough");
    }
    let ledger = sandbox.ledger();
    let told = (0..SALES).map(|n| {
        let sale = ledger.sale(&format!("r-{n}")).unwrap();
        (sale.charges, sale.attempts, sale.answered)
    });
    let told = told.collect();
    (sandbox, told)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixty_four_at_once_charge_each_customer_once() {
    let (sandbox, told) = run(2026).await;
    assert!(told.iter().all(|(charges, ..)| *charges == 1));
    let attempts: u32 = told.iter().map(|(_, attempts, _)| attempts).sum();
    let faults = sandbox.faults()[0].taken;
    assert_eq!(u64::from(attempts), faults + SALES as u64, "each sale ended with its first undisturbed answer");
    assert!(told.iter().all(|(_, _, answered)| *answered == 1));
    assert!(faults > 100, "{faults} faults are too few to mean anything");
    assert_sound(&sandbox);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_seed_does_the_same_whatever_the_order() {
    let ((_one, first), (_two, second)) = tokio::join!(run(7), run(7));
    assert_eq!(first, second);
    let (_three, third) = run(8).await;
    assert_ne!(first, third);
}

#[tokio::test]
async fn requests_without_a_reference_draw_lots_of_their_own() {
    let statuses = async || {
        let sandbox = sandbox().await;
        let busy = pay_sandbox::StatusFault::new(503, pay_sandbox::Acting::Before);
        let faults = RandomFaults::new(5, 50).operations(["lookups"]).kinds([busy.into()]);
        sandbox.add_fault(FaultRule::random("pagamio", faults)).unwrap();
        let client = merchant(&sandbox).await;
        let mut statuses = Vec::new();
        for _ in 0..40 {
            statuses.push(client.get("/lookups/brands").await.status);
        }
        assert_eq!(client.get("/products/categories").await.status, 200, "not among its operations");
        statuses
    };
    let first = statuses().await;
    assert!(first.contains(&200) && first.contains(&503), "{first:?}");
    assert_eq!(first, statuses().await);
}
