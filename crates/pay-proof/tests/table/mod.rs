//! One provider's fault table, held against what must be.

use pay_proof::{Subject, table};
use std::sync::Arc;

pub(crate) async fn survives(subject: Arc<dyn Subject>) {
    let operations = subject.operations();
    let cells = table::run(subject).await.unwrap();
    println!("{}", table::render(&cells));
    let wrong: Vec<_> = cells.iter().filter(|cell| !cell.wrong.is_empty()).collect();
    assert!(wrong.is_empty(), "{} of {} cells went wrong", wrong.len(), cells.len());
    for operation in operations {
        let faults = cells.iter().filter(|cell| cell.operation == operation.name).count();
        assert!(faults >= 40, "{}: only {faults}", operation.name);
    }
}
