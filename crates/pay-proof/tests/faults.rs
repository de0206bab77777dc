//! The whole fault table: every operation of every provider survives every fault. Pay Agency, which has the most operations, has a
//! file of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod table;

use pay_proof::Subject;
use pay_proof::subjects::{self, PayAgency};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_operation_survives_every_fault() {
    for subject in subjects::all().into_iter().filter(|subject| subject.name() != PayAgency.name()) {
        table::survives(subject).await;
    }
}
