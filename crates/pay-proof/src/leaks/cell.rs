//! One operation under one fault, with markers in place of all that is secret.

use super::caught::{self, Sink};
use super::{Secret, Secrets, control, values};
use crate::faults::{Fault, Hits, How};
use crate::proxy::{Guise, Proxy};
use crate::{Broken, Kept, Limits, Operation, Subject, table};
use pay_sandbox::{FaultRule, Sandbox};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Short: how a call ends does not matter here.
pub(super) const LIMITS: Limits = Limits {
    attempt: Duration::from_millis(300),
    deadline: Duration::from_millis(800),
    attempts: 2,
    max_body: 256 << 10,
};

const PATIENT: Limits = Limits { attempt: Duration::from_secs(10), deadline: Duration::from_secs(30), ..LIMITS };

/// After so long a call that meets a stall is dropped by its caller, as frameworks do.
const DROPPED: Duration = Duration::from_millis(100);

const REFERENCE: &str = "leaks-1";

/// What a cell came to know.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The sandbox's own secrets.
    pub(super) real: Vec<Secret>,
    /// What clients computed, such as signatures.
    pub(super) computed: Vec<Secret>,
    /// The fields whose marker went over the wire.
    pub(super) on_the_wire: BTreeSet<&'static str>,
    /// Whether the fault struck.
    pub(super) struck: bool,
}

/// Runs the operation and prints whatever can be printed of it.
pub(super) async fn run(
    subject: Arc<dyn Subject>,
    secrets: Arc<Secrets>,
    operation: Operation,
    fault: Option<Fault>,
    kept: Kept,
) -> Result<Told, Broken> {
    let sandbox = Sandbox::start().await?;
    subject.set_up(&sandbox)?;
    let upstream = sandbox.url().trim_start_matches("http://").parse()?;
    let (opener, known) = (Arc::clone(&subject), Arc::clone(&secrets));
    let opens = move |body: &[u8]| opener.opened(body, &|field| known.marker(field));
    let guise = Guise::start(upstream, &secrets.plants, secrets.unmodelled.clone(), Box::new(opens)).await?;
    let proxy = Proxy::start(guise.address()).await?;
    let by_proxy = fault.as_ref().is_some_and(|fault| matches!(fault.how, How::Proxy(_)));
    let direct = format!("http://{}", guise.address());
    let origin = if by_proxy { proxy.origin() } else { direct.clone() };
    let marker = |field: &str| secrets.marker(field);
    let session = subject.marked(&sandbox, &origin, LIMITS, &kept, &marker)?;

    let hits = fault.as_ref().map(|fault| fault.hits);
    let target = if hits == Some(Hits::Token) { subject.token() } else { operation };
    let seller = subject.marked(&sandbox, &direct, PATIENT, &kept, &marker)?;
    subject.before(&sandbox, seller, &operation, REFERENCE).await?;
    if target.request != subject.token().request {
        // Where the machine is too slow for these limits, the fault will be said not to have struck.
        let _ = table::log_in(&*session, operation.name).await;
    }
    let mut rule = None;
    match fault.as_ref().map(|fault| &fault.how) {
        Some(How::Proxy(trick)) => proxy.arm(*trick, target.path, 1),
        Some(How::Sandbox(kind)) => {
            rule = Some(sandbox.add_fault(FaultRule::new(subject.name(), kind.clone()).operation(target.request))?);
        }
        Some(How::Clock(by)) => sandbox.clock().advance(*by),
        None => {}
    }
    tokio::task::yield_now().await;

    let dropped = fault.as_ref().is_some_and(|fault| fault.name.starts_with("stall"));
    let time = if dropped { DROPPED } else { LIMITS.deadline * 3 };
    match tokio::time::timeout(time, session.run(operation.name, REFERENCE, &values::show)).await {
        Ok(Ok(said)) => values::show(&said_of(&said)),
        Ok(Err(error)) => values::show_error(&error),
        Err(_) => {}
    }
    if fault.is_none() {
        subject.events(&marker, &values::show)?;
    }
    control::show(&sandbox).await?;
    for page in subject.visit(&sandbox, &marker).await? {
        caught::add(Sink::Pages, &page);
    }
    let struck = match (&fault, rule) {
        _ if by_proxy => proxy.struck() > 0,
        (_, Some(id)) => sandbox.faults().iter().any(|status| status.id == id && status.taken > 0),
        _ => true,
    };
    Ok(Told { real: guise.real(), computed: guise.computed(), on_the_wire: guise.on_the_wire(), struck })
}

/// What a read says is `Debug` already, and was shown.
fn said_of(said: &crate::Said) -> &'static str {
    match said {
        crate::Said::Read(_) => "read",
        _ => "said",
    }
}
