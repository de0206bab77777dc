//! What a client's source shows: the methods of `Builder` and `Client`, what it exports, and the variables that it reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{FnArg, ImplItem, ImplItemFn, Item, ItemImpl, Pat, Type, UseTree, Visibility};

use crate::Result;

/// A method's name to its arguments' names.
type Methods = BTreeMap<String, Vec<String>>;

/// One client's source, as far as clients are compared.
#[derive(Debug, Default)]
pub(super) struct Surface {
    pub(super) builder: Methods,
    pub(super) client: Methods,
    /// What verifies webhooks, where there is one.
    pub(super) receiver: Methods,
    /// Names that `lib.rs` exports.
    pub(super) exports: BTreeSet<String>,
    /// Public modules, and the names that each exports.
    pub(super) modules: BTreeMap<String, BTreeSet<String>>,
    /// Variables of the environment that code names.
    pub(super) variables: BTreeSet<String>,
}

impl Surface {
    pub(super) fn read(name: &str, src: &Path) -> Result<Self> {
        let mut surface = Self::default();
        let prefix = prefix(name);
        for path in sources(src)? {
            let file = parse(&path)?;
            surface.methods(&file)?;
            for item in file.items.iter().filter(|item| !is_test(item)) {
                let mut words = Vec::new();
                words_of(item.to_token_stream(), &mut words);
                // Elsewhere, words in capitals are words of the wire.
                let reads = path.ends_with("env.rs");
                surface.variables.extend(words.into_iter().filter(|word| reads || word.starts_with(&prefix)));
            }
        }
        let lib = parse(&src.join("lib.rs"))?;
        surface.exports = exports(&lib.items);
        for module in lib.items.iter().filter_map(public_module) {
            let folder = src.join(&module).join("mod.rs");
            let path = if folder.is_file() { folder } else { src.join(format!("{module}.rs")) };
            surface.modules.insert(module, exports(&parse(&path)?.items));
        }
        Ok(surface)
    }

    fn methods(&mut self, file: &syn::File) -> Result<()> {
        for block in file.items.iter().filter_map(|item| if let Item::Impl(block) = item { Some(block) } else { None })
        {
            let Type::Path(path) = &*block.self_ty else { continue };
            let own = block.trait_.is_none();
            let methods = match path.path.get_ident() {
                Some(name) if own && name == "Builder" => &mut self.builder,
                Some(name) if own && name == "Client" => &mut self.client,
                Some(name) if own && name == "Webhooks" => &mut self.receiver,
                _ => continue,
            };
            for item in &block.items {
                match item {
                    ImplItem::Fn(function) => methods.extend(public(function)),
                    ImplItem::Macro(call) => {
                        let name = call.mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                        match local_macro(file, &name)? {
                            Some(written) => methods.extend(written),
                            None => drop(methods.insert(format!("{name}!"), Vec::new())),
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

/// Variables that are not called like the crate and the method or argument of builder or receiver that they set. A key before
/// the one that is used is called so.
pub(super) fn variables_out_of_scheme(name: &str, surface: &Surface) -> Vec<String> {
    let prefix = prefix(name);
    let methods = || surface.builder.iter().chain(&surface.receiver);
    let mut known: BTreeSet<&str> = methods().map(|(name, _)| name.as_str()).collect();
    known.extend(methods().flat_map(|(_, arguments)| arguments).map(String::as_str));
    let fits = |variable: &&String| {
        let setting = variable.strip_prefix(&prefix).map(|rest| rest.trim_start_matches("PREVIOUS_").to_lowercase());
        setting.is_some_and(|setting| known.contains(setting.as_str()))
    };
    surface.variables.iter().filter(|variable| !fits(variable)).cloned().collect()
}

/// What the crate's variables begin with.
fn prefix(name: &str) -> String {
    format!("{}_", name.replace('-', "_").to_uppercase())
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn parse(path: &Path) -> Result<syn::File> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(module) => &module.attrs,
        Item::Fn(function) => &function.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| attribute.to_token_stream().to_string().contains("cfg (test)"))
}

fn public(function: &ImplItemFn) -> Option<(String, Vec<String>)> {
    if !matches!(function.vis, Visibility::Public(_)) {
        return None;
    }
    let arguments = function.sig.inputs.iter().filter_map(|argument| match argument {
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(name) => Some(name.ident.to_string()),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    Some((function.sig.ident.to_string(), arguments.collect()))
}

/// The public methods that a macro of the same file writes, where it takes no arguments.
fn local_macro(file: &syn::File, name: &str) -> Result<Option<Methods>> {
    let written = file.items.iter().find_map(|item| match item {
        Item::Macro(written) if written.ident.as_ref().is_some_and(|ident| ident == name) => Some(&written.mac.tokens),
        _ => None,
    });
    let body = written.and_then(|tokens| {
        tokens
            .clone()
            .into_iter()
            .filter_map(|token| match token {
                TokenTree::Group(group) => Some(group.stream()),
                _ => None,
            })
            .last()
    });
    let Some(body) = body else { return Ok(None) };
    let block: ItemImpl = syn::parse2(quote! { impl Written { #body } })?;
    Ok(Some(block.items.iter().filter_map(|item| if let ImplItem::Fn(f) = item { public(f) } else { None }).collect()))
}

fn public_module(item: &Item) -> Option<String> {
    match item {
        Item::Mod(module) if matches!(module.vis, Visibility::Public(_)) => Some(module.ident.to_string()),
        _ => None,
    }
}

fn exports(items: &[Item]) -> BTreeSet<String> {
    let mut names = Vec::new();
    for item in items {
        if let Item::Use(item) = item
            && matches!(item.vis, Visibility::Public(_))
        {
            leaves(&item.tree, &mut names);
        }
    }
    names.into_iter().collect()
}

fn leaves(tree: &UseTree, names: &mut Vec<String>) {
    match tree {
        UseTree::Path(path) => leaves(&path.tree, names),
        UseTree::Name(name) => names.push(name.ident.to_string()),
        UseTree::Rename(renamed) => names.push(renamed.rename.to_string()),
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, names)),
        UseTree::Glob(_) => names.push("*".to_owned()),
    }
}

/// Texts in capitals with a line between: names of variables, or words of the wire.
fn words_of(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => words_of(group.stream(), words),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let text = text.trim_matches('"');
                let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
                if text.contains('_') && text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(capital)
                {
                    words.push(text.to_owned());
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"
        macro_rules! keys {
            () => {
                pub fn credentials(mut self, api_key: String) -> Self { self }
                fn private(self) {}
            };
        }
        impl Builder {
            pub fn local(self, base_url: String) -> Self { self }
            pub(crate) fn inner(self) {}
            keys!();
            pay_core::builder_settings!();
        }
        impl Client { pub fn raw(&self) {} }
        impl Webhooks { pub fn new(webhook_key: String) -> Self { Self } }
        impl Other { pub fn not_this(&self) {} }
        impl Debug for Client { fn fmt(&self) {} }
        fn read() { var("CARD_API_KEY"); word("MERCHANT_PAYMENT"); doc("CARD_X and more"); }
        #[cfg(test)]
        mod tests { const X: &str = "CARD_TEST_ONLY"; }
    "#;

    fn surface(env: &str) -> Surface {
        let dir = tempfile::tempdir().unwrap();
        let lib = "pub mod shop;\nmod env;\npub use client::{Client, Other as Another};\nuse private::Thing;\n";
        let files = [("lib.rs", lib), ("client.rs", SOURCE), ("env.rs", env), ("shop.rs", "pub use cents::Cents;")];
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Surface::read("card", dir.path()).unwrap()
    }

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn public_methods_are_found_also_those_that_a_macro_writes() {
        let surface = surface("");
        let builder: Vec<&str> = surface.builder.keys().map(String::as_str).collect();
        assert_eq!(builder, ["builder_settings!", "credentials", "local"]);
        assert_eq!(surface.builder["credentials"], ["api_key"]);
        assert_eq!(surface.client.keys().collect::<Vec<_>>(), ["raw"]);
    }

    #[test]
    fn exports_and_modules_are_found() {
        let surface = surface("");
        assert_eq!(surface.exports, set(&["Another", "Client"]));
        assert_eq!(surface.modules["shop"], set(&["Cents"]));
    }

    #[test]
    fn variables_are_called_like_the_builders_settings() {
        let good = surface(r#"fn env() { var("CARD_BASE_URL"); var("CARD_PREVIOUS_WEBHOOK_KEY"); }"#);
        assert_eq!(good.variables, set(&["CARD_API_KEY", "CARD_BASE_URL", "CARD_PREVIOUS_WEBHOOK_KEY"]));
        assert_eq!(variables_out_of_scheme("card", &good), [""; 0]);
        let bad = surface(r#"fn env() { var("CARD_KEY"); var("OTHER_BASE_URL"); }"#);
        assert_eq!(variables_out_of_scheme("card", &bad), ["CARD_KEY", "OTHER_BASE_URL"]);
    }
}
