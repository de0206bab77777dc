//! Schemas with a name: structs, unions and enums.

use super::context::Context;
use super::ty::{has_own_type, ty};
use crate::codegen::ir::{Choice, Extra, Field, Named, Shape, Struct, Ty, Value, Variant};
use crate::codegen::model::{Additional, BuildBy, MoneyForm, Private, ReadAs, Schema, line};
use crate::codegen::names::{is_field, is_type, pascal, snake};

/// Every schema that becomes a type.
pub(super) fn all(context: &mut Context<'_>) -> Vec<Named> {
    let mut types = Vec::new();
    for (name, at, schema) in context.document.components.schemas.iter() {
        if !has_own_type(schema) {
            continue;
        }
        let shape = if schema.shapes().next().is_some() {
            Shape::Union(variants(context, schema, at))
        } else if !schema.meanings.is_empty() || schema.values.is_some() {
            Shape::Choice(choice(context, schema, at))
        } else {
            Shape::Struct(structure(context, schema))
        };
        let source = context.source(schema.evidence.as_ref());
        types.push(named(name, at, schema.description.clone(), source, shape));
    }
    types
}

/// A type that no operation uses yet.
pub(super) fn named(
    name: &str,
    line: u64,
    docs: Option<String>,
    source: Option<crate::codegen::ir::Source>,
    shape: Shape,
) -> Named {
    Named {
        name: name.to_owned(),
        line,
        docs,
        source,
        shape,
        sent: false,
        received: false,
        pairs: false,
        tag: None,
        operation: None,
    }
}

fn structure(context: &mut Context<'_>, schema: &Schema) -> Struct {
    let mut fields = Vec::new();
    collect(context, schema, &mut fields, 0);
    for (number, field) in fields.iter().enumerate() {
        if fields[..number].iter().any(|former| former.wire == field.wire || former.rust == field.rust) {
            context.problems.add(
                field.line,
                format!("`{}` is there twice", field.wire),
                "leave one out, or tell them apart with `x-pay-name`",
            );
        }
    }
    let extra = extra(context, schema, &fields);
    Struct { fields, extra, by_hand: schema.build == BuildBy::Hand }
}

/// The members of a schema and of all that it is made of, in their order.
fn collect(context: &mut Context<'_>, schema: &Schema, fields: &mut Vec<Field>, depth: usize) {
    let start = fields.len();
    for part in &schema.all_of {
        match &part.reference {
            Some(reference) if depth < 8 => {
                if let Some((_, target)) = context.resolve(reference) {
                    collect(context, target, fields, depth + 1);
                }
            }
            _ => collect(context, part, fields, depth + 1),
        }
    }
    for (wire, at, property) in schema.properties.iter() {
        fields.push(field(context, wire, at, property, false));
    }
    for required in &schema.required {
        match fields[start..].iter_mut().find(|field| field.wire == required.value) {
            Some(field) => field.required = true,
            None => context.problems.add(
                line(required),
                format!("`{}` is required and not a property", required.value),
                "add the property, or take it from `required`",
            ),
        }
    }
    for (_, _, property) in schema.properties.iter() {
        check_currency(context, property, fields);
    }
}

/// A member: of a body, or a parameter.
pub(super) fn field(context: &mut Context<'_>, wire: &str, at: u64, schema: &Schema, required: bool) -> Field {
    let rust = schema.name.as_ref().map_or_else(|| snake(wire), |name| name.value.clone());
    if !is_field(&rust) {
        context.problems.add(
            at,
            format!("`{rust}` cannot name a Rust field"),
            "add `x-pay-name` with a name in snake_case that is no keyword",
        );
    }
    let ty = ty(context, schema, at);
    let private = schema.private.as_ref().map(|private| private.value);
    let default = schema.default_value.as_ref().and_then(|default| {
        let text = default.value.as_str().map(str::to_owned);
        if text.is_none() || ty != Ty::Text {
            context.problems.add(line(default), "only text has a default here", "leave `default` out");
        }
        text
    });
    let own = schema.reference.as_ref().and_then(|reference| Some(context.resolve(reference)?.1));
    let docs = schema.description.clone().or_else(|| own.and_then(|target| target.description.clone()));
    let money = schema.money.as_ref().or_else(|| own.and_then(|target| target.money.as_ref()));
    Field {
        wire: wire.to_owned(),
        rust,
        line: at,
        docs,
        source: context.source(schema.evidence.as_ref()),
        unit: money.and_then(|money| unit(money.value.form, money.value.currency.as_ref().map(|c| c.value.as_str()))),
        private: private.is_some() && ty != Ty::Secret,
        card: private == Some(Private::Card),
        lenient: schema.read.as_ref().is_some_and(|read| read.value == ReadAs::Lenient),
        ty,
        required,
        default,
    }
}

fn unit(form: MoneyForm, currency: Option<&str>) -> Option<String> {
    let of = match currency {
        Some(code) if is_currency_code(code) => format!(" of {code}"),
        Some(member) => format!(" of the currency in `{member}`"),
        None => String::new(),
    };
    match form {
        MoneyForm::Number | MoneyForm::Text => currency.map(|_| format!("In the main unit{of}.")),
        MoneyForm::Minor => Some(format!("In the smallest unit{of}.")),
        MoneyForm::Declared => Some("In the unit that you declare; never converted.".to_owned()),
        MoneyForm::Unknown => Some("**Its unit is not known**: do not book it.".to_owned()),
        MoneyForm::None => None,
    }
}

fn is_currency_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())
}

fn check_currency(context: &mut Context<'_>, property: &Schema, fields: &[Field]) {
    let currency = property.money.as_ref().and_then(|money| money.value.currency.as_ref());
    if let Some(currency) = currency
        && !is_currency_code(&currency.value)
        && !fields.iter().any(|field| field.wire == currency.value)
    {
        context.problems.add(
            line(currency),
            format!("`{}` is neither a currency code nor a member beside it", currency.value),
            "write a code such as `ZAR`, or the name of the property that holds it",
        );
    }
}

fn extra(context: &mut Context<'_>, schema: &Schema, fields: &[Field]) -> Option<Extra> {
    let extra = schema.extra.as_ref()?;
    let at = line(&extra.name);
    let Some(Additional::Of(values)) = &schema.additional_properties else {
        context.problems.add(
            at,
            "`x-pay-extra` without a type for the free members",
            "add `additionalProperties` with the schema of one",
        );
        return None;
    };
    if !is_field(&extra.name.value) {
        context.problems.add(at, "`x-pay-extra` names no method", "write `name` in snake_case");
    }
    let after = match &extra.after {
        None => fields.len(),
        Some(after) => match fields.iter().position(|field| field.wire == after.value) {
            Some(position) => position + 1,
            None => {
                let message = format!("`{}` is not a property", after.value);
                context.problems.add(line(after), message, "name the property that stands before the free members");
                fields.len()
            }
        },
    };
    let ty = ty(context, values, at);
    Some(Extra { name: extra.name.value.clone(), ty, after })
}

fn variants(context: &mut Context<'_>, schema: &Schema, at: u64) -> Vec<Variant> {
    let mut variants: Vec<Variant> = Vec::new();
    for one in schema.shapes() {
        let at = one.title.as_ref().map(line).or(one.reference.as_ref().map(line)).unwrap_or(at);
        let name = one.title.as_ref().map(|title| title.value.as_str());
        let name = name.or_else(|| one.reference.as_ref()?.value.rsplit('/').next());
        let Some(name) = name.filter(|name| is_type(name)) else {
            context.problems.add(
                at,
                "a shape of a union without a name",
                "add `title` with a name such as `Nested` to each part of `oneOf`",
            );
            continue;
        };
        if variants.iter().any(|variant| variant.name == name) {
            let message = format!("two shapes of a union are called `{name}`");
            context.problems.add(at, message, "tell them apart with `title`");
        }
        let ty = ty(context, one, at);
        let own = one.reference.as_ref().and_then(|reference| context.resolve(reference)?.1.description.clone());
        let private = one.private.is_some() && ty != Ty::Secret;
        variants.push(Variant { name: name.to_owned(), ty, docs: one.description.clone().or(own), private });
    }
    let anything = variants.iter().position(|variant| variant.ty == Ty::Json);
    if anything.is_some_and(|at| at == 0 || at + 1 != variants.len()) {
        context.problems.add(
            at,
            "a shape that takes anything stands before others",
            "put the part without a type last, after at least one that has one",
        );
    }
    variants
}

fn choice(context: &mut Context<'_>, schema: &Schema, at: u64) -> Choice {
    let number = schema.types.as_ref().is_some_and(|types| types.value.0.iter().any(|name| name == "integer"));
    let any_case = schema.read.as_ref().is_some_and(|read| read.value == ReadAs::AnyCase);
    let mut values: Vec<Value> = Vec::new();
    for (wire, at, meaning) in schema.meanings.iter() {
        if any_case && values.iter().any(|former| former.wire.eq_ignore_ascii_case(wire)) {
            let message = format!("`{wire}` differs from another value in its case alone");
            context.problems.add(at, message, "leave `x-pay-read: anycase` out, or one of the values");
        }
        let name = meaning.name.as_ref().map_or_else(|| pascal(wire), |name| name.value.clone());
        value_name(context, &name, at, &values);
        if let Some(group) = &meaning.group
            && !is_field(&format!("is_{}", group.value))
        {
            context.problems.add(line(group), "a group that names no method", "write it in snake_case");
        }
        let source = context.source(meaning.evidence.as_ref());
        let group = meaning.group.as_ref().map(|group| group.value.clone());
        values.push(Value { wire: wire.to_owned(), name, docs: meaning.description.clone(), source, group });
    }
    if let Some(listed) = &schema.values {
        let listed_texts: Vec<String> = listed.value.iter().map(text).collect();
        let same = listed_texts.len() == values.len() && values.iter().all(|value| listed_texts.contains(&value.wire));
        if !same {
            context.problems.add(
                line(listed),
                format!("`enum` lists {}, and `x-pay-values` other values", listed_texts.join(", ")),
                "say in `x-pay-values` what each value means, and nothing else",
            );
        }
    }
    if values.is_empty() {
        context.problems.add(at, "an enum without values", "add `x-pay-values` with a description for each value");
    }
    Choice { values, number, any_case }
}

/// A name of a variant fits and is not there yet.
pub(super) fn value_name(context: &mut Context<'_>, name: &str, at: u64, before: &[Value]) {
    if !is_type(name) || name == "Unknown" {
        let message = format!("`{name}` cannot name a value");
        context.problems.add(at, message, "add `name` in the form `InFlight`; `Unknown` is for what no document lists");
    }
    if before.iter().any(|value| value.name == name) {
        context.problems.add(at, format!("two values are called `{name}`"), "tell them apart with `name`");
    }
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
