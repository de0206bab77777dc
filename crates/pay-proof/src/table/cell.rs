//! One cell: a sandbox, a proxy and a client of its own, one call, and its end.

use super::judge::{self, Seen};
use super::{Cell, GRACE, LIMITS, Times};
use crate::faults::{Fault, Hits, How};
use crate::proxy::Proxy;
use crate::{Broken, Limits, Operation, Said, Session, Subject};
use pay_sandbox::{FaultRule, RequestRecord, Sandbox};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::SemaphorePermit;

/// Longer than any fault lets a request lie about after its client has gone.
const LEFTOVERS: Duration = Duration::from_millis(700);

/// For what is not disturbed.
const PATIENT: Limits = Limits { deadline: Duration::from_secs(30), attempt: Duration::from_secs(10), ..LIMITS };

/// Where an error does not say how long to wait.
const COOL_DOWN: Duration = Duration::from_millis(500);

const REFERENCE: &str = "proof-1";

/// `slot` is given back where only waiting is left.
pub(super) async fn run(
    subject: Arc<dyn Subject>,
    operation: Operation,
    fault: &Fault,
    times: Times,
    expected: &Said,
    slot: SemaphorePermit<'_>,
) -> Result<Cell, Broken> {
    let sandbox = Sandbox::start().await?;
    subject.set_up(&sandbox)?;
    let upstream = sandbox.url().trim_start_matches("http://").parse()?;
    let proxy = Proxy::start(upstream).await?;
    // Faults of the sandbox come straight from it: the proxy would only tell them on.
    let origin = if matches!(fault.how, How::Proxy(_)) { proxy.origin() } else { sandbox.url() };
    let session = subject.session(&sandbox, &origin, LIMITS)?;
    prepare(&*subject, &sandbox, &operation, REFERENCE).await?;
    let sales = sandbox.ledger().sales().count();
    let target = if fault.hits == Hits::Token { subject.token() } else { operation };
    if target.request != subject.token().request {
        // What keeps an undisturbed log-in from its answer is the machine.
        if let Err(error) = log_in(&*session, operation.name).await {
            let wrong = vec![format!("could not log in before anything was broken: {error}")];
            let cell = cell(&*subject, operation, fault, times, "no token".into(), wrong);
            return Ok(Cell { starved: true, ..cell });
        }
    }
    let count = if times == Times::Once { 1 } else { u32::MAX };
    let rule = match &fault.how {
        How::Proxy(trick) => {
            proxy.arm(*trick, target.path, count);
            tokio::task::yield_now().await;
            None
        }
        How::Sandbox(kind) => {
            let rule = FaultRule::new(subject.name(), kind.clone()).operation(target.request).times(count);
            Some(sandbox.add_fault(rule)?)
        }
        How::Clock(by) => {
            sandbox.clock().advance(*by);
            None
        }
    };

    let (runner, name) = (Arc::clone(&session), operation.name);
    let mut call = tokio::spawn(async move { runner.run(name, REFERENCE, &|_| {}).await });
    // The one place where time is asserted: the deadline is a promise.
    let ended = match tokio::time::timeout(LIMITS.deadline + GRACE, &mut call).await {
        Ok(Ok(said)) => Some(said),
        Ok(Err(_)) => None,
        Err(_) => {
            call.abort();
            let cell = cell(&*subject, operation, fault, times, "late".into(), vec!["not over in its time".into()]);
            return Ok(Cell { starved: true, ..cell });
        }
    };
    let Some(ended) = ended else {
        return Ok(cell(&*subject, operation, fault, times, "panic".into(), vec!["panicked".into()]));
    };
    drop(slot);
    if operation.effect.money() {
        tokio::time::sleep(LEFTOVERS).await;
    }
    let struck = match (&fault.how, rule) {
        (How::Proxy(_), _) => proxy.struck() > 0,
        (_, Some(id)) => sandbox.faults().iter().any(|status| status.id == id && status.taken > 0),
        (_, None) => true,
    };
    let of_it = |request: &RequestRecord| request.operation == Some(operation.request);
    // What the proxy takes itself may have been on its way.
    let taken = fault.hits != Hits::Token && matches!(fault.how, How::Proxy(_));
    let reached = taken || sandbox.requests().iter().any(of_it);
    let done = subject.done(&sandbox, &operation, REFERENCE);
    let seen =
        Seen { operation, fault, times, struck, ended: &ended, expected, reference: REFERENCE, done, reached, sales };
    let wrong = judge::wrong(&seen, &sandbox.ledger());
    let cell = cell(&*subject, operation, fault, times, judge::word(&ended), wrong);
    Ok(Cell { starved: judge::starved(&seen), ..cell })
}

/// Nothing is broken yet: what is slow here is the machine, so a failed log-in is tried again after its cool-down.
pub(crate) async fn log_in(session: &dyn Session, operation: &str) -> Result<(), Broken> {
    let started = tokio::time::Instant::now();
    loop {
        match session.log_in(operation).await {
            Ok(()) => return Ok(()),
            Err(error) if started.elapsed() > PATIENT.deadline => return Err(error.into()),
            Err(error) => tokio::time::sleep(error.retry_after().unwrap_or(COOL_DOWN)).await,
        }
    }
}

fn cell(
    subject: &dyn Subject,
    operation: Operation,
    fault: &Fault,
    times: Times,
    ended: String,
    wrong: Vec<String>,
) -> Cell {
    let (provider, operation, fault) = (subject.name(), operation.name, fault.name.clone());
    Cell { provider, operation, fault, times, ended, wrong, starved: false }
}

/// What the operation answers when nothing is broken.
pub(super) async fn undisturbed(subject: &dyn Subject, operation: Operation) -> Result<Said, Broken> {
    let sandbox = Sandbox::start().await?;
    subject.set_up(&sandbox)?;
    prepare(subject, &sandbox, &operation, REFERENCE).await?;
    let session = subject.session(&sandbox, &sandbox.url(), PATIENT)?;
    Ok(session.run(operation.name, REFERENCE, &|_| {}).await?)
}

/// Brings about what an operation needs, with a client of its own and undisturbed.
pub(crate) async fn prepare(
    subject: &dyn Subject,
    sandbox: &Sandbox,
    operation: &Operation,
    reference: &str,
) -> Result<(), Broken> {
    let session = subject.session(sandbox, &sandbox.url(), PATIENT)?;
    subject.before(sandbox, session, operation, reference).await
}
