//! Requests as plain values: made by name, by a builder where names would be confused, and changed by methods.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::structs::{member, method_docs, rust};
use crate::codegen::ir::{Api, Extra, Field, Named, Struct, Ty};

/// Constructor or builder, and a method for each member that can be left out.
pub(super) fn items(api: &Api, named: &Named, shape: &Struct) -> Vec<TokenStream> {
    let name = format_ident!("{}", named.name);
    let required: Vec<&Field> = shape.fields.iter().filter(|field| is_asked(field)).collect();
    let mut methods = Vec::new();
    let mut items = Vec::new();
    if shape.by_hand {
        // What callers make stands beside the generated files, and fills this one.
    } else if needs_builder(&required) {
        let builder = format_ident!("{}Builder", named.name);
        let docs = docs::lines(&["Starts one; `build` names what is missing.".to_owned()]);
        methods.push(quote! {
            #docs
            pub fn builder() -> #builder { #builder::default() }
        });
        items.extend(self::builder(named, shape, &required));
    } else {
        methods.push(constructor(named, shape, &required));
    }
    methods.extend(shape.fields.iter().filter(|field| !is_asked(field)).map(setter));
    if let Some(extra) = &shape.extra {
        methods.push(extra_setter(extra));
        methods.push(overridden(shape));
    }
    if named.pairs {
        methods.push(pairs(api, shape));
    }
    if !methods.is_empty() {
        items.insert(0, quote! { impl #name { #(#methods)* } });
    }
    items
}

/// Whether `Default` makes sense: nothing is required and nothing is set.
pub(super) fn has_default(named: &Named, shape: &Struct) -> bool {
    named.sent && !shape.fields.iter().any(|field| is_asked(field) || field.default.is_some())
}

/// Whether a caller must give it.
fn is_asked(field: &Field) -> bool {
    field.required && field.default.is_none()
}

/// More than three names, or two of one type, are confused too easily.
fn needs_builder(required: &[&Field]) -> bool {
    let same = |(at, field): (usize, &&Field)| required[..at].iter().any(|former| looks_like(&former.ty, &field.ty));
    required.len() > 3 || required.iter().enumerate().any(same)
}

fn looks_like(one: &Ty, other: &Ty) -> bool {
    rust(one).to_string() == rust(other).to_string()
}

fn constructor(named: &Named, shape: &Struct, required: &[&Field]) -> TokenStream {
    let docs = docs::lines(&["With nothing set: all of it can be left out.".to_owned()]);
    if has_default(named, shape) {
        return quote! { #docs pub fn new() -> Self { Self::default() } };
    }
    let docs = docs::lines(&["With what must be given.".to_owned()]);
    let arguments = required.iter().map(|field| {
        let (name, ty) = (format_ident!("{}", field.rust), taken(&field.ty));
        quote!(#name: #ty)
    });
    let given = |field: &Field| {
        let name = format_ident!("{}", field.rust);
        let value = converted(&field.ty, &quote!(#name));
        if value.to_string() == field.rust { quote!(#name) } else { quote!(#name: #value) }
    };
    let fields = filled(shape, &given);
    quote! { #docs pub fn new(#(#arguments),*) -> Self { Self { #fields } } }
}

/// All members: `given` for those that are asked for, nothing or the default for the others.
fn filled(shape: &Struct, given: &dyn Fn(&Field) -> TokenStream) -> TokenStream {
    let fields = shape.fields.iter().map(|field| {
        let name = format_ident!("{}", field.rust);
        match (&field.default, &field.ty) {
            _ if is_asked(field) => given(field),
            (Some(default), _) => quote!(#name: #default.to_owned()),
            (None, Ty::List(_)) => quote!(#name: Vec::new()),
            (None, Ty::Map(_)) => quote!(#name: BTreeMap::new()),
            (None, _) => quote!(#name: None),
        }
    });
    let extra = shape.extra.as_ref().map(|_| quote!(extra: BTreeMap::new(),));
    quote!(#(#fields,)* #extra)
}

fn setter(field: &Field) -> TokenStream {
    let name = format_ident!("{}", field.rust);
    let docs = method_docs(field);
    if let Ty::Map(of) = &field.ty {
        let (ty, value) = (taken(of), converted(of, &quote!(value)));
        return quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, name: impl Into<String>, value: #ty) -> Self {
                self.#name.insert(name.into(), #value);
                self
            }
        };
    }
    let (ty, value) = (taken(&field.ty), converted(&field.ty, &quote!(#name)));
    let optional = field.default.is_none() && !matches!(field.ty, Ty::List(_));
    let value = if optional { quote!(Some(#value)) } else { value };
    quote! {
        #docs
        #[must_use]
        pub fn #name(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

fn extra_setter(extra: &Extra) -> TokenStream {
    let name = format_ident!("{}", extra.name);
    let (ty, value) = (taken(&extra.ty), converted(&extra.ty, &quote!(value)));
    let docs = docs::lines(&["A member that has no method of its own; one that has cannot be overridden.".to_owned()]);
    quote! {
        #docs
        #[must_use]
        pub fn #name(mut self, name: impl Into<String>, value: #ty) -> Self {
            self.extra.insert(name.into(), #value);
            self
        }
    }
}

fn overridden(shape: &Struct) -> TokenStream {
    let names = shape.fields.iter().map(|field| &field.wire);
    let docs = docs::lines(&["A free member that has the name of a typed one, or none at all.".to_owned()]);
    quote! {
        #docs
        pub(crate) fn overridden(&self) -> Option<&str> {
            let own = [#(#names),*];
            self.extra.keys().map(String::as_str).find(|name| name.is_empty() || own.contains(name))
        }
    }
}

fn builder(named: &Named, shape: &Struct, required: &[&Field]) -> Vec<TokenStream> {
    let name = format_ident!("{}", named.name);
    let builder = format_ident!("{}Builder", named.name);
    let about = docs::lines(&[format!("Builds a [`{}`].", named.name)]);
    let operation = named.operation.clone().unwrap_or_else(|| crate::codegen::names::snake(&named.name));
    let fields = required.iter().map(|field| {
        let (name, ty) = (format_ident!("{}", field.rust), member(field));
        quote!(#name: Option<#ty>,)
    });
    let setters = required.iter().map(|field| {
        let (name, docs) = (format_ident!("{}", field.rust), method_docs(field));
        let (ty, value) = (taken(&field.ty), converted(&field.ty, &quote!(#name)));
        quote! {
            #docs
            pub fn #name(mut self, #name: #ty) -> Self {
                self.#name = Some(#value);
                self
            }
        }
    });
    let names: Vec<_> = required.iter().map(|field| format_ident!("{}", field.rust)).collect();
    let wires = required.iter().map(|field| &field.wire);
    let all = filled(shape, &|field| {
        let name = format_ident!("{}", field.rust);
        quote!(#name)
    });
    let built = docs::lines(&[
        "The request, if nothing is missing.".to_owned(),
        String::new(),
        "# Errors".to_owned(),
        "`Kind::Invalid`, naming all that is missing.".to_owned(),
    ]);
    let hidden = docs::lines(&["It may hold what must not print.".to_owned()]);
    let text = builder.to_string();
    vec![
        quote! {
            #about
            #[must_use = "a builder does nothing until it is built"]
            #[derive(Clone, Default)]
            pub struct #builder { #(#fields)* }
        },
        quote! {
            impl #builder {
                #(#setters)*
                #built
                pub fn build(self) -> Result<#name, pay_core::Error> {
                    let given = [#((#wires, self.#names.is_some())),*];
                    let Self { #(#names: Some(#names),)* } = self else {
                        return Err(support::missing(#operation, &given));
                    };
                    Ok(#name { #all })
                }
            }
        },
        quote! {
            #hidden
            impl fmt::Debug for #builder {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(#text) }
            }
        },
    ]
}

/// A type as an argument.
pub(super) fn taken(ty: &Ty) -> TokenStream {
    let own = rust(ty);
    if converts(ty) { quote!(impl Into<#own>) } else { own }
}

/// An argument as a value.
pub(super) fn converted(ty: &Ty, value: &TokenStream) -> TokenStream {
    if converts(ty) { quote!(#value.into()) } else { value.clone() }
}

fn converts(ty: &Ty) -> bool {
    matches!(ty, Ty::Text | Ty::Secret | Ty::Id | Ty::Named(_))
}

/// The members as name and text, for a form or a query.
fn pairs(api: &Api, shape: &Struct) -> TokenStream {
    let text = |field: &Field, value: TokenStream| match &field.ty {
        Ty::Text => quote!(Cow::Borrowed(#value.as_str())),
        Ty::Secret => quote!(Cow::Borrowed(#value.expose_secret())),
        Ty::Named(name) if api.named(name).is_some() => quote!(Cow::Borrowed(#value.as_str())),
        _ => quote!(Cow::Owned(#value.to_string())),
    };
    let always = |field: &&Field| !super::structs::is_option(field);
    let pair = |field: &Field| {
        let (wire, name) = (&field.wire, format_ident!("{}", field.rust));
        let value = text(field, quote!(self.#name));
        quote!((#wire, #value))
    };
    let first: Vec<_> = shape.fields.iter().take_while(always).map(pair).collect();
    let rest: Vec<_> = shape
        .fields
        .iter()
        .skip_while(always)
        .map(|field| {
            if always(&field) {
                let pair = pair(field);
                return quote!(pairs.push(#pair););
            }
            let (wire, name) = (&field.wire, format_ident!("{}", field.rust));
            let value = text(field, quote!(#name));
            quote!(if let Some(#name) = &self.#name { pairs.push((#wire, #value)); })
        })
        .collect();
    let docs = docs::lines(&["The members that are there, in the order in which they are written.".to_owned()]);
    let body = if rest.is_empty() {
        quote!(vec![#(#first),*])
    } else {
        let start = if first.is_empty() { quote!(Vec::new()) } else { quote!(vec![#(#first),*]) };
        quote! { let mut pairs = #start; #(#rest)* pairs }
    };
    quote! { #docs pub(crate) fn pairs(&self) -> Vec<(&'static str, Cow<'_, str>)> { #body } }
}
