//! The whole fault table of Pay Agency.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod table;

use pay_proof::subjects::PayAgency;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_operation_survives_every_fault() {
    table::survives(Arc::new(PayAgency)).await;
}
