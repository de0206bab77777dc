//! Every operation under every fault, and all that came out of it searched.

use super::caught::{self, Sink, Texts};
use super::cell::{self, Told};
use super::scan::{Found, Scanner};
use super::{SLOTS, Secret, Secrets, alone, logs, luhn, packed};
use crate::faults::{Fault, catalogue};
use crate::{Broken, Kept, Run, Subject, table};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::task::{JoinHandle, JoinSet};

/// Cells whose output is held in memory until it is searched, all together: a text may hold what another cell came to know.
const AT_ONCE: usize = 600;

/// What was searched in one sink, and what was found.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Texts.
    pub texts: usize,
    /// Bytes.
    pub bytes: usize,
    /// Secrets that each of them was searched for, at most.
    pub secrets: usize,
    /// What should not have been there.
    pub leaks: BTreeSet<Found>,
}

/// What stands in stores: texts and files, each with its kind.
pub type Dump = Vec<(Sink, Vec<u8>)>;

/// Stores in which clients keep tokens and intents.
pub trait Stores: Send + Sync {
    /// What a client is given.
    fn kept(&self) -> Kept;
    /// All that stands in them.
    fn dump(&self) -> Run<'_, Result<Dump, Broken>>;
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The provider.
    pub provider: &'static str,
    /// Operations.
    pub operations: usize,
    /// Operations under faults, and without one.
    pub cells: usize,
    /// Cells whose fault struck.
    pub struck: usize,
    /// Fields with a marker.
    pub fields: usize,
    /// Fields whose marker never went over the wire, so that nothing was shown of them.
    pub silent: Vec<&'static str>,
    /// By sink.
    pub rows: BTreeMap<Sink, Row>,
}

impl Report {
    /// How many leaks there are.
    pub fn leaks(&self) -> usize {
        self.rows.values().map(|row| row.leaks.len()).sum()
    }

    /// Whether every marker was really there, and none came out.
    pub fn well(&self) -> bool {
        self.leaks() == 0 && self.silent.is_empty()
    }
}

/// Runs every operation under every fault of the catalogue once, and searches everything that comes out, and what is packed.
///
/// # Errors
/// Where it could not be run, or the subject names nothing to hide.
pub async fn run(subject: Arc<dyn Subject>) -> Result<Report, Broken> {
    let faults = catalogue(cell::LIMITS.attempt).into_iter().chain(subject.own_faults()).collect();
    let secrets = Secrets::of(&*subject);
    let mut report = under(subject, faults).await?;
    report.add(BTreeMap::from([(Sink::Packed, packed::search(&secrets)?)]));
    Ok(report)
}

/// Runs every operation undisturbed and under each of these faults once, and searches everything that comes out.
///
/// # Errors
/// As [`run`].
pub async fn under(subject: Arc<dyn Subject>, faults: Vec<Fault>) -> Result<Report, Broken> {
    search_all(subject, faults, None).await
}

/// The same of clients that keep their tokens and intents in stores, whose content is searched too.
///
/// # Errors
/// As [`run`], and where a store does not show what it has.
pub async fn stored(subject: Arc<dyn Subject>, faults: Vec<Fault>, stores: &dyn Stores) -> Result<Report, Broken> {
    search_all(subject, faults, Some(stores)).await
}

async fn search_all(
    subject: Arc<dyn Subject>,
    faults: Vec<Fault>,
    stores: Option<&dyn Stores>,
) -> Result<Report, Broken> {
    let _alone = alone().await;
    logs::install()?;
    let secrets = Arc::new(Secrets::of(&*subject));
    if secrets.plants.is_empty() {
        return Err(format!("{} names no secrets, so none can be looked for", subject.name()).into());
    }
    let mut cells = Vec::new();
    for operation in subject.operations() {
        cells.push((*operation, None));
        let its = faults.iter().filter(|fault| table::applies(fault, operation));
        cells.extend(its.map(|fault| (*operation, Some(fault.clone()))));
    }
    let mut report = Report {
        provider: subject.name(),
        operations: subject.operations().len(),
        cells: cells.len(),
        fields: secrets.plants.len() + secrets.unmodelled.len(),
        ..Report::default()
    };
    caught::take();
    let mut on_the_wire = BTreeSet::new();
    // One lot is searched while the next one runs.
    let mut searching: Option<JoinHandle<_>> = None;
    for chunk in cells.chunks(AT_ONCE) {
        let mut runs = JoinSet::new();
        for (operation, fault) in chunk.iter().cloned() {
            let (subject, secrets) = (Arc::clone(&subject), Arc::clone(&secrets));
            let kept = stores.map(|stores| stores.kept()).unwrap_or_default();
            runs.spawn(async move {
                let _slot = SLOTS.acquire().await?;
                table::quiet().await;
                cell::run(subject, secrets, operation, fault, kept).await
            });
        }
        let mut told = Vec::new();
        while let Some(cell) = runs.join_next().await {
            told.push(cell??);
        }
        report.struck += told.iter().filter(|told| told.struck).count();
        on_the_wire.extend(told.iter().flat_map(|told| told.on_the_wire.iter().copied()));
        if let Some(stores) = stores {
            for (sink, content) in stores.dump().await? {
                caught::add(sink, &content);
            }
        }
        let caught = caught::take();
        let secrets = Arc::clone(&secrets);
        // Searching keeps a core busy for a while.
        let search = tokio::task::spawn_blocking(move || search(&secrets, &told, &caught));
        if let Some(before) = searching.replace(search) {
            report.add(before.await??);
        }
    }
    if let Some(last) = searching {
        report.add(last.await??);
    }
    let planted = secrets.plants.iter().filter(|plant| plant.at != super::At::Kept);
    report.silent = planted.map(|plant| plant.field).filter(|field| !on_the_wire.contains(field)).collect();
    Ok(report)
}

impl Report {
    fn add(&mut self, rows: BTreeMap<Sink, Row>) {
        for (sink, row) in rows {
            let all = self.rows.entry(sink).or_default();
            all.texts += row.texts;
            all.bytes += row.bytes;
            all.secrets = all.secrets.max(row.secrets);
            all.leaks.extend(row.leaks);
        }
    }
}

fn search(secrets: &Secrets, told: &[Told], caught: &BTreeMap<Sink, Texts>) -> Result<BTreeMap<Sink, Row>, Broken> {
    let all = |more: BTreeSet<Secret>| secrets.all().into_iter().chain(more).collect::<Vec<_>>();
    let computed = || told.iter().flat_map(|told| told.computed.iter().cloned());
    let clients = Scanner::new(&all(computed().collect()))?;
    let mut known = all(computed().chain(told.iter().flat_map(|told| told.real.iter().cloned())).collect());
    let sandboxes = Scanner::new(&known)?;
    known.retain(|secret| !secrets.payers_see(&secret.field));
    let pages = Scanner::new(&known)?;
    let row = |(sink, texts): (&Sink, &Texts)| {
        let scanner = match sink {
            Sink::Pages => &pages,
            sink if sink.of_sandbox() => &sandboxes,
            _ => &clients,
        };
        let cards = if secrets.cards() { luhn::card_numbers(&texts.bytes) } else { Vec::new() };
        let leaks = scanner.scan(&texts.bytes).into_iter().chain(cards).collect();
        (*sink, Row { texts: texts.count, bytes: texts.bytes.len(), secrets: scanner.secrets(), leaks })
    };
    Ok(caught.iter().map(row).collect())
}
