//! Writing by hand what `derive` cannot: free members between others, and secrets that only a request may carry.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::structs::{Writing, is_option};
use crate::codegen::ir::{Api, Field, Named, Struct, Ty};

/// The `Serialize` that is written out, where one is needed.
pub(super) fn items(api: &Api, named: &Named, shape: &Struct, writing: Writing) -> Vec<TokenStream> {
    let name = format_ident!("{}", named.name);
    match writing {
        Writing::Derived | Writing::Never => Vec::new(),
        Writing::Own => {
            let docs =
                docs::lines(&["Free members stand between the others, and amounts keep their digits.".to_owned()]);
            vec![implementation(&docs, &quote!(#name), &members(api, shape, &quote!(self)))]
        }
        Writing::Wrapped => {
            let wire = format_ident!("{}Wire", named.name);
            let about =
                docs::lines(&[format!("A [`{}`] as it is sent: nothing else may write its secrets.", named.name)]);
            let none = TokenStream::new();
            vec![
                quote! { #about pub(crate) struct #wire<'a>(pub(crate) &'a #name); },
                implementation(&none, &quote!(#wire<'_>), &members(api, shape, &quote!(self.0))),
            ]
        }
    }
}

fn implementation(docs: &TokenStream, ty: &TokenStream, members: &[TokenStream]) -> TokenStream {
    quote! {
        #docs
        impl Serialize for #ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                #(#members)*
                map.end()
            }
        }
    }
}

fn members(api: &Api, shape: &Struct, this: &TokenStream) -> Vec<TokenStream> {
    let mut out: Vec<TokenStream> = shape.fields.iter().map(|field| member(api, field, this)).collect();
    if let Some(extra) = &shape.extra {
        let free = quote! { for (name, value) in &#this.extra { map.serialize_entry(name, value)?; } };
        out.insert(extra.after.min(out.len()), free);
    }
    out
}

fn member(api: &Api, field: &Field, this: &TokenStream) -> TokenStream {
    let (wire, name) = (&field.wire, format_ident!("{}", field.rust));
    let listed = matches!(field.ty, Ty::List(_) | Ty::Map(_));
    if is_option(field) {
        let value = value(api, &field.ty, &quote!(#name), &quote!(*#name), &quote!(#name));
        return quote! { if let Some(#name) = &#this.#name { map.serialize_entry(#wire, #value)?; } };
    }
    let value = value(api, &field.ty, &quote!(&#this.#name), &quote!(#this.#name), &quote!(#this.#name));
    let entry = quote! { map.serialize_entry(#wire, #value)?; };
    // Empty members are left out, unless a document says that they are always there.
    if listed && !field.required {
        quote! { if !#this.#name.is_empty() { #entry } }
    } else {
        entry
    }
}

/// The expression that is written: by reference, by value, or as the place itself.
fn value(api: &Api, ty: &Ty, reference: &TokenStream, copy: &TokenStream, place: &TokenStream) -> TokenStream {
    match ty {
        Ty::Secret => quote!(#place.expose_secret()),
        Ty::Amount { number: true } => quote!(&support::Number(#copy)),
        Ty::Named(name) if api.named(name).is_some_and(|named| api.has_secret(named)) => {
            let wire = format_ident!("{name}Wire");
            quote!(&#wire(#reference))
        }
        _ => reference.clone(),
    }
}
