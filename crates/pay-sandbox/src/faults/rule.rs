//! A fault rule: which requests it takes, and how many of them.

use super::{Fault, RandomFaults};
use crate::Error;
use serde_json::{Value, json};

/// A rule. The first rule that matches a request and has uses left takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRule {
    pub(crate) provider: String,
    pub(crate) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Scripted(Script),
    Random(RandomFaults),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) operation: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) skip: u32,
    pub(crate) times: u32,
    pub(crate) fault: Fault,
}

impl FaultRule {
    /// A rule that takes the next request to `provider`, whatever it asks.
    pub fn new(provider: impl Into<String>, fault: impl Into<Fault>) -> Self {
        Self {
            provider: provider.into(),
            what: What::Scripted(Script { operation: None, reference: None, skip: 0, times: 1, fault: fault.into() }),
        }
    }

    /// A rule that draws lots for every request to `provider`, in a way that repeats from run to run.
    pub fn random(provider: impl Into<String>, faults: RandomFaults) -> Self {
        Self { provider: provider.into(), what: What::Random(faults) }
    }

    /// Takes only this operation. (A random rule names its operations itself.)
    #[must_use]
    pub fn operation(self, name: impl Into<String>) -> Self {
        self.script(|script| script.operation = Some(name.into()))
    }

    /// Takes only requests with this reference.
    #[must_use]
    pub fn reference(self, reference: impl Into<String>) -> Self {
        self.script(|script| script.reference = Some(reference.into()))
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn skip(self, requests: u32) -> Self {
        self.script(|script| script.skip = requests)
    }

    /// Takes this many requests (1 unless told otherwise; `u32::MAX`: practically all).
    #[must_use]
    pub fn times(self, requests: u32) -> Self {
        self.script(|script| script.times = requests)
    }

    /// The fault of a scripted rule; `None` for a random one.
    pub fn fault(&self) -> Option<&Fault> {
        match &self.what {
            What::Scripted(script) => Some(&script.fault),
            What::Random(_) => None,
        }
    }

    fn script(mut self, change: impl FnOnce(&mut Script)) -> Self {
        if let What::Scripted(script) = &mut self.what {
            change(script);
        }
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        match &self.what {
            What::Scripted(script) => {
                let mut json = json!({
                    "provider": self.provider,
                    "skip": script.skip,
                    "times": script.times,
                    "fault": script.fault.to_json(),
                });
                if let Some(operation) = &script.operation {
                    json["operation"] = json!(operation);
                }
                if let Some(reference) = &script.reference {
                    json["reference"] = json!(reference);
                }
                json
            }
            What::Random(random) => json!({ "provider": self.provider, "random": random.to_json() }),
        }
    }
}

/// A rule that was added, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FaultStatus {
    /// The rule's number.
    pub id: u64,
    /// The rule; `skip` and `times` are what is left of them.
    pub rule: FaultRule,
    /// How many requests it has taken.
    pub taken: u64,
}

impl FaultStatus {
    pub(crate) fn to_json(&self) -> Value {
        let mut json = self.rule.to_json();
        json["id"] = json!(self.id);
        json["taken"] = json!(self.taken);
        json
    }
}

impl FaultRule {
    /// Refuses what could never match or be sent.
    pub(crate) fn check(&self, operations: &[&str]) -> Result<(), Error> {
        let known = |field: &str, name: &str| {
            if operations.contains(&name) {
                Ok(())
            } else {
                let all = operations.join(", ");
                Err(Error::invalid(field, format!("not one of {all}")))
            }
        };
        match &self.what {
            What::Scripted(script) => {
                let operation = script.operation.as_deref();
                operation.map_or(Ok(()), |name| known("operation", name))?;
                if operation.is_some() && !script.fault.fits(operation) {
                    return Err(Error::invalid("operation", "this fault happens to purchase only"));
                }
                if script.fault == Fault::ResetBeforeReading && script.reference.is_some() {
                    return Err(Error::invalid(
                        "reference",
                        "cannot be known before the body is read; use reset_after_reading",
                    ));
                }
                script.fault.check("fault")
            }
            What::Random(random) => {
                for name in &random.operations {
                    known("random.operations", name)?;
                }
                if random.percent > 100 {
                    return Err(Error::invalid("random.percent", "must be at most 100"));
                }
                if random.kinds.is_empty() {
                    return Err(Error::invalid("random.kinds", "must not be empty"));
                }
                random.kinds.iter().try_for_each(|fault| fault.check("random.kinds"))
            }
        }
    }
}
