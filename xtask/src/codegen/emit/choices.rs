//! Enums, which are open: what no document lists is kept as it came.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use crate::codegen::ir::{Choice, Named, Value};

/// An enum with its reading and writing.
pub(super) fn items(named: &Named, choice: &Choice) -> Vec<TokenStream> {
    let docs =
        docs::paragraphs(&[named.docs.clone(), named.source.as_ref().map(docs::source)], "One of several values.");
    let mut items = open(&named.name, &docs, &choice.values.iter().collect::<Vec<_>>(), choice.any_case);
    let name = format_ident!("{}", named.name);
    let (read, write) = if choice.number {
        let write = quote! {
            match self.as_str().parse::<i64>() {
                Ok(number) if number.to_string() == self.as_str() => serializer.serialize_i64(number),
                _ => serializer.serialize_str(self.as_str()),
            }
        };
        (quote!(LooseText::deserialize(deserializer)?.as_str()), write)
    } else {
        let read = quote!(String::deserialize(deserializer)?.as_str());
        (read, quote!(serializer.serialize_str(self.as_str())))
    };
    items.push(quote! {
        impl Serialize for #name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> { #write }
        }
    });
    if named.received {
        items.push(quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    Ok(Self::from(#read))
                }
            }
        });
    }
    items
}

/// The enum itself, from and to text.
pub(super) fn open(name: &str, docs: &TokenStream, values: &[&Value], any_case: bool) -> Vec<TokenStream> {
    let name = format_ident!("{name}");
    let variants = values.iter().map(|value| {
        let docs = docs::sentences(
            &[Some(value.docs.clone()), value.source.as_ref().map(docs::source)],
            "Not explained by any document.",
        );
        let variant = format_ident!("{}", value.name);
        quote! { #docs #variant, }
    });
    let names: Vec<_> = values.iter().map(|value| format_ident!("{}", value.name)).collect();
    let wires: Vec<_> = values.iter().map(|value| &value.wire).collect();
    let groups = groups(values);
    let arms = if any_case {
        quote!(#(text if text.eq_ignore_ascii_case(#wires) => Self::#names,)*)
    } else {
        quote!(#(#wires => Self::#names,)*)
    };
    vec![
        quote! {
            #docs
            #[derive(Debug, Clone, PartialEq, Eq, Hash)]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                #[doc = " What no document lists, as it came."]
                Unknown(String),
            }
        },
        quote! {
            impl #name {
                #[doc = " The value as it stands on the wire."]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#names => #wires,)*
                        Self::Unknown(text) => text,
                    }
                }
                #(#groups)*
            }
        },
        quote! {
            impl From<&str> for #name {
                fn from(text: &str) -> Self {
                    match text {
                        #arms
                        other => Self::Unknown(other.to_owned()),
                    }
                }
            }
        },
        quote! {
            impl fmt::Display for #name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
            }
        },
    ]
}

fn groups(values: &[&Value]) -> Vec<TokenStream> {
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for value in values {
        if let Some(group) = &value.group {
            groups.entry(group).or_default().push(value);
        }
    }
    let methods = groups.into_iter().map(|(group, values)| {
        let method = format_ident!("is_{group}");
        let names = values.iter().map(|value| format_ident!("{}", value.name));
        let docs = docs::lines(&[format!("Whether it counts as {}.", group.replace('_', " "))]);
        quote! { #docs pub fn #method(&self) -> bool { matches!(self, #(Self::#names)|*) } }
    });
    methods.collect()
}
