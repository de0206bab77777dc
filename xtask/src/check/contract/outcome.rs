//! What came of one provider, as the hooks report it, and what of that is a problem.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Result;

/// The hooks' report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome {
    /// Operation to status to how many cases were answered so.
    operations: BTreeMap<String, BTreeMap<u16, usize>>,
    /// One failed check of each kind.
    problems: Vec<Problem>,
    /// Operations that the sandbox never answers with a success, and why.
    never: BTreeMap<String, String>,
}

/// A check that failed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Problem {
    operation: String,
    what: String,
    request: String,
    answer: String,
}

impl Outcome {
    pub(super) fn read(json: &[u8]) -> Result<Self> {
        Ok(serde_json::from_slice(json)?)
    }

    /// Whether no check failed.
    pub(super) fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    /// How many requests were answered.
    pub(super) fn cases(&self) -> usize {
        self.operations.values().flat_map(BTreeMap::values).sum()
    }

    /// How many operations were answered with a success at least once.
    pub(super) fn succeeded(&self) -> usize {
        self.operations.keys().filter(|operation| self.has_success(operation)).count()
    }

    /// What is wrong, given the operations of the document. An operation that only ever refuses was not tried: a signature that is
    /// missing or a value that does not exist gives answers that are documented too.
    pub(super) fn problems(&self, title: &str, documented: &BTreeSet<&str>) -> Vec<String> {
        let failed = self.problems.iter().map(|problem| {
            let Problem { operation, what, request, answer } = problem;
            format!("{title}: {operation}: {what}\n  {request}\n  {answer}")
        });
        let untried = documented.iter().filter_map(|operation| {
            let why = match (self.operations.get(*operation), self.has_success(operation), self.never.get(*operation)) {
                (None, ..) => "no request was sent".to_owned(),
                (Some(statuses), false, None) => format!("never a success, only {}", shown(statuses)),
                (_, true, Some(_)) => "succeeds, and the hooks say that it never does".to_owned(),
                _ => return None,
            };
            Some(format!("{title}: {operation}: {why}"))
        });
        failed.chain(untried).collect()
    }

    fn has_success(&self, operation: &str) -> bool {
        let statuses = self.operations.get(operation);
        statuses.is_some_and(|statuses| statuses.keys().any(|status| (200..300).contains(status)))
    }
}

fn shown(statuses: &BTreeMap<u16, usize>) -> String {
    let shown: Vec<_> = statuses.iter().map(|(status, count)| format!("{status} ({count} times)")).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"{
        "operations": {
            "good": {"200": 3, "400": 2}, "refused": {"401": 7, "400": 1}, "named": {"404": 4}, "stale": {"204": 1}
        },
        "problems": [{
            "operation": "good", "what": "Undocumented status code (status 400)",
            "request": "curl -X POST http://127.0.0.1:1/good", "answer": "{}"
        }],
        "never": {"named": "only its name is known", "stale": "once it was not there"}
    }"#;

    #[test]
    fn a_failed_check_comes_with_its_request_and_what_was_never_tried_is_told() {
        let outcome = Outcome::read(REPORT.as_bytes()).unwrap();
        assert_eq!((outcome.cases(), outcome.succeeded()), (18, 2));
        let documented = BTreeSet::from(["good", "refused", "named", "stale", "missing"]);
        assert_eq!(
            outcome.problems("p", &documented),
            [
                "p: good: Undocumented status code (status 400)\n  curl -X POST http://127.0.0.1:1/good\n  {}",
                "p: missing: no request was sent",
                "p: refused: never a success, only 400 (1 times), 401 (7 times)",
                "p: stale: succeeds, and the hooks say that it never does",
            ]
        );
    }

    #[test]
    fn a_report_of_another_form_is_an_error() {
        assert!(Outcome::read(b"").is_err());
        assert!(Outcome::read(br#"{"operations": {}, "problems": []}"#).is_err());
        assert!(Outcome::read(br#"{"operations": {"a": {"ok": 1}}, "problems": [], "never": {}}"#).is_err());
    }
}
