//! Thousands of purchases under random faults: what the client says and what the ledger says, customer by customer.

mod shrink;

pub use shrink::shortest;

use crate::{Broken, Limits, Lost, Modes, Said, Subject};
use pay_sandbox::{
    Acting, Ends, Fault, FaultRule, Ledger, RandomFaults, RequestRecord, SaleState, Sandbox, StatusFault,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Longer than any honest answer on a busy machine: a timeout then means a stalled answer.
const LIMITS: Limits =
    Limits { attempt: Duration::from_millis(1_500), deadline: Duration::from_secs(20), attempts: 3, max_body: 1 << 20 };

/// Where each unknown end is counted, no honest answer may seem to be lost.
fn limits(subject: &dyn Subject) -> Limits {
    if subject.lost() == Lost::Repeated { LIMITS } else { Limits { attempt: Duration::from_secs(5), ..LIMITS } }
}

const IN_FLIGHT: usize = 32;
/// Batches beside each other: most of a purchase is waiting.
const BATCHES: usize = 4;
const PERCENT: u8 = 42;
/// The sandbox keeps its last 10,000 requests: a batch must fit, or its script could not be told.
const BATCH: usize = 1_000;
/// A set of modes with fewer purchases would meet too few of the faults.
const SMALLEST_BATCH: usize = 50;

/// What happened to one request: the unit of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The reference that the request carried.
    pub reference: String,
    /// Which request with that reference it was, from 1 on.
    pub attempt: u32,
    /// The fault that took it.
    pub fault: Fault,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} attempt {}: {:?}", self.reference, self.attempt, self.fault)
    }
}

/// A purchase that went wrong, with the shortest script of faults that brings it about.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// The modes that the sandbox ran in.
    pub modes: &'static Modes,
    /// Who bought.
    pub customer: String,
    /// The purchase's own reference, which all references of it start with.
    pub reference: String,
    /// What is wrong.
    pub wrong: String,
    /// The faults that its run met.
    pub recorded: Vec<Step>,
    /// Those of them that it takes. Equal to `recorded` where replaying them did not bring it about again.
    pub shortest: Vec<Step>,
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Purchases made.
    pub operations: usize,
    /// Sets of modes that the sandbox ran in.
    pub modes: Vec<&'static str>,
    /// Requests that the sandbox still remembered, and how many of them were disturbed.
    pub requests: usize,
    /// Of these, disturbed.
    pub disturbed: usize,
    /// Purchases that the client says are done.
    pub completed: usize,
    /// Purchases that the client says did not happen.
    pub failed: usize,
    /// Purchases of which nobody can say anything.
    pub unknown: usize,
    /// Unknown, and charged.
    pub unknown_charged: usize,
    /// Purchases charged more than once.
    pub charged_twice: usize,
    /// The books' own rules that were broken.
    pub books: Vec<String>,
    /// What went wrong; at most [`MOST_EXAMPLES`] of them.
    pub counterexamples: Vec<Counterexample>,
}

/// One bug breaks many purchases alike: a few of them tell it.
pub const MOST_EXAMPLES: usize = 3;

/// The faults of the harness, each told apart by its name and the status that it answers.
fn kinds() -> Vec<Fault> {
    let settle_after = Duration::from_millis(150);
    vec![
        Fault::ResetAfterReading,
        Fault::ResetAfterActing,
        Fault::CloseAfterActing,
        Fault::HalfHeaders,
        Fault::TruncatedBody,
        Fault::StallBeforeActing(None),
        Fault::StallAfterActing(None),
        StatusFault::new(503, Acting::Before).into(),
        StatusFault::new(500, Acting::After).into(),
        too_many(),
        Fault::Html,
        Fault::Pending { settle_after, ends: Ends::Completed },
        Fault::ProviderTimeout { settle_after, ends: Ends::Failed },
    ]
}

/// Makes `operations` purchases, and says what came of them.
///
/// # Errors
/// Where the sandbox or a client could not be set up.
pub async fn run(subject: Arc<dyn Subject>, operations: usize, seed: u64) -> Result<Report, Broken> {
    let mut report = Report { operations, ..Report::default() };
    let (mut first, mut batch) = (0, 0);
    let (mut batches, slots) = (JoinSet::new(), Arc::new(Semaphore::new(BATCHES)));
    let all = subject.modes();
    let size = operations.div_ceil(all.len()).clamp(SMALLEST_BATCH, BATCH);
    for modes in all.iter().cycle() {
        if first >= operations {
            break;
        }
        let count = size.min(operations - first);
        batches.spawn(one_batch(
            (Arc::clone(&subject), modes),
            first..first + count,
            seed.wrapping_add(batch),
            Arc::clone(&slots),
        ));
        first += count;
        batch += 1;
    }
    let mut found = Vec::new();
    while let Some(batch) = batches.join_next().await {
        let (of_batch, wrong) = batch??;
        report.add(of_batch);
        found.extend(wrong);
    }
    // Those that met the most faults say the least as they are.
    found.sort_by_key(|example| std::cmp::Reverse(example.recorded.len()));
    found.truncate(MOST_EXAMPLES);
    for mut example in found {
        example.shortest = shorten(&subject, &example).await?;
        report.counterexamples.push(example);
    }
    Ok(report)
}

/// A subject and the set of modes that its sandbox runs in.
type Case = (Arc<dyn Subject>, &'static Modes);

async fn one_batch(
    (subject, modes): Case,
    numbers: std::ops::Range<usize>,
    seed: u64,
    batches: Arc<Semaphore>,
) -> Result<(Report, Vec<Counterexample>), Broken> {
    let _slot = batches.acquire().await?;
    let mut report = Report { modes: vec![modes.0], ..Report::default() };
    let sandbox = sandbox(&*subject, modes).await?;
    let session = subject.session(&sandbox, &sandbox.url(), limits(&*subject))?;
    session.log_in(subject.purchase().name).await?;
    let request = subject.purchase().request;
    let faults = RandomFaults::new(seed, PERCENT).operations([request]).kinds(kinds());
    sandbox.add_fault(FaultRule::random(subject.name(), faults))?;

    let (slots, mut shops) = (Arc::new(Semaphore::new(IN_FLIGHT)), JoinSet::new());
    for n in numbers {
        let (session, slots, customer) = (Arc::clone(&session), Arc::clone(&slots), subject.customer(n));
        shops.spawn(async move {
            let _slot = slots.acquire().await?;
            let reference = format!("order-{n}-");
            let said = session.buy(&customer, &reference).await;
            Ok::<_, Broken>((customer, reference, said))
        });
    }
    let mut said = Vec::new();
    while let Some(bought) = shops.join_next().await {
        said.push(bought??);
    }
    // Sales that are still under way when the last purchase ends.
    tokio::time::sleep(Duration::from_millis(300)).await;

    let (ledger, requests) = (sandbox.ledger(), sandbox.requests());
    report.books.extend(ledger.check());
    report.requests += requests.len();
    report.disturbed += requests.iter().filter(|request| request.fault.is_some()).count();
    let mut found = Vec::new();
    for (customer, reference, said) in said {
        let charges = subject.moved(&ledger, &customer, &reference);
        match said {
            Said::Completed => report.completed += 1,
            Said::Failed => report.failed += 1,
            _ => {
                report.unknown += 1;
                report.unknown_charged += usize::from(charges > 0);
            }
        }
        report.charged_twice += usize::from(charges > 1);
        let steps = steps(&requests, request, &reference);
        let wrong = wrong(&*subject, &ledger, &customer, &reference, &said);
        let Some(wrong) = wrong.or_else(|| unsure(&*subject, &said, &steps, charges)) else { continue };
        found.push(Counterexample { modes, customer, reference, wrong, recorded: steps, shortest: Vec::new() });
    }
    Ok((report, found))
}

/// A sandbox in one set of modes.
async fn sandbox(subject: &dyn Subject, (_, modes): &Modes) -> Result<Sandbox, Broken> {
    let sandbox = Sandbox::start().await?;
    subject.set_up(&sandbox)?;
    sandbox.set_modes(subject.name(), modes)?;
    Ok(sandbox)
}

/// What the ledger has against a purchase, if anything.
fn wrong(subject: &dyn Subject, ledger: &Ledger, customer: &str, reference: &str, said: &Said) -> Option<String> {
    let charges = subject.moved(ledger, customer, reference);
    let sales = ledger.sales().map(|sale| (&sale.reference, sale.state));
    let payouts = ledger.providers.values().flat_map(|books| &books.payouts);
    let all = sales.chain(payouts.map(|payout| (&payout.reference, payout.state)));
    let states: Vec<_> = all.filter(|(known, _)| known.starts_with(reference)).map(|(_, state)| state).collect();
    let made = states.iter().filter(|state| **state != SaleState::Failed).count();
    match said {
        _ if charges > 1 => Some(format!("charged {charges} times")),
        _ if made > 1 => Some(format!("made {made} times")),
        Said::Completed if charges != 1 || !states.contains(&SaleState::Completed) => {
            Some("said completed, and is not".into())
        }
        Said::Failed if charges != 0 => Some("said failed, and was charged".into()),
        Said::Read(_) => Some("a purchase is no read".into()),
        _ => None,
    }
}

/// What [`Lost`] predicts, and this purchase is not. Each fault of the harness may hide what was done, but for a refusal that says
/// that nothing was.
fn unsure(subject: &dyn Subject, said: &Said, steps: &[Step], charges: u32) -> Option<String> {
    let hidden = steps.iter().any(|step| step.fault != too_many());
    match (subject.lost(), said) {
        (Lost::Unknown | Lost::LookedUp, Said::Unknown) if !hidden => {
            Some("said unknown, and no fault may have acted".into())
        }
        (Lost::Unknown, Said::Completed | Said::Failed) if hidden => {
            Some(format!("said {said:?}, and a fault may have acted"))
        }
        (Lost::LookedUp, Said::Unknown) if charges > 0 => Some("said unknown, and its reference finds it".into()),
        (Lost::LookedUp, Said::Failed) if hidden => Some("said failed, and nobody can have said so".into()),
        _ => None,
    }
}

fn too_many() -> Fault {
    StatusFault::new(429, Acting::Before).into()
}

/// The faults that the requests of one purchase met.
fn steps(requests: &[RequestRecord], operation: &str, of: &str) -> Vec<Step> {
    let mut seen: Vec<(&str, u32)> = Vec::new();
    let mut steps = Vec::new();
    for request in requests.iter().filter(|request| request.operation == Some(operation)) {
        let Some(reference) = request.reference.as_deref().filter(|reference| reference.starts_with(of)) else {
            continue;
        };
        let attempt = match seen.iter_mut().find(|(known, _)| *known == reference) {
            Some((_, attempts)) => {
                *attempts += 1;
                *attempts
            }
            None => {
                seen.push((reference, 1));
                1
            }
        };
        let name = request.fault.as_deref().unwrap_or_default();
        let status = [503, 500, 429].into_iter().find(|code| request.status == Some(*code));
        let same = |fault: &Fault| match status {
            Some(code) if name == "status" => {
                [Acting::Before, Acting::After].iter().any(|acting| *fault == StatusFault::new(code, *acting).into())
            }
            _ => fault.name() == name,
        };
        if let Some(fault) = kinds().into_iter().find(same) {
            steps.push(Step { reference: reference.to_owned(), attempt, fault });
        }
    }
    steps
}

async fn shorten(subject: &Arc<dyn Subject>, example: &Counterexample) -> Result<Vec<Step>, Broken> {
    let fails = async |script: &[Step]| replay(subject, example, script).await;
    // What does not come again from its script alone is told as it was.
    if !fails(&example.recorded).await? {
        return Ok(example.recorded.clone());
    }
    shortest(example.recorded.clone(), fails).await
}

/// Runs one purchase under a script; `true` where it goes wrong again.
async fn replay(subject: &Arc<dyn Subject>, example: &Counterexample, script: &[Step]) -> Result<bool, Broken> {
    let Counterexample { modes, customer, reference, .. } = example;
    let sandbox = sandbox(&**subject, modes).await?;
    let session = subject.session(&sandbox, &sandbox.url(), limits(&**subject))?;
    session.log_in(subject.purchase().name).await?;
    for (index, step) in script.iter().enumerate() {
        // A rule does not see the requests that the rules before it took.
        let taken = script[..index].iter().filter(|other| other.reference == step.reference).count();
        let skip = step.attempt.saturating_sub(1).saturating_sub(u32::try_from(taken)?);
        let rule = FaultRule::new(subject.name(), step.fault.clone());
        sandbox.add_fault(rule.operation(subject.purchase().request).reference(&step.reference).skip(skip))?;
    }
    let said = session.buy(customer, reference).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let ledger = sandbox.ledger();
    let wrong = wrong(&**subject, &ledger, customer, reference, &said);
    Ok(wrong.or_else(|| unsure(&**subject, &said, script, subject.moved(&ledger, customer, reference))).is_some())
}

impl Report {
    fn add(&mut self, batch: Self) {
        self.requests += batch.requests;
        self.disturbed += batch.disturbed;
        self.completed += batch.completed;
        self.failed += batch.failed;
        self.unknown += batch.unknown;
        self.unknown_charged += batch.unknown_charged;
        self.charged_twice += batch.charged_twice;
        self.books.extend(batch.books);
        self.modes.extend(batch.modes);
        self.modes.sort_unstable();
        self.modes.dedup();
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("purchases", self.operations),
            ("sets of modes", self.modes.len()),
            ("requests", self.requests),
            ("disturbed", self.disturbed),
            ("completed", self.completed),
            ("failed", self.failed),
            ("unknown", self.unknown),
            ("  of them charged", self.unknown_charged),
            ("charged twice", self.charged_twice),
        ];
        for (name, count) in rows {
            writeln!(f, "{name:<18} {count:>7}")?;
        }
        for broken in &self.books {
            writeln!(f, "WRONG books: {broken}")?;
        }
        for example in &self.counterexamples {
            let (modes, reference, wrong, met) =
                (example.modes.0, &example.reference, &example.wrong, example.recorded.len());
            writeln!(f, "WRONG {reference} ({modes}) {wrong}; it met {met} faults, and it takes:")?;
            for step in &example.shortest {
                writeln!(f, "  {step}")?;
            }
        }
        Ok(())
    }
}
