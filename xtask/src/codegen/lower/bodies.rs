//! What an operation sends and what it answers.

use super::context::Context;
use super::ty::ty;
use crate::codegen::ir::{Body, Reply, Source, Ty};
use crate::codegen::model::{self, Entries, MediaType, line};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// The body and its media type, where that is not the usual one.
pub(super) fn body(context: &mut Context<'_>, operation: &model::Operation) -> (Body, Option<String>) {
    let Some(request) = &operation.request_body else {
        if let Some(seal) = &operation.seal {
            context.problems.add(line(seal), "a sealed body that is not sent", "add the `requestBody` of the envelope");
        }
        return (Body::None, None);
    };
    let Some((media, at, content)) = only(context, &request.content, line(&operation.operation_id)) else {
        return (Body::None, None);
    };
    let ty = match &operation.seal {
        // What is inside is written; the envelope around it is the sealer's.
        Some(inside) => match context.resolve(inside) {
            Some((name, _)) => Ty::Named(name.to_owned()),
            None => Ty::Json,
        },
        None => ty(context, &content.schema, at),
    };
    match (media, ty) {
        (FORM, Ty::Named(name)) => (Body::Form(name), None),
        (FORM, _) => {
            context.problems.add(at, "a form without named fields", "refer to an object of `components.schemas`");
            (Body::None, None)
        }
        (media, ty) if is_json(media) => {
            let other = (media != JSON).then(|| media.to_owned());
            (if ty == Ty::Json { Body::AnyJson } else { Body::Json(ty) }, other)
        }
        (media, _) => {
            let message = format!("a body of the type {media} cannot be sent");
            context.problems.add(at, message, "bodies are JSON or a form");
            (Body::None, None)
        }
    }
}

/// The answer and what is accepted, where that is not the usual one.
pub(super) fn reply(context: &mut Context<'_>, operation: &model::Operation) -> (Reply, Option<String>) {
    let Some((_, at, response)) = operation.responses.iter().find(|(status, _, _)| status.starts_with('2')) else {
        context.problems.add(
            line(&operation.operation_id),
            format!("`{}` has no answer that is a success", operation.operation_id.value),
            "add a response such as `\"200\"`",
        );
        return (Reply::Nothing, None);
    };
    let response = context.response(response);
    if response.content.is_empty() {
        return (Reply::Nothing, None);
    }
    let Some((media, at, content)) = only(context, &response.content, at) else {
        return (Reply::Nothing, None);
    };
    let ty = ty(context, &content.schema, at);
    let accept = (media != JSON).then(|| media.to_owned());
    let reply = match (media, ty) {
        ("text/plain", Ty::Text) => Reply::Text { secret: false },
        ("text/plain", Ty::Secret) => Reply::Text { secret: true },
        (media, Ty::Json) if is_json(media) => Reply::AnyJson,
        (media, ty) if is_json(media) => Reply::Json(ty),
        (media, _) => {
            let message = format!("an answer of the type {media} cannot be read");
            context.problems.add(at, message, "answers are JSON, or text with `type: string`");
            Reply::Nothing
        }
    };
    (reply, accept)
}

/// The evidence of the schema that the first success answers with, where it has its own.
pub(super) fn answer_source(context: &mut Context<'_>, operation: &model::Operation) -> Option<Source> {
    let (_, _, response) = operation.responses.iter().find(|(status, ..)| status.starts_with('2'))?;
    let (_, _, content) = context.response(response).content.iter().next()?;
    let evidence = match &content.schema.reference {
        Some(reference) => context.resolve(reference)?.1.evidence.as_ref(),
        None => content.schema.evidence.as_ref(),
    };
    context.source(evidence)
}

fn only<'c>(
    context: &mut Context<'_>,
    content: &'c Entries<MediaType>,
    at: u64,
) -> Option<(&'c str, u64, &'c MediaType)> {
    let mut all = content.iter();
    let first = all.next();
    if first.is_none() || all.next().is_some() {
        context.problems.add(
            at,
            "a body has exactly one media type here",
            "keep the one that the client sends or asks for",
        );
    }
    first
}

fn is_json(media: &str) -> bool {
    media == JSON || media.ends_with("+json")
}
