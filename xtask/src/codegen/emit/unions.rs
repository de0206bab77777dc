//! Unions: each shape is tried on the raw text, because serde's own buffers would round amounts.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::structs::rust;
use crate::codegen::ir::{Api, Named, Ty, Variant};

/// A union with its reading and writing.
pub(super) fn items(api: &Api, named: &Named, variants: &[Variant]) -> Vec<TokenStream> {
    let name = format_ident!("{}", named.name);
    let docs =
        docs::paragraphs(&[named.docs.clone(), named.source.as_ref().map(docs::source)], "One of several shapes.");
    let secret = api.has_secret(named);
    let eq = (!secret).then(|| quote!(, PartialEq, Eq));
    let shapes = variants.iter().map(|variant| {
        let (docs, shape) = (shape_docs(variant), format_ident!("{}", variant.name));
        let ty = rust(&variant.ty);
        quote! { #docs #shape(#ty), }
    });
    let hides = variants.iter().any(|variant| variant.private);
    let debug = (!hides).then(|| quote!(Debug,));
    let mut items = vec![quote! {
        #docs
        #[derive(#debug Clone #eq)]
        #[non_exhaustive]
        pub enum #name { #(#shapes)* }
    }];
    if hides {
        items.push(self::debug(&name, variants));
    }
    if named.received {
        items.push(reading(&name, variants));
    }
    let untyped = api.any_in(named, &|ty, _| *ty == Ty::Json);
    if !secret && !untyped {
        items.push(writing(&name, variants));
    }
    if named.sent {
        items.extend(variants.iter().flat_map(|variant| conversions(&name, variant)));
    }
    items
}

fn shape_docs(variant: &Variant) -> TokenStream {
    let private = variant.private.then(|| "It does not print.".to_owned());
    docs::sentences(&[variant.docs.clone(), private], &format!("The shape `{}`.", variant.name))
}

fn debug(name: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let docs = docs::lines(&["What is private does not print.".to_owned()]);
    let arms = variants.iter().map(|variant| {
        let (shape, text) = (format_ident!("{}", variant.name), &variant.name);
        if variant.private {
            let text = format!("{text}(..)");
            quote!(Self::#shape(_) => f.write_str(#text),)
        } else {
            quote!(Self::#shape(value) => f.debug_tuple(#text).field(value).finish(),)
        }
    });
    quote! {
        #docs
        impl fmt::Debug for #name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { #(#arms)* }
            }
        }
    }
}

fn reading(name: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let typed = variants.iter().filter(|variant| variant.ty != Ty::Json);
    let attempts = typed.enumerate().map(|(at, variant)| {
        let shape = format_ident!("{}", variant.name);
        let read = quote!(serde_json::from_str(text).map(Self::#shape));
        if at == 0 { read } else { quote!(.or_else(|_| #read)) }
    });
    // The shape that takes anything is the last one, so that no attempt can fail.
    let read = match variants.iter().find(|variant| variant.ty == Ty::Json) {
        Some(variant) => {
            let shape = format_ident!("{}", variant.name);
            quote!(Ok(#(#attempts)* .unwrap_or_else(|_| Self::#shape(RawBody::new(text.to_owned())))))
        }
        None => quote!(#(#attempts)* .map_err(|_| serde::de::Error::custom("none of the documented shapes"))),
    };
    let docs =
        docs::lines(&["The first shape that fits, tried on the raw text: amounts keep their digits.".to_owned()]);
    quote! {
        #docs
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = Box::<RawValue>::deserialize(deserializer)?;
                let text = raw.get();
                #read
            }
        }
    }
}

fn writing(name: &proc_macro2::Ident, variants: &[Variant]) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let shape = format_ident!("{}", variant.name);
        match &variant.ty {
            Ty::Amount { number: true } => {
                quote!(Self::#shape(value) => pay_core::money::number::serialize(value, serializer),)
            }
            _ => quote!(Self::#shape(value) => value.serialize(serializer),),
        }
    });
    quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { #(#arms)* }
            }
        }
    }
}

fn conversions(name: &proc_macro2::Ident, variant: &Variant) -> Vec<TokenStream> {
    let shape = format_ident!("{}", variant.name);
    let ty = rust(&variant.ty);
    let mut out = Vec::new();
    if variant.ty == Ty::Text {
        out.push(
            quote! { impl From<&str> for #name { fn from(value: &str) -> Self { Self::#shape(value.to_owned()) } } },
        );
    }
    out.push(quote! { impl From<#ty> for #name { fn from(value: #ty) -> Self { Self::#shape(value) } } });
    out
}
