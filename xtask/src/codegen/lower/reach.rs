//! Which types are sent, which are received, which belong to one group of operations, and which to none.

use std::collections::BTreeSet;

use super::context::Context;
use crate::codegen::ir::{Api, Body, Reply, Shape, Ty};
use crate::codegen::model::{Additional, ReadAs, Schema, line};

/// Marks every type with its use, and leaves out those that only other tools need.
pub(super) fn mark(context: &mut Context<'_>, api: &mut Api) {
    circles(context);
    unused(context);
    let mut marks = vec![Marks::default(); api.types.len()];
    for operation in &api.operations {
        let mut sent = Vec::new();
        match &operation.body {
            Body::Json(ty) => sent.push(ty.clone()),
            Body::Form(name) => sent.push(Ty::Named(name.clone())),
            Body::None | Body::AnyJson => {}
        }
        sent.extend(operation.query.iter().map(|name| Ty::Named(name.clone())));
        sent.extend(operation.path_values.iter().map(|value| value.ty.clone()));
        for ty in &sent {
            walk(api, ty, &mut |at| {
                marks[at].sent = true;
                marks[at].tags.insert(operation.tag.clone());
            });
        }
        if let Body::Json(Ty::Named(name)) | Body::Form(name) = &operation.body {
            each(api, name, |at| {
                marks[at].operations.insert(operation.name.clone());
            });
        }
        for name in operation.query.iter().chain(form(&operation.body)) {
            each(api, name, |at| marks[at].pairs = true);
        }
        if let Reply::Json(ty) = &operation.reply {
            walk(api, ty, &mut |at| {
                marks[at].received = true;
                marks[at].tags.insert(operation.tag.clone());
            });
        }
    }
    for (named, marks) in api.types.iter_mut().zip(marks) {
        (named.sent, named.received, named.pairs) = (marks.sent, marks.received, marks.pairs);
        // What several groups use belongs to none of them.
        named.tag = if marks.tags.len() == 1 { marks.tags.into_iter().next().flatten() } else { None };
        named.operation = if marks.operations.len() == 1 { marks.operations.into_iter().next() } else { None };
    }
    by_hand(context, api);
    api.types.retain(|named| named.sent || named.received);
    sendable(context, api);
}

/// Takes out the answers that a person reads: types that nothing uses would only be compiled. What uses one needs it.
fn by_hand(context: &mut Context<'_>, api: &mut Api) {
    let schemas = &context.document.components.schemas;
    let hand = |name: &str| {
        let read = schemas.get(name).and_then(|schema| schema.read.as_ref());
        read.is_some_and(|read| read.value == ReadAs::Hand)
    };
    let mut users: Vec<(u64, String, String)> = Vec::new();
    for operation in api.operations.iter().filter(|operation| operation.call) {
        if let Reply::Json(ty) = &operation.reply {
            users.extend(ty.named().map(|name| (operation.line, operation.name.clone(), name.to_owned())));
        }
    }
    for named in &api.types {
        if named.sent {
            users.push((named.line, "what is sent".to_owned(), named.name.clone()));
        }
        if !hand(&named.name) {
            users.extend(named.refers().into_iter().map(|name| (named.line, named.name.clone(), name)));
        }
    }
    for (line, user, name) in users.into_iter().filter(|(.., name)| hand(name)) {
        let message = format!("`{user}` needs a type for `{name}`, which is read by hand");
        context.problems.add(line, message, "leave its `x-pay-read: hand` out");
    }
    api.types.retain(|named| !hand(&named.name));
}

#[derive(Clone, Default)]
struct Marks {
    sent: bool,
    received: bool,
    pairs: bool,
    tags: BTreeSet<Option<String>>,
    operations: BTreeSet<String>,
}

fn form(body: &Body) -> Option<&String> {
    match body {
        Body::Form(name) => Some(name),
        _ => None,
    }
}

fn each(api: &Api, name: &str, mut found: impl FnMut(usize)) {
    if let Some(at) = api.types.iter().position(|named| named.name == name) {
        found(at);
    }
}

/// Calls `found` with every type with a name that `ty` holds.
fn walk(api: &Api, ty: &Ty, found: &mut impl FnMut(usize)) {
    walk_to(api, ty, found, 0);
}

fn walk_to(api: &Api, ty: &Ty, found: &mut impl FnMut(usize), depth: usize) {
    // Circles are reported on their own; here they only must end.
    let named = ty.named().and_then(|name| api.types.iter().position(|named| named.name == name));
    let Some(at) = named.filter(|_| depth < 16) else { return };
    found(at);
    for name in api.types[at].refers() {
        walk_to(api, &Ty::Named(name), found, depth + 1);
    }
}

/// What is sent can be written: nothing untyped, no number of unknown unit, pairs of plain values only.
fn sendable(context: &mut Context<'_>, api: &Api) {
    for operation in api.operations.iter().filter(|operation| operation.call) {
        let Body::Json(ty) = &operation.body else { continue };
        if api.any(ty, &|_, field| field.is_some_and(|field| field.card)) {
            context.problems.add(
                operation.line,
                format!("`{}` sends card data, and what is generated could be prepared for an outbox", operation.name),
                "add `x-pay-call: hand`, and write its method so that it only sends",
            );
        }
    }
    for named in api.types.iter().filter(|named| named.sent) {
        let Shape::Struct(shape) = &named.shape else { continue };
        for field in &shape.fields {
            if matches!(&field.ty, Ty::Json | Ty::RawAmount) {
                context.problems.add(
                    field.line,
                    format!("`{}` is sent, and nobody can say how", field.wire),
                    "give what is sent a type; numbers have `x-pay-money: number` or `text`",
                );
            }
            let plain = matches!(
                &field.ty,
                Ty::Text | Ty::Secret | Ty::Flag | Ty::Integer | Ty::Unsigned | Ty::Amount { .. } | Ty::Id
            ) || matches!(&field.ty, Ty::Named(name) if is_choice(api, name));
            if named.pairs && !plain {
                context.problems.add(
                    field.line,
                    format!("`{}` cannot stand in a form or a query", field.wire),
                    "they hold plain values: text, numbers, flags, enums",
                );
            }
            let secrets = match &field.ty {
                Ty::List(of) | Ty::Map(of) => api.any(of, &|ty, _| *ty == Ty::Secret),
                _ => false,
            };
            if secrets {
                context.problems.add(
                    field.line,
                    format!("`{}` sends a list of secrets", field.wire),
                    "send secrets as members of an object of their own",
                );
            }
            let listed = matches!(&field.ty, Ty::List(of) | Ty::Map(of) if matches!(**of, Ty::Amount { number: true }));
            if listed {
                context.problems.add(
                    field.line,
                    "a list of amounts that are sent as numbers",
                    "put the amount into an object of its own, and list that",
                );
            }
        }
        if named.pairs && shape.extra.is_some() {
            context.problems.add(named.line, "free members in a form or a query", "send JSON, or name the members");
        }
    }
}

fn is_choice(api: &Api, name: &str) -> bool {
    api.named(name).is_some_and(|named| matches!(named.shape, Shape::Choice(_)))
}

/// Every reference in a schema.
fn references<'s>(schema: &'s Schema, found: &mut Vec<&'s str>) {
    found.extend(schema.reference.as_ref().and_then(|reference| reference.value.rsplit('/').next()));
    for (_, _, property) in schema.properties.iter() {
        references(property, found);
    }
    if let Some(Additional::Of(values)) = &schema.additional_properties {
        references(values, found);
    }
    let parts = schema.all_of.iter().chain(schema.shapes()).chain(schema.items.as_deref());
    parts.for_each(|part| references(part, found));
}

/// Types that hold themselves would never end.
fn circles(context: &mut Context<'_>) {
    let schemas = &context.document.components.schemas;
    for (name, at, schema) in schemas.iter() {
        let mut reached = BTreeSet::new();
        let mut next = Vec::new();
        references(schema, &mut next);
        while let Some(found) = next.pop() {
            if reached.insert(found)
                && let Some(schema) = schemas.get(found)
            {
                references(schema, &mut next);
            }
        }
        if reached.contains(name) {
            let message = format!("`{name}` holds itself");
            context.problems.add(at, message, "leave the inner one untyped with `{}` and read it when it is needed");
        }
    }
}

/// A schema that nothing refers to is a mistake, or left over.
fn unused(context: &mut Context<'_>) {
    let document = context.document;
    let mut used = BTreeSet::new();
    let mut next = Vec::new();
    for (_, _, item) in document.paths.iter() {
        let operations = [&item.get, &item.post, &item.put, &item.patch, &item.delete];
        for operation in operations.into_iter().flatten() {
            let operation = &operation.value;
            let bodies = operation.request_body.iter().map(|body| &body.content);
            let answers = operation.responses.iter().map(|(_, _, response)| &response.content);
            for content in bodies.chain(answers) {
                content.iter().for_each(|(_, _, media)| references(&media.schema, &mut next));
            }
            operation.parameters.iter().for_each(|parameter| references(&parameter.value.schema, &mut next));
            next.extend(operation.seal.as_ref().and_then(|seal| seal.value.rsplit('/').next()));
        }
    }
    for (_, _, response) in document.components.responses.iter() {
        response.content.iter().for_each(|(_, _, media)| references(&media.schema, &mut next));
    }
    while let Some(name) = next.pop() {
        if used.insert(name)
            && let Some(schema) = document.components.schemas.get(name)
        {
            references(schema, &mut next);
        }
    }
    for (name, at, _) in document.components.schemas.iter() {
        if !used.contains(name) {
            context.problems.add(at, format!("`{name}` is used by no operation"), "refer to it, or delete it");
        }
    }
    for (name, at, schema) in document.components.schemas.iter() {
        if let Some(reference) = &schema.reference {
            let message = format!("`{name}` is only another name");
            context.problems.add(at.max(line(reference)), message, "use the name that it refers to");
        }
    }
}
