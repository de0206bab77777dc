//! The type of a member, from its schema.

use super::context::Context;
use crate::codegen::ir::Ty;
use crate::codegen::model::{Additional, MoneyForm, Private, ReadAs, Schema, line};

/// Whether a schema becomes a type of its own; all others are written out where they are used.
pub(super) fn has_own_type(schema: &Schema) -> bool {
    !schema.properties.is_empty()
        || !schema.all_of.is_empty()
        || schema.shapes().next().is_some()
        || !schema.meanings.is_empty()
        || schema.values.is_some()
}

/// The type of a member; `at` is its line.
pub(super) fn ty(context: &mut Context<'_>, schema: &Schema, at: u64) -> Ty {
    if let Some(reference) = &schema.reference {
        return match context.resolve(reference) {
            Some((name, target)) if has_own_type(target) => Ty::Named(name.to_owned()),
            // References in circles are reported by name elsewhere.
            Some((_, target)) if target.reference.is_none() => ty(context, target, at),
            _ => Ty::Json,
        };
    }
    if has_own_type(schema) {
        context.problems.add(
            at,
            "a type without a name",
            "move it to `components.schemas` under a name of its own, and refer to it with `$ref`",
        );
        return Ty::Json;
    }
    let names: Vec<&str> = schema
        .types
        .iter()
        .flat_map(|types| types.value.0.iter().map(String::as_str))
        .filter(|name| *name != "null")
        .collect();
    if let Some(money) = &schema.money {
        return money_ty(context, schema, money.value.form, &names, line(money));
    }
    match (schema.read.as_ref().map(|read| read.value), names.as_slice()) {
        (Some(ReadAs::Id | ReadAs::Text), [first, second])
            if [first, second].contains(&&"string") && (names.contains(&"integer") || names.contains(&"number")) =>
        {
            if schema.read.as_ref().is_some_and(|read| read.value == ReadAs::Id) {
                Ty::Id
            } else {
                Ty::Loose
            }
        }
        (Some(ReadAs::Id | ReadAs::Text), _) => {
            context.problems.add(
                at,
                "`x-pay-read: id` and `text` are for what is a number here and a string there",
                "write `type: [integer, string]`",
            );
            Ty::Json
        }
        (Some(ReadAs::AnyCase), _) => {
            context.problems.add(
                at,
                "`x-pay-read: anycase` is for enums",
                "write it beside `x-pay-values`, or leave it out",
            );
            Ty::Json
        }
        (Some(ReadAs::Hand), _) => {
            context.problems.add(
                at,
                "`x-pay-read: hand` is for a schema with a name",
                "give it one, or leave it untyped with `{}`",
            );
            Ty::Json
        }
        (_, []) => Ty::Json,
        (Some(ReadAs::Lenient), [first, ..]) => single(context, schema, first, at),
        (None, [one]) => single(context, schema, one, at),
        (None, _) => {
            context.problems.add(
                at,
                format!("more than one type: {}", names.join(", ")),
                "say how it is read: `x-pay-read: id`, `text` or `lenient`, or `x-pay-money`",
            );
            Ty::Json
        }
    }
}

fn single(context: &mut Context<'_>, schema: &Schema, name: &str, at: u64) -> Ty {
    match name {
        "string" if schema.private.as_ref().is_some_and(|private| private.value != Private::Personal) => Ty::Secret,
        "string" => Ty::Text,
        "boolean" => Ty::Flag,
        "integer" if schema.minimum == Some(0) => Ty::Unsigned,
        "integer" => Ty::Integer,
        "number" => {
            context.problems.add(
                at,
                "a number that does not say what it is",
                "add `x-pay-money: number`, `unknown`, or `none` where it is no money",
            );
            Ty::RawAmount
        }
        "array" => match &schema.items {
            Some(items) => list(context, items, at),
            None => {
                context.problems.add(at, "a list of nothing", "add `items`");
                Ty::Json
            }
        },
        "object" => match &schema.additional_properties {
            Some(Additional::Of(values)) => {
                let of = ty(context, values, at);
                Ty::Map(Box::new(of))
            }
            Some(Additional::Any) | None => Ty::Json,
        },
        other => {
            context.problems.add(at, format!("the type `{other}` does not exist"), "see docs/spec.md for the types");
            Ty::Json
        }
    }
}

fn list(context: &mut Context<'_>, items: &Schema, at: u64) -> Ty {
    let of = ty(context, items, at);
    if of == Ty::Json {
        context.problems.add(
            at,
            "a list of unknown values",
            "give its items a type, or leave the whole list untyped with `{}`",
        );
    }
    Ty::List(Box::new(of))
}

fn money_ty(context: &mut Context<'_>, schema: &Schema, form: MoneyForm, names: &[&str], at: u64) -> Ty {
    let has = |name: &str| names.contains(&name);
    let (fits, ty) = match form {
        MoneyForm::Number | MoneyForm::Declared => (has("number") || has("integer"), Ty::Amount { number: true }),
        MoneyForm::Text => (has("string"), Ty::Amount { number: false }),
        MoneyForm::Minor => (has("integer"), Ty::Integer),
        MoneyForm::Unknown | MoneyForm::None => (has("number") || has("integer") || has("string"), Ty::RawAmount),
    };
    if !fits {
        context.problems.add(
            at,
            "`x-pay-money` does not fit the type",
            "`number` and `declared` are for numbers, `text` for strings, `minor` for integers",
        );
    }
    if schema.private.as_ref().is_some_and(|private| private.value != Private::Personal) {
        context.problems.add(at, "money that is a secret", "use `x-pay-private: personal`");
    }
    ty
}
