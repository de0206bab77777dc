//! Every operation under every fault, once and every time: what survived of what was tried.

mod cell;
mod judge;
mod print;

pub(crate) use cell::{log_in, prepare};
pub use print::render;

use crate::faults::{Fault, Hits, catalogue};
use crate::{Broken, Limits, Operation, Subject};
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What a client is given in the table: short, so that the whole is.
pub const LIMITS: Limits =
    Limits { attempt: Duration::from_millis(500), deadline: Duration::from_secs(2), attempts: 3, max_body: 256 * 1024 };

/// How much later than its deadline a call may end.
pub const GRACE: Duration = Duration::from_secs(1);

/// Cells that run at once on each core: most of a run is waiting, and a starved cell would seem to be late.
const AT_ONCE_ON_A_CORE: usize = 32;

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The first request only.
    Once,
    /// Each request.
    Always,
}

/// One operation under one fault.
#[derive(Debug, Clone)]
pub struct Cell {
    /// The provider.
    pub provider: &'static str,
    /// The operation.
    pub operation: &'static str,
    /// The fault.
    pub fault: String,
    /// How often it struck.
    pub times: Times,
    /// How the call ended, in a word.
    pub ended: String,
    /// What should not have been; empty where it survived.
    pub wrong: Vec<String>,
}

/// One for the whole process: tables that run beside each other share it.
static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores * AT_ONCE_ON_A_CORE)
});

/// Runs the whole table of one provider.
///
/// # Errors
/// Where a cell could not even be set up.
pub async fn run(subject: Arc<dyn Subject>) -> Result<Vec<Cell>, Broken> {
    let mut faults = catalogue(LIMITS.attempt);
    faults.extend(subject.own_faults());
    let mut runs = JoinSet::new();
    let mut place = 0_usize;
    for operation in subject.operations() {
        let expected = Arc::new(cell::undisturbed(&*subject, *operation).await?);
        for fault in faults.iter().filter(|fault| applies(fault, operation)) {
            for times in [Times::Once, Times::Always] {
                let (subject, fault, expected) = (Arc::clone(&subject), fault.clone(), Arc::clone(&expected));
                runs.spawn(async move {
                    let _slot = SLOTS.acquire().await?;
                    cell::run(subject, *operation, &fault, times, &expected).await.map(|cell| (place, cell))
                });
                place += 1;
            }
        }
    }
    let mut cells = Vec::with_capacity(place);
    while let Some(cell) = runs.join_next().await {
        cells.push(cell??);
    }
    cells.sort_by_key(|(place, _)| *place);
    Ok(cells.into_iter().map(|(_, cell)| cell).collect())
}

pub(crate) fn applies(fault: &Fault, operation: &Operation) -> bool {
    match fault.hits {
        Hits::Money => operation.effect.money(),
        Hits::Only(name) => operation.name == name,
        Hits::Call => true,
        Hits::Token => !operation.public,
    }
}
