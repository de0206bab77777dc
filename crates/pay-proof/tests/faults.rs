//! The whole fault table: every operation of every provider survives every fault.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_proof::{subjects, table};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_operation_survives_every_fault() {
    // Beside each other: most of it is waiting, and the slots are shared.
    let tables: Vec<_> =
        subjects::all().into_iter().map(|subject| (subject.operations(), tokio::spawn(table::run(subject)))).collect();
    for (operations, table) in tables {
        let cells = table.await.unwrap().unwrap();
        println!("{}", table::render(&cells));
        let wrong: Vec<_> = cells.iter().filter(|cell| !cell.wrong.is_empty()).collect();
        assert!(wrong.is_empty(), "{} of {} cells went wrong", wrong.len(), cells.len());
        for operation in operations {
            let faults = cells.iter().filter(|cell| cell.operation == operation.name).count();
            assert!(faults >= 40, "{}: only {faults}", operation.name);
        }
    }
}
