//! The catalogue of faults: what breaks, where, and whether the server may have acted.

mod network;
mod scripted;

pub(crate) use scripted::pending;

use crate::proxy::Trick;
use std::time::Duration;

/// Whether the server acted on a request that was hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acts {
    /// Never.
    No,
    /// Always.
    Yes,
    /// That depends on who is faster.
    Maybe,
}

/// What is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hits {
    /// The operation's own request.
    Call,
    /// The request for a token before it.
    Token,
    /// The operation's own request, where it moves money.
    Money,
    /// The own request of this operation alone.
    Only(&'static str),
}

/// How it is done.
#[derive(Debug, Clone)]
pub enum How {
    /// By the proxy.
    Proxy(Trick),
    /// By the sandbox.
    Sandbox(pay_sandbox::Fault),
    /// By moving the sandbox's clock, of which the client does not know.
    Clock(Duration),
}

/// One fault.
#[derive(Debug, Clone)]
pub struct Fault {
    /// As the table names it.
    pub name: String,
    /// What is hit.
    pub hits: Hits,
    /// Whether the server acted.
    pub acts: Acts,
    /// How it is done.
    pub how: How,
    /// How calls may end that meet it every time, in the words of the table; none: as the ledger says.
    pub ends: &'static [&'static str],
}

impl Fault {
    pub(crate) fn new(name: &str, hits: Hits, acts: Acts, how: How) -> Self {
        Self { name: name.to_owned(), hits, acts, how, ends: &[] }
    }

    /// The same, with the only ends that calls may have which meet it every time.
    pub(crate) fn ends(self, ends: &'static [&'static str]) -> Self {
        Self { ends, ..self }
    }
}

/// What is answered must be what was asked for: each is a name, the operation that it hits and the member that says something else.
pub(crate) fn altered(
    members: impl IntoIterator<Item = (&'static str, &'static str, &'static str)>,
) -> impl Iterator<Item = Fault> {
    members.into_iter().map(|(name, operation, member)| {
        let how = How::Proxy(Trick::Altered(member));
        Fault::new(name, Hits::Only(operation), Acts::Yes, how).ends(&["unknown"])
    })
}

/// Every fault that any provider can have, for clients that wait `attempt` for one answer.
pub fn catalogue(attempt: Duration) -> Vec<Fault> {
    let calls = network::faults(attempt).into_iter().chain(scripted::calls());
    // What breaks a call breaks the request for its token too; the money is then out of reach.
    let tokens = network::faults(attempt).into_iter().map(|fault| Fault {
        name: format!("token: {}", fault.name),
        hits: Hits::Token,
        acts: Acts::Maybe,
        ..fault
    });
    calls.chain(tokens).chain(scripted::tokens()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_fault_has_a_name_of_its_own_and_each_kind_is_there() {
        let all = catalogue(Duration::from_millis(400));
        let names: BTreeSet<&str> = all.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names.len(), all.len());
        let count = |hits| all.iter().filter(|fault| fault.hits == hits).count();
        assert!(count(Hits::Call) >= 40, "{}", count(Hits::Call));
        assert!(count(Hits::Token) >= 40, "{}", count(Hits::Token));
        assert!(pending().len() >= 3);
    }
}
