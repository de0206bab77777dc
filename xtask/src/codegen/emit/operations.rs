//! Endpoints as data, and a function for each that writes its request.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::print::Source;
use super::{docs, structs};
use crate::codegen::ir::{Api, Body, Caller, Limit, Named, Operation, PathValue, Repeat, Shape, Ty};
use crate::codegen::names::pascal;

/// `operations.rs`.
pub(super) fn file(api: &Api) -> Source {
    let mut source = Source::new("The endpoints as data, and how a request of each is written.");
    for named in &api.types {
        source.knows(&named.name, "super::types");
        source.knows(&format!("{}Wire", named.name), "super::types");
    }
    for operation in &api.operations {
        if let Some(limit) = &operation.limit {
            source.item(limit_item(operation, limit));
        }
        source.item(data(operation));
        source.item(writer(api, operation));
    }
    let all = api.operations.iter().map(constant);
    let count = proc_macro2::Literal::usize_unsuffixed(api.operations.len());
    source.item(quote! {
        #[doc = " Every endpoint, in the order of the document."]
        pub(crate) static OPERATIONS: [&Operation; #count] = [#(&#all),*];
    });
    source
}

/// The name of an operation's static.
pub(super) fn constant(operation: &Operation) -> proc_macro2::Ident {
    format_ident!("{}", operation.name.to_uppercase())
}

fn limit_item(operation: &Operation, limit: &Limit) -> TokenStream {
    let name = format_ident!("{}_LIMIT", operation.name.to_uppercase());
    let Limit { name: text, max, seconds, by_token } = limit;
    let max = proc_macro2::Literal::usize_unsuffixed(*max);
    let seconds = proc_macro2::Literal::u64_unsuffixed(*seconds);
    let scope = if *by_token { quote!(Scope::Token) } else { quote!(Scope::Address) };
    let docs = docs::lines(&[format!("The documented limit of [`{}`].", constant(operation))]);
    quote! {
        #docs
        pub(crate) static #name: Limit =
            Limit { name: #text, max: #max, per: Duration::from_secs(#seconds), scope: #scope };
    }
}

/// What an operation is, for a comment.
pub(super) fn about(operation: &Operation) -> Vec<Option<String>> {
    let what = format!(
        "{} `{} {}` ({}).",
        operation.summary.trim(),
        operation.method,
        operation.path,
        docs::brief(&operation.source)
    );
    let repeat = match &operation.repeat {
        Repeat::Keyed(member) => Some(format!("De-duplicated by the provider on `{member}`.")),
        Repeat::Never => Some("Never sent again once it may have acted.".to_owned()),
        Repeat::Safe => None,
    };
    vec![Some(what), operation.description.clone(), repeat]
}

fn data(operation: &Operation) -> TokenStream {
    let (constant, name, path) = (constant(operation), &operation.name, &operation.path);
    let docs = docs::paragraphs(&about(operation), "");
    let verb = format_ident!("{}", pascal(&operation.method.to_lowercase()));
    let repeat = match operation.repeat {
        Repeat::Safe => quote!(Repeat::Safe),
        Repeat::Keyed(_) => quote!(Repeat::Keyed),
        Repeat::Never => quote!(Repeat::Never),
    };
    let public = (operation.caller == Caller::Nobody).then(|| quote!(.public()));
    let media = (operation.send_media.is_some() || operation.accept.is_some()).then(|| {
        let send = match &operation.send_media {
            Some(media) => quote!(Some(#media)),
            None => quote!(None),
        };
        let accept = operation.accept.as_deref().unwrap_or("application/json");
        quote!(.media(#send, #accept))
    });
    let signed = operation.sign.then(|| quote!(.signed()));
    let keeping = operation.keep_token.then(|| quote!(.keeping_token()));
    let sealed = operation.seal.then(|| quote!(.sealed()));
    let limited = operation.limit.is_some().then(|| {
        let limit = format_ident!("{}_LIMIT", operation.name.to_uppercase());
        quote!(.limited(&#limit))
    });
    quote! {
        #docs
        pub(crate) static #constant: Operation =
            Operation::new(#name, Verb::#verb, #path, #repeat) #public #media #signed #sealed #limited #keeping;
    }
}

/// A value in a path as a text argument.
fn path_text(value: &PathValue) -> (TokenStream, TokenStream) {
    let name = format_ident!("{}", value.rust);
    match &value.ty {
        Ty::Text => (quote!(#name: &str), quote!(#name)),
        Ty::Named(_) => {
            let ty = structs::rust(&value.ty);
            (quote!(#name: &#ty), quote!(#name.as_str()))
        }
        Ty::Id => (quote!(#name: &Id), quote!(&#name.to_string())),
        other => {
            let ty = structs::rust(other);
            (quote!(#name: #ty), quote!(&#name.to_string()))
        }
    }
}

fn writer(api: &Api, operation: &Operation) -> TokenStream {
    let (constant, name) = (constant(operation), format_ident!("{}", operation.name));
    let docs = docs::lines(&[format!("Writes the request of [`{constant}`].")]);
    let mut arguments = Vec::new();
    let mut parts = quote!(Parts::new(&#constant));
    for value in &operation.path_values {
        let (argument, text) = path_text(value);
        let wire = &value.wire;
        arguments.push(argument);
        parts.extend(quote!(.path_value(#wire, #text)));
    }
    if let Some(name) = &operation.query {
        let ty = format_ident!("{name}");
        arguments.push(quote!(query: &#ty));
        parts = quote!(query.pairs().iter().fold(#parts, |parts, (name, value)| parts.query(name, value)));
    }
    let mut before = TokenStream::new();
    match &operation.body {
        Body::None => {}
        Body::Json(ty) => {
            let rust = structs::rust(ty);
            arguments.push(quote!(body: &#rust));
            match ty {
                Ty::Named(name) if api.named(name).is_some_and(|named| api.has_secret(named)) => {
                    let wire = format_ident!("{name}Wire");
                    parts.extend(quote!(.json(&#wire(body))));
                }
                _ => parts.extend(quote!(.json(body))),
            }
        }
        Body::Form(name) => {
            let ty = format_ident!("{name}");
            arguments.push(quote!(body: &#ty));
            before.extend(quote! {
                let pairs = body.pairs();
                let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_ref())).collect();
            });
            parts.extend(quote!(.form(&pairs)));
        }
        Body::AnyJson => {
            arguments.push(quote!(body: &[u8]));
            parts = quote!(support::any_json(#parts, body));
        }
    }
    if let Some(member) = &operation.reference {
        let holder = if operation.body == Body::None { quote!(query) } else { quote!(body) };
        let field = format_ident!("{}", member.rust);
        if member.optional {
            before.extend(quote!(let parts = #parts;));
            parts = quote!(match &#holder.#field { Some(reference) => parts.reference(reference), None => parts });
        } else {
            parts.extend(quote!(.reference(&#holder.#field)));
        }
    }
    if has_extra(api, &operation.body) {
        before.extend(quote!(let parts = #parts;));
        parts = quote! {
            match body.overridden() {
                Some(name) => parts.mistake(format!("the field `{name}` has a method of its own")),
                None => parts,
            }
        };
    }
    quote! { #docs pub(crate) fn #name(#(#arguments),*) -> Parts { #before #parts } }
}

fn has_extra(api: &Api, body: &Body) -> bool {
    let Body::Json(Ty::Named(name)) = body else { return false };
    matches!(api.named(name), Some(Named { shape: Shape::Struct(shape), .. }) if shape.extra.is_some())
}
