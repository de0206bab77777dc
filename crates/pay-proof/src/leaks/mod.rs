//! Looks for secrets and personal data where none may be: markers planted everywhere, every output searched in every encoding.
//!
//! - [`Plant`] is a field to hide; a provider names all of its own in [`Subject::plants`]
//! - the proxy's guise puts markers in the place of what the sandbox has
//! - [`Scanner`] finds them, and halves of them, in every encoding
//! - [`run`] runs every operation under every fault, and searches every [`Sink`]; [`stored`] does so with stores that keep what they are given
//! - [`injection`] sends texts that forge lines and colours

mod caught;
mod cell;
mod control;
mod encodings;
pub mod injection;
mod logs;
mod luhn;
mod packed;
mod plant;
mod print;
mod run;
mod scan;
mod values;

pub use caught::{Sink, Texts};
pub(crate) use control::ask;
pub use plant::{AWKWARD, At, CARD, DIGITS, PLAIN, Plant, SHORT};
pub use print::render;
pub use run::{Dump, Report, Row, Stores, run, stored, under};
pub use scan::{Found, Scanner, Secret};

use crate::Subject;
use crate::proxy::{MARKERS_OF_A_FIELD, UNMODELLED};
use std::sync::LazyLock;
use tokio::sync::{Mutex, MutexGuard, Semaphore};

/// The markers of one subject.
#[derive(Debug)]
pub(crate) struct Secrets {
    pub(crate) plants: Vec<Plant>,
    /// What every answer holds besides.
    pub(crate) unmodelled: [String; 3],
}

impl Secrets {
    pub(crate) fn of(subject: &dyn Subject) -> Self {
        let unmodelled = UNMODELLED.map(|(field, _)| Plant::new(field, PLAIN, At::Sent).marker(0));
        Self { plants: subject.plants(), unmodelled }
    }

    /// The marker that a client is given for a field; the empty text for one that nobody planted.
    pub(crate) fn marker(&self, field: &str) -> String {
        self.plants.iter().find(|plant| plant.field == field).map(|plant| plant.marker(0)).unwrap_or_default()
    }

    /// Whether card numbers are among them, so that no output may hold any.
    pub(crate) fn cards(&self) -> bool {
        self.plants.iter().any(|plant| plant.form == CARD)
    }

    /// Whether a page of the provider's shows this field to whoever pays.
    pub(crate) fn payers_see(&self, field: &str) -> bool {
        self.plants.iter().any(|plant| plant.field == field && plant.payers_see)
    }

    /// Every marker with the name of its field.
    pub(crate) fn all(&self) -> Vec<Secret> {
        let of_plant = |plant: &Plant| {
            let count = match plant.at {
                At::Answered { .. } => MARKERS_OF_A_FIELD,
                At::Computed(_) => 0,
                _ => 1,
            };
            (0..count).flat_map(|n| of_marker(plant, &plant.marker(n))).collect::<Vec<_>>()
        };
        let unmodelled = UNMODELLED.iter().zip(&self.unmodelled);
        let unmodelled = unmodelled.map(|((field, _), marker)| Secret::new(*field, marker));
        self.plants.iter().flat_map(of_plant).chain(unmodelled).collect()
    }
}

/// What is searched for of one marker. A short one stands anywhere by accident, so only as a value: quoted, after a sign, as bytes.
fn of_marker(plant: &Plant, marker: &str) -> Vec<Secret> {
    if plant.form != SHORT {
        return vec![Secret::new(plant.field, marker)];
    }
    let bytes = format!("{:?}", marker.as_bytes());
    let as_a_value =
        [format!("\"{marker}\""), format!("={marker}"), format!(": {marker}"), format!("({marker})"), bytes];
    as_a_value.into_iter().map(|text| Secret::new(plant.field, text)).collect()
}

/// What is caught is caught for the whole process, so one run at a time.
async fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::const_new(());
    ONE.lock().await
}

/// Cells that run at once.
static SLOTS: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Semaphore::new(cores * 12)
});
