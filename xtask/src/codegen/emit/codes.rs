//! The provider's codes, and what each means for the call that it answers.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::print::Source;
use super::{choices, docs};
use crate::codegen::ir::{Api, Code};

/// `codes.rs`.
pub(super) fn file(api: &Api) -> Source {
    let mut source = Source::new("The provider's codes, an open set, and what each means.");
    let about = docs::paragraphs(
        &[
            Some("A code of the provider. The list is open: new codes can appear at any time.".to_owned()),
            api.codes_source.as_ref().map(docs::source),
        ],
        "",
    );
    for item in choices::open("Code", &about, &api.codes.iter().map(|code| &code.value).collect::<Vec<_>>(), false) {
        source.item(item);
    }
    source.item(quote! {
        #[doc = " What a code means for the call that it answers."]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Meaning {
            #[doc = " It is done."]
            Success,
            #[doc = " It failed in this way, with this said about the money."]
            Failure(Kind, Outcome),
        }
    });
    let arms = arms(&api.codes);
    source.item(quote! {
        impl Code {
            #[doc = " The code of an error, if the provider sent one."]
            pub fn of(error: &pay_core::Error) -> Option<Self> { error.provider_code().map(Self::from) }

            #[doc = " What the documents say about the call that it answers; nothing about a code that they do not list."]
            pub(crate) fn meaning(&self) -> Option<Meaning> {
                Some(match self {
                    #(#arms)*
                    Self::Unknown(_) => return None,
                })
            }
        }
    });
    source
}

/// Codes of one meaning stand together, in the order in which the meanings first occur.
fn arms(codes: &[Code]) -> Vec<TokenStream> {
    type Group<'a> = (Option<(&'a str, &'a str)>, Vec<&'a Code>);
    let mut groups: Vec<Group<'_>> = Vec::new();
    for code in codes {
        match groups.iter_mut().find(|(meaning, _)| *meaning == code.meaning) {
            Some((_, group)) => group.push(code),
            None => groups.push((code.meaning, vec![code])),
        }
    }
    let arms = groups.into_iter().map(|(meaning, group)| {
        let names = group.iter().map(|code| format_ident!("{}", code.value.name));
        let meaning = match meaning {
            None => quote!(Meaning::Success),
            Some((kind, outcome)) => {
                let (kind, outcome) = (format_ident!("{kind}"), format_ident!("{outcome}"));
                quote!(Meaning::Failure(Kind::#kind, Outcome::#outcome))
            }
        };
        quote! { #(Self::#names)|* => #meaning, }
    });
    arms.collect()
}
