//! The provider's codes and what each means for the call that it answers.

use super::context::Context;
use super::types::value_name;
use crate::codegen::ir::{Code, Value};
use crate::codegen::model::{CodeKind, CodeOutcome, line};

/// Every code of `x-pay-errors`.
pub(super) fn all(context: &mut Context<'_>) -> Vec<Code> {
    let mut values: Vec<Value> = Vec::new();
    let mut meanings = Vec::new();
    for (wire, at, code) in context.document.errors.iter() {
        value_name(context, &code.name.value, at, &values);
        let kind = kind(code.kind.value);
        let meaning = match (kind, &code.outcome) {
            (None, None) => None,
            (Some(kind), Some(given)) => Some((kind, outcome(given.value))),
            (None, Some(given)) => {
                context.problems.add(line(given), "a success with an outcome", "leave `outcome` out");
                None
            }
            (Some(kind), None) => {
                context.problems.add(
                    at,
                    format!("`{wire}` does not say what happened to the money"),
                    "add `outcome: not_done`, `refused` or `unknown`",
                );
                Some((kind, "Unknown"))
            }
        };
        let source = context.source(code.evidence.as_ref());
        values.push(Value {
            wire: wire.to_owned(),
            name: code.name.value.clone(),
            docs: code.description.clone(),
            source,
            group: None,
        });
        meanings.push(meaning);
    }
    values.into_iter().zip(meanings).map(|(value, meaning)| Code { value, meaning }).collect()
}

fn kind(kind: CodeKind) -> Option<&'static str> {
    Some(match kind {
        CodeKind::Success => return None,
        CodeKind::Refused => "Refused",
        CodeKind::Forbidden => "Forbidden",
        CodeKind::NotFound => "NotFound",
        CodeKind::Duplicate => "Duplicate",
        CodeKind::Unavailable => "Unavailable",
        CodeKind::RateLimited => "RateLimited",
        CodeKind::TokenRefused => "TokenRefused",
        CodeKind::Unexpected => "Unexpected",
    })
}

fn outcome(outcome: CodeOutcome) -> &'static str {
    match outcome {
        CodeOutcome::NotDone => "NotDone",
        CodeOutcome::Refused => "Refused",
        CodeOutcome::Unknown => "Unknown",
    }
}
