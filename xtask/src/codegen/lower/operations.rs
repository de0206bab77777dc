//! Endpoints: who calls, what may be sent twice, and what stands in path and query.

use serde_saphyr::Spanned;

use super::bodies;
use super::context::Context;
use super::{ty, types};
use crate::codegen::ir::{Body, Caller, Limit, Member, Named, Operation, PathValue, Repeat, Shape, Struct, Ty};
use crate::codegen::model::{self, AuthAs, Calls, Counted, Per, Place, line};
use crate::codegen::names::{is_field, pascal, snake};

/// Every operation, in the order of the document; query parameters become types beside the others.
pub(super) fn all(context: &mut Context<'_>, types: &mut Vec<Named>) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    for (path, _, item) in context.document.paths.iter() {
        let methods = [
            ("GET", &item.get),
            ("POST", &item.post),
            ("PUT", &item.put),
            ("PATCH", &item.patch),
            ("DELETE", &item.delete),
        ];
        for (method, operation) in methods {
            let Some(operation) = operation else { continue };
            let one = one(context, types, method, path, &operation.value);
            let at = line(&operation.value.operation_id);
            if operations.iter().any(|former| former.name == one.name) {
                let message = format!("two operations are called `{}`", one.name);
                context.problems.add(at, message, "give each its own `operationId`");
            }
            operations.push(one);
        }
    }
    operations
}

fn one(
    context: &mut Context<'_>,
    types: &mut Vec<Named>,
    method: &'static str,
    path: &str,
    operation: &model::Operation,
) -> Operation {
    let name = &operation.operation_id.value;
    let at = line(&operation.operation_id);
    if !is_field(name) {
        context.problems.add(at, format!("`{name}` cannot name an operation"), "write `operationId` in snake_case");
    }
    let source = context.source(operation.evidence.as_ref()).unwrap_or_else(|| {
        context.problems.add(
            at,
            format!("`{name}` has no evidence"),
            "add `x-pay-evidence: {documented: <page>}`, `{sdk: <code>}` or `{assumed: <why>}`",
        );
        crate::codegen::ir::Source { level: "assumed", text: String::new() }
    });
    let repeat = match operation.repeat.as_ref().map(|repeat| &repeat.value) {
        Some(model::Repeat::Safe) => Repeat::Safe,
        Some(model::Repeat::Keyed(member)) => Repeat::Keyed(member.value.clone()),
        Some(model::Repeat::Never) => Repeat::Never,
        None => {
            context.problems.add(
                at,
                format!("`{name}` does not say whether it may be sent twice"),
                "add `x-pay-repeat: safe`, `{keyed: <member>}` or `never`",
            );
            Repeat::Never
        }
    };
    let (body, send_media) = bodies::body(context, operation);
    let (reply, accept) = bodies::reply(context, operation);
    let media = operation.media.as_ref().map(|media| &media.value);
    let query = query(context, types, operation);
    let reference = reference(context, types, operation, &body, query.as_deref());
    let call = operation.call.unwrap_or(context.document.call);
    Operation {
        name: name.clone(),
        line: at,
        method,
        path: path.to_owned(),
        tag: tag(context, operation),
        summary: operation.summary.clone(),
        description: operation.description.clone(),
        assumed_answer: bodies::answer_source(context, operation)
            .filter(|answer| answer.level == "assumed" && source.level != "assumed"),
        source,
        repeat,
        caller: caller(context, operation),
        send_media: media.and_then(|media| media.send.clone()).or(send_media),
        accept: media.and_then(|media| media.accept.clone()).or(accept),
        sign: operation.sign,
        keep_token: operation.keep_token,
        seal: operation.seal.is_some(),
        limit: operation.limit.as_ref().map(|limit| limit_of(&limit.value)),
        path_values: path_values(context, path, at, operation),
        query,
        body,
        reply,
        reference,
        call: call == Calls::Generated,
    }
}

fn limit_of(limit: &model::Limit) -> Limit {
    let seconds = match limit.per {
        Per::Second => 1,
        Per::Minute => 60,
        Per::Hour => 3600,
    };
    Limit { name: limit.name.clone(), max: limit.max, seconds, by_token: matches!(limit.by, Counted::Token) }
}

fn tag(context: &mut Context<'_>, operation: &model::Operation) -> Option<String> {
    let tag = operation.tags.first()?;
    if !context.document.tags.iter().any(|known| known.name.value == tag.value) {
        let message = format!("the tag `{}` is not declared", tag.value);
        context.problems.add(line(tag), message, "add it to `tags` at the top");
    }
    Some(tag.value.clone())
}

/// The schemes that a `security` names.
fn names(security: &[model::Entries<Vec<String>>]) -> impl Iterator<Item = &str> {
    security.iter().flat_map(|one| one.iter().map(|(name, _, _)| name))
}

fn caller(context: &mut Context<'_>, operation: &model::Operation) -> Caller {
    let security = operation.security.as_ref().unwrap_or(&context.document.security);
    // A log-in has a credential of its own, which is written by hand: no token goes with it.
    let own = operation.security.is_some()
        && names(security).all(|name| !names(&context.document.security).any(|n| n == name));
    let public = security.is_empty() || (own && operation.auth.as_ref().is_some_and(|auth| auth.value == AuthAs::None));
    let Some(auth) = &operation.auth else {
        return if public { Caller::Nobody } else { Caller::Account };
    };
    if (auth.value == AuthAs::None) != public {
        context.problems.add(
            line(auth),
            "`x-pay-auth` and `security` contradict each other",
            "`x-pay-auth: none` goes with `security: []`, or with a scheme that only this operation names",
        );
    }
    match auth.value {
        AuthAs::Token => Caller::Account,
        AuthAs::User => Caller::User,
        AuthAs::None => Caller::Nobody,
    }
}

fn path_values(context: &mut Context<'_>, path: &str, at: u64, operation: &model::Operation) -> Vec<PathValue> {
    let mut values: Vec<PathValue> = Vec::new();
    let given = |parameter: &&Spanned<model::Parameter>| parameter.value.place.value == Place::Path;
    let template: Vec<&str> =
        path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect();
    for parameter in operation.parameters.iter().filter(given) {
        let parameter = &parameter.value;
        let name = &parameter.name.value;
        let at = line(&parameter.name);
        if !template.contains(&name.as_str()) {
            let message = format!("`{name}` does not stand in the path");
            context.problems.add(at, message, format!("write `{{{name}}}` where it stands, or leave it out"));
        }
        if !parameter.required {
            let message = format!("the path value `{name}` is optional");
            context.problems.add(at, message, "add `required: true`: a path has all of its values");
        }
        let ty = ty::ty(context, &parameter.schema, at);
        if !matches!(ty, Ty::Text | Ty::Integer | Ty::Unsigned | Ty::Id | Ty::Named(_)) {
            let message = format!("`{name}` cannot stand in a path");
            context.problems.add(at, message, "path values are text, integers, ids or enums");
        }
        let rust = parameter.schema.name.as_ref().map_or_else(|| snake(name), |name| name.value.clone());
        values.push(PathValue { wire: name.clone(), rust, ty, docs: parameter.description.clone() });
    }
    for name in template {
        if !values.iter().any(|value| value.wire == name) {
            let message = format!("`{name}` of the path {path} is not described");
            context.problems.add(at, message, "add a parameter with `in: path`");
        }
    }
    values
}

/// The struct of the query parameters, if there are any.
fn query(context: &mut Context<'_>, types: &mut Vec<Named>, operation: &model::Operation) -> Option<String> {
    let mut fields = Vec::new();
    for parameter in &operation.parameters {
        let parameter = &parameter.value;
        if parameter.place.value != Place::Query {
            continue;
        }
        let at = line(&parameter.name);
        let mut field = types::field(context, &parameter.name.value, at, &parameter.schema, parameter.required);
        field.docs = parameter.description.clone().or(field.docs);
        field.source = context.source(parameter.evidence.as_ref()).or(field.source);
        fields.push(field);
    }
    if fields.is_empty() {
        return None;
    }
    let id = &operation.operation_id;
    let name = format!("{}Query", pascal(&id.value));
    if types.iter().any(|named| named.name == name) {
        let message = format!("`{name}` is there twice");
        context.problems.add(line(id), message, "the query of an operation has that name: rename the schema");
    }
    let docs = format!("What `{}` can be asked.", id.value);
    types.push(types::named(
        &name,
        line(id),
        Some(docs),
        None,
        Shape::Struct(Struct { fields, extra: None, by_hand: false }),
    ));
    Some(name)
}

/// The member that holds the caller's reference: the one that the provider de-duplicates on, or one that is named.
fn reference(
    context: &mut Context<'_>,
    types: &[Named],
    operation: &model::Operation,
    body: &Body,
    query: Option<&str>,
) -> Option<Member> {
    let keyed = match operation.repeat.as_ref().map(|repeat| &repeat.value) {
        Some(model::Repeat::Keyed(member)) => Some(member),
        _ => None,
    };
    let member = keyed.or(operation.reference.as_ref())?;
    let holder = match body {
        Body::Json(Ty::Named(name)) | Body::Form(name) => Some(name.as_str()),
        _ => query,
    };
    let holder = types.iter().find(|named| Some(named.name.as_str()) == holder);
    let found = holder.and_then(|named| match &named.shape {
        Shape::Struct(shape) => shape.fields.iter().find(|field| field.wire == member.value),
        _ => None,
    });
    if found.is_none_or(|field| field.ty != Ty::Text) {
        context.problems.add(
            line(member),
            format!("`{}` is no text member of the body", member.value),
            "name the member of the request that the provider de-duplicates on",
        );
    }
    found.map(|field| Member { rust: field.rust.clone(), optional: !field.required })
}
