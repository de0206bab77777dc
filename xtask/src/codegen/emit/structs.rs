//! Structs: members, what they derive, and what does not print.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, requests, wire};
use crate::codegen::ir::{Api, Field, Named, Struct, Ty};
use crate::codegen::names::camel;

/// How a struct becomes JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writing {
    /// By `derive`.
    Derived,
    /// By hand on the type itself: free members stand between others.
    Own,
    /// By a wrapper that only this crate has: what holds secrets is not serialised by accident.
    Wrapped,
    /// Not at all.
    Never,
}

/// How this type becomes JSON.
pub(super) fn writing(api: &Api, named: &Named, shape: &Struct) -> Writing {
    let untyped = || api.any_in(named, &|ty, _| *ty == Ty::Json);
    match (named.sent, api.has_secret(named)) {
        (true, true) if named.pairs => Writing::Never,
        (true, true) => Writing::Wrapped,
        (true, false) if shape.extra.is_some() => Writing::Own,
        (true, false) => Writing::Derived,
        (false, true) => Writing::Never,
        (false, false) if untyped() => Writing::Never,
        (false, false) => Writing::Derived,
    }
}

/// A struct with all that belongs to it.
pub(super) fn items(api: &Api, named: &Named, shape: &Struct) -> Vec<TokenStream> {
    let writing = writing(api, named, shape);
    let mut items = vec![definition(api, named, shape, writing)];
    if hides(shape) {
        items.push(debug(named, shape));
    }
    if named.sent {
        items.extend(requests::items(api, named, shape));
    }
    items.extend(wire::items(api, named, shape, writing));
    items
}

fn definition(api: &Api, named: &Named, shape: &Struct, writing: Writing) -> TokenStream {
    let name = format_ident!("{}", named.name);
    let docs = docs::paragraphs(
        &[named.docs.clone(), named.source.as_ref().map(docs::source)],
        "An object of the provider's document.",
    );
    let mut derives = Vec::new();
    if !hides(shape) {
        derives.push("Debug");
    }
    derives.push("Clone");
    if !api.has_secret(named) {
        derives.extend(["PartialEq", "Eq"]);
    }
    if requests::has_default(named, shape) {
        derives.push("Default");
    }
    if writing == Writing::Derived {
        derives.push("Serialize");
    }
    if named.received {
        derives.push("Deserialize");
    }
    let derives = derives.iter().map(|name| format_ident!("{name}"));
    let serde = writing == Writing::Derived || named.received;
    let camels = serde && shape.fields.iter().any(|field| field.rust != field.wire && camel(&field.rust) == field.wire);
    let rename_all = camels.then(|| quote! { #[serde(rename_all = "camelCase")] });
    let fields = shape.fields.iter().map(|field| {
        let docs = field_docs(field);
        let name = format_ident!("{}", field.rust);
        let ty = member(field);
        let attributes = if serde { attributes(named, field, camels, writing) } else { TokenStream::new() };
        quote! { #docs #attributes pub #name: #ty, }
    });
    let extra = shape.extra.as_ref().map(|extra| {
        let docs = docs::lines(&["Members beside those above.".to_owned()]);
        let ty = rust(&extra.ty);
        let skip = named.received.then(|| quote! { #[serde(skip)] });
        quote! { #docs #skip pub extra: BTreeMap<String, #ty>, }
    });
    quote! {
        #docs
        #[derive(#(#derives),*)]
        #rename_all
        #[non_exhaustive]
        pub struct #name { #(#fields)* #extra }
    }
}

/// What a member is, its unit, and where that is known from if not from the type's own source.
pub(super) fn field_docs(field: &Field) -> TokenStream {
    told(field, true)
}

/// The same for a method, which prints nothing.
pub(super) fn method_docs(field: &Field) -> TokenStream {
    told(field, false)
}

fn told(field: &Field, printable: bool) -> TokenStream {
    let hidden = printable && (field.private || field.ty == Ty::Secret);
    let private = match (field.card && printable, hidden) {
        (true, _) => Some("Card data: it does not print.".to_owned()),
        (false, true) => Some("It does not print.".to_owned()),
        _ => None,
    };
    let source = field.source.as_ref().map(docs::source);
    docs::sentences(
        &[field.docs.clone(), field.unit.clone(), private, source],
        &format!("`{}`, which no document explains.", field.wire),
    )
}

fn attributes(named: &Named, field: &Field, camels: bool, writing: Writing) -> TokenStream {
    let mut parts = Vec::new();
    let natural = if camels { camel(&field.rust) } else { field.rust.clone() };
    if natural != field.wire {
        let wire = &field.wire;
        parts.push(quote!(rename = #wire));
    }
    if named.received {
        let reader = match &field.ty {
            _ if field.lenient => Some("pay_core::decode::lenient"),
            Ty::Json if field.required => Some("support::raw"),
            Ty::Json => Some("support::raw_or_none"),
            Ty::List(_) | Ty::Map(_) if !field.required => Some("support::or_empty"),
            _ => None,
        };
        if let Some(reader) = reader {
            if !field.required || field.lenient {
                parts.push(quote!(default));
            }
            parts.push(quote!(deserialize_with = #reader));
        }
    }
    if named.sent && writing == Writing::Derived {
        if let Some(test) = skip_test(field) {
            parts.push(quote!(skip_serializing_if = #test));
        }
        if field.ty == (Ty::Amount { number: true }) {
            let writer =
                if is_option(field) { "support::optional_number" } else { "pay_core::money::number::serialize" };
            parts.push(quote!(serialize_with = #writer));
        }
    }
    if parts.is_empty() {
        TokenStream::new()
    } else {
        quote! { #[serde(#(#parts),*)] }
    }
}

fn skip_test(field: &Field) -> Option<&'static str> {
    match &field.ty {
        _ if field.required || field.default.is_some() => None,
        Ty::List(_) => Some("Vec::is_empty"),
        Ty::Map(_) => Some("BTreeMap::is_empty"),
        _ => Some("Option::is_none"),
    }
}

/// Whether the member is an `Option`.
pub(super) fn is_option(field: &Field) -> bool {
    let listed = matches!(field.ty, Ty::List(_) | Ty::Map(_));
    field.lenient || (!field.required && field.default.is_none() && !listed)
}

/// The member's type in a struct.
pub(super) fn member(field: &Field) -> TokenStream {
    let ty = rust(&field.ty);
    if is_option(field) { quote!(Option<#ty>) } else { ty }
}

/// A type in Rust.
pub(super) fn rust(ty: &Ty) -> TokenStream {
    match ty {
        Ty::Text => quote!(String),
        Ty::Secret => quote!(SecretString),
        Ty::Flag => quote!(bool),
        Ty::Integer => quote!(i64),
        Ty::Unsigned => quote!(u64),
        Ty::Amount { .. } => quote!(Amount),
        Ty::RawAmount => quote!(RawAmount),
        Ty::Id => quote!(Id),
        Ty::Loose => quote!(LooseText),
        Ty::Json => quote!(RawBody),
        Ty::Named(name) => {
            let name = format_ident!("{name}");
            quote!(#name)
        }
        Ty::List(of) => {
            let of = rust(of);
            quote!(Vec<#of>)
        }
        Ty::Map(of) => {
            let of = rust(of);
            quote!(BTreeMap<String, #of>)
        }
    }
}

/// Whether something in it must not print; secrets look after themselves.
fn hides(shape: &Struct) -> bool {
    shape.extra.is_some() || shape.fields.iter().any(|field| field.private)
}

fn debug(named: &Named, shape: &Struct) -> TokenStream {
    let name = format_ident!("{}", named.name);
    let text = &named.name;
    let docs = docs::lines(&["What is private does not print.".to_owned()]);
    let shown = shape.fields.iter().filter(|field| !field.private).map(|field| {
        let (text, name) = (&field.rust, format_ident!("{}", field.rust));
        quote!(.field(#text, &self.#name))
    });
    quote! {
        #docs
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(#text) #(#shown)* .finish_non_exhaustive()
            }
        }
    }
}
