//! Every operation under every fault, once and every time: what survived of what was tried.

mod cell;
mod judge;
mod pace;
mod print;

pub(crate) use cell::{log_in, prepare};
pub(crate) use pace::quiet;
pub use print::render;

use crate::faults::{Fault, Hits, catalogue};
use crate::{Broken, Limits, Operation, Said, Subject};
use std::collections::BTreeMap;
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
const AT_ONCE_ON_A_CORE: usize = 64;

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
    /// Whether too little happened to show anything, as on a machine without processor time to spare.
    pub starved: bool,
}

/// One for the whole process: tables that run beside each other share it.
static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores * AT_ONCE_ON_A_CORE)
});

/// For cells that are tried again.
static FEW: Semaphore = Semaphore::const_new(4);

/// What is to be tried.
struct Plan {
    operation: Operation,
    fault: Fault,
    times: Times,
    expected: Arc<Said>,
}

/// Runs the whole table of one provider.
///
/// # Errors
/// Where a cell could not even be set up.
pub async fn run(subject: Arc<dyn Subject>) -> Result<Vec<Cell>, Broken> {
    let mut faults = catalogue(LIMITS.attempt);
    faults.extend(subject.own_faults());
    let mut plans = Vec::new();
    for operation in subject.operations() {
        let expected = Arc::new(cell::undisturbed(&*subject, *operation).await?);
        for fault in faults.iter().filter(|fault| applies(fault, operation)) {
            for times in [Times::Once, Times::Always] {
                plans.push(Plan {
                    operation: *operation,
                    fault: fault.clone(),
                    times,
                    expected: Arc::clone(&expected),
                });
            }
        }
    }
    let plans: Arc<[Plan]> = plans.into();
    let mut cells = cells(&subject, &plans, (0..plans.len()).collect(), &SLOTS).await?;
    // Where the machine was too busy, little else runs beside the second try; what came of money is never tried again.
    let starved = |cell: &Cell| cell.starved && !cell.wrong.is_empty();
    let mut again: Vec<usize> = cells.iter().filter(|(_, cell)| starved(cell)).map(|(place, _)| *place).collect();
    if again.len() > cells.len() / 20 {
        // So many are not the machine's doing.
        again.clear();
    }
    for (place, cell) in self::cells(&subject, &plans, again, &FEW).await? {
        cells.insert(place, cell);
    }
    Ok(cells.into_values().collect())
}

/// Runs the cells at these places.
async fn cells(
    subject: &Arc<dyn Subject>,
    plans: &Arc<[Plan]>,
    places: Vec<usize>,
    slots: &'static Semaphore,
) -> Result<BTreeMap<usize, Cell>, Broken> {
    let mut runs = JoinSet::new();
    for place in places {
        let (subject, plans) = (Arc::clone(subject), Arc::clone(plans));
        runs.spawn(async move {
            let slot = slots.acquire().await?;
            quiet().await;
            let Plan { operation, fault, times, expected } = &plans[place];
            cell::run(subject, *operation, fault, *times, expected, slot).await.map(|cell| (place, cell))
        });
    }
    let mut cells = BTreeMap::new();
    while let Some(run) = runs.join_next().await {
        let (place, cell) = run??;
        cells.insert(place, cell);
    }
    Ok(cells)
}

pub(crate) fn applies(fault: &Fault, operation: &Operation) -> bool {
    match fault.hits {
        Hits::Money => operation.effect.money(),
        Hits::Only(name) => operation.name == name,
        Hits::Call => true,
        Hits::Token => !operation.public,
    }
}
