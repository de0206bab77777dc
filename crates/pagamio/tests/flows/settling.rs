//! Finding out what became of purchases that did not end at once.

use crate::support::{millis, secs};
use pagamio::{
    Client, Pending, Purchase, Purchased, Schedule, Settle, Settled, Settlement, StillUnknown, TransactionStatus,
};

/// Buys and expects that it is accepted and not finished.
pub async fn pending(client: &Client, purchase: Purchase) -> Pending {
    match client.purchase(purchase).send().await.unwrap() {
        Purchased::Pending(pending) => pending,
        Purchased::Completed(receipt) => panic!("already {receipt:?}"),
    }
}

/// Asks often, so that a flow is quick.
pub fn briefly(settle: Settle) -> Settle {
    settle.schedule(Schedule::every(millis(20))).within(secs(5))
}

/// Asks once.
pub async fn once(settle: Settle) -> Settled {
    settle.within(millis(1)).await
}

pub fn completed(settled: Settled) -> Settlement {
    match settled {
        Settled::Completed(settlement) => {
            if let Some(record) = &settlement.record {
                assert_eq!(record.status, Some(TransactionStatus::Completed));
            }
            settlement
        }
        other => panic!("not completed: {other:?}"),
    }
}

pub fn failed(settled: Settled) -> Settlement {
    match settled {
        Settled::Failed(settlement) => settlement,
        other => panic!("not failed: {other:?}"),
    }
}

pub fn unknown(settled: Settled) -> StillUnknown {
    match settled {
        Settled::StillUnknown(unknown) => unknown,
        other => panic!("known: {other:?}"),
    }
}
