//! The client's methods, for operations that need nothing more than what the document says.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::operations::{about, constant};
use super::print::Source;
use super::{docs, structs};
use crate::codegen::ir::{Api, Body, Caller, Operation, Reply, Ty};

/// `calls.rs`.
pub(super) fn file(api: &Api) -> Source {
    let mut source = Source::new("The client's methods that need no hand: each starts the call of its operation.");
    for named in &api.types {
        source.knows(&named.name, "super::types");
    }
    source.knows("operations", "super");
    for (ty, of_user) in [("Client", false), ("User", true)] {
        let wanted = |operation: &&Operation| operation.call && (operation.caller == Caller::User) == of_user;
        let methods: Vec<TokenStream> = api.operations.iter().filter(wanted).map(method).collect();
        if !methods.is_empty() {
            let ty = format_ident!("{ty}");
            source.item(quote! { impl #ty { #(#methods)* } });
        }
    }
    source
}

fn method(operation: &Operation) -> TokenStream {
    let (constant, name) = (constant(operation), format_ident!("{}", operation.name));
    let values = operation.path_values.iter().filter_map(|value| {
        let docs = value.docs.as_ref()?;
        Some(format!("`{}`: {}", value.rust, docs.trim()))
    });
    let mut paragraphs = about(operation);
    paragraphs.extend(values.map(Some));
    let docs = docs::paragraphs(&paragraphs, "");
    let mut arguments = Vec::new();
    let mut given = Vec::new();
    for value in &operation.path_values {
        let name = format_ident!("{}", value.rust);
        let (argument, passed) = match &value.ty {
            Ty::Text => (quote!(#name: &str), quote!(#name)),
            Ty::Id => (quote!(#name: impl Into<Id>), quote!(&#name.into())),
            Ty::Named(_) => {
                let ty = structs::rust(&value.ty);
                (quote!(#name: &#ty), quote!(#name))
            }
            other => {
                let ty = structs::rust(other);
                (quote!(#name: #ty), quote!(#name))
            }
        };
        arguments.push(argument);
        given.push(passed);
    }
    if let Some(name) = &operation.query {
        let ty = format_ident!("{name}");
        arguments.push(quote!(query: &#ty));
        given.push(quote!(query));
    }
    let body = match &operation.body {
        Body::Json(ty) => Some(structs::rust(ty)),
        Body::Form(name) => {
            let ty = format_ident!("{name}");
            Some(quote!(#ty))
        }
        Body::AnyJson => {
            arguments.push(quote!(json: impl AsRef<[u8]>));
            given.push(quote!(json.as_ref()));
            None
        }
        Body::None => None,
    };
    if let Some(ty) = body {
        arguments.push(quote!(request: &#ty));
        given.push(quote!(request));
    }
    let (ty, decode) = match &operation.reply {
        Reply::Nothing => (quote!(()), quote!(|_| Ok(()))),
        Reply::Json(ty) => (structs::rust(ty), quote!(|answer| pay_core::decode::json(&answer.body))),
        Reply::Text { secret: false } => (quote!(String), quote!(support::text)),
        Reply::Text { secret: true } => (quote!(SecretString), quote!(|answer| support::text(answer).map(Into::into))),
        Reply::AnyJson => (quote!(RawBody), quote!(|answer| Ok(RawBody::new(answer.body.clone())))),
    };
    quote! {
        #docs
        pub fn #name(&self, #(#arguments),*) -> Call<#ty> {
            let parts = operations::#name(#(#given),*);
            self.start(&operations::#constant, parts, #decode)
        }
    }
}
