//! The task that sends what is due. It sleeps until an event comes, the clock moves or an attempt ends.

use super::desk::Job;
use super::outbox::Outbox;
use super::rules::WebhookFault;
use super::send::{self, Failure};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Runs until its task is aborted; attempts under way end with it.
pub(crate) async fn run(outbox: Arc<Outbox>) {
    let mut attempts = JoinSet::new();
    let mut moves = outbox.clock.moves();
    loop {
        let now = outbox.clock.now();
        for job in outbox.desk().due(now) {
            let outbox = Arc::clone(&outbox);
            attempts.spawn(async move { attempt(&outbox, job).await });
        }
        let wait = outbox.desk().next_due().map(|due| due.duration_since(now).unwrap_or_default());
        tokio::select! {
            () = outbox.woken() => {}
            // The sender lives in the clock that this task holds.
            _ = moves.changed() => {}
            () = sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            Some(_) = attempts.join_next(), if !attempts.is_empty() => {}
        }
    }
}

async fn attempt(outbox: &Outbox, job: Job) {
    let at = outbox.clock.text();
    let now = if job.event.sandbox_stamps { outbox.clock.now() } else { SystemTime::now() };
    let stamp = job.stamped.unwrap_or(now);
    let end = match timeout(job.timeout, send_once(&job, stamp)).await {
        Ok(end) => end,
        Err(_) => Err(Failure::Broken("no answer in time")),
    };
    outbox.desk().finish(&job, at, stamp, end, outbox.clock.now());
    outbox.tell();
}

async fn send_once(job: &Job, stamp: SystemTime) -> Result<u16, Failure> {
    let event = &job.event;
    let url = event.target.as_deref().unwrap_or_default();
    let target = job.guard.target(url).map_err(Failure::Refused)?;
    let stamp = match &job.fault {
        Some(WebhookFault::Stale(age)) => stamp.checked_sub(*age).unwrap_or(SystemTime::UNIX_EPOCH),
        _ => stamp,
    };
    let tampered = || event.signer.tampered(&event.body);
    let (mut headers, body) = match &job.fault {
        Some(WebhookFault::Tamper) => (event.signer.headers(&event.body, stamp), tampered()),
        Some(WebhookFault::BadSignature) => (event.signer.headers(&tampered(), stamp), event.body.clone()),
        Some(WebhookFault::Unsigned) => (Vec::new(), event.body.clone()),
        _ => (event.signer.headers(&event.body, stamp), event.body.clone()),
    };
    headers.extend(event.headers.iter().cloned());
    send::post(&job.guard, &target, headers, body).await
}
