//! The list of rules in force, and the decision which of them takes a request.

use super::rule::What;
use super::{Fault, FaultRule, FaultStatus};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The rules, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct FaultBook(Mutex<Rules>);

#[derive(Debug, Default)]
struct Rules {
    list: Vec<FaultStatus>,
    next_id: u64,
    /// Requests seen per (rule, operation, reference): the attempt numbers of random rules.
    seen: HashMap<(u64, String, Option<String>), u32>,
}

/// A request as the rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) provider: &'a str,
    pub(crate) operation: Option<&'a str>,
    pub(crate) reference: Option<&'a str>,
}

impl FaultBook {
    pub(crate) fn add(&self, rule: FaultRule) -> u64 {
        let mut rules = self.lock();
        rules.next_id += 1;
        let id = rules.next_id;
        rules.list.push(FaultStatus { id, rule, taken: 0 });
        id
    }

    pub(crate) fn all(&self) -> Vec<FaultStatus> {
        self.lock().list.clone()
    }

    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut rules = self.lock();
        let before = rules.list.len();
        rules.list.retain(|status| status.id != id);
        rules.seen.retain(|(rule, ..), _| *rule != id);
        rules.list.len() < before
    }

    pub(crate) fn clear(&self) {
        let mut rules = self.lock();
        rules.list.clear();
        rules.seen.clear();
    }

    /// Decides on the head alone: whether the first rule that could take the request resets before reading.
    pub(crate) fn take_before_reading(&self, provider: &str, operation: Option<&str>) -> bool {
        let mut rules = self.lock();
        let first = rules.list.iter_mut().find(|status| {
            status.rule.provider == provider
                && match &status.rule.what {
                    What::Scripted(script) => script.times > 0 && script.fits(operation),
                    What::Random(random) => random.covers(operation.unwrap_or_default()),
                }
        });
        let Some(FaultStatus { rule, taken, .. }) = first else {
            return false;
        };
        match &mut rule.what {
            What::Scripted(script)
                if script.fault == Fault::ResetBeforeReading && script.skip == 0 && script.reference.is_none() =>
            {
                script.times -= 1;
                *taken += 1;
                true
            }
            _ => false,
        }
    }

    /// Decides on the whole request: the first rule that matches and has uses left takes it.
    pub(crate) fn take(&self, subject: Subject<'_>) -> Option<Fault> {
        let mut rules = self.lock();
        let Rules { list, seen, .. } = &mut *rules;
        for FaultStatus { id, rule, taken } in list.iter_mut() {
            if rule.provider != subject.provider {
                continue;
            }
            let fault = match &mut rule.what {
                What::Scripted(script) => {
                    let reference = script.reference.as_deref();
                    if script.times == 0
                        || !script.fits(subject.operation)
                        || (reference.is_some() && reference != subject.reference)
                    {
                        continue;
                    }
                    if script.skip > 0 {
                        script.skip -= 1;
                        continue;
                    }
                    script.times -= 1;
                    Some(script.fault.clone())
                }
                What::Random(random) => {
                    let operation = subject.operation.unwrap_or_default();
                    if !random.covers(operation) {
                        continue;
                    }
                    let key = (*id, operation.to_owned(), subject.reference.map(str::to_owned));
                    let count = seen.entry(key).or_insert(0);
                    *count += 1;
                    // Without a reference the ordinal is the key, and every request a first attempt.
                    let (key, attempt) = match subject.reference {
                        Some(reference) => (format!("r{reference}"), *count),
                        None => (format!("n{count}"), 1),
                    };
                    random.draw(operation, &key, attempt).cloned()
                }
            };
            if fault.is_some() {
                *taken += 1;
                return fault;
            }
        }
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl super::rule::Script {
    fn fits(&self, operation: Option<&str>) -> bool {
        let named = self.operation.as_deref();
        (named.is_none() || named == operation) && self.fault.fits(operation)
    }
}
