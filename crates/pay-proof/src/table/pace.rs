//! When the next cell may start: not while what runs already has to wait for the processor.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// A nap that shows how promptly this process is served.
const NAP: Duration = Duration::from_millis(1);

/// How late it may end: a small part of what clients wait for one answer.
const LATE: Duration = Duration::from_millis(50);

/// After so many naps a cell starts all the same: on a machine that is never quiet, the table must end too.
const NAPS: u32 = 3;

/// One after the other: where all start in the same moment, none of them has seen the others.
static TURN: Mutex<()> = Mutex::const_new(());

/// Waits until the machine has time for one more cell. Where it has none, calls would seem to be late, and faults to find no request.
pub(crate) async fn quiet() {
    let _turn = TURN.lock().await;
    for _ in 0..NAPS {
        let started = Instant::now();
        sleep(NAP).await;
        if started.elapsed() < LATE {
            return;
        }
    }
}
