//! Doc comments: what, unit, evidence.

use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::ir::Source;

const WIDTH: usize = 108;

/// Doc comments, one for each line.
pub(super) fn lines(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote! { #(#[doc = #lines])* }
}

/// A comment of paragraphs, wrapped; an empty text gives `otherwise`.
pub(super) fn paragraphs(parts: &[Option<String>], otherwise: &str) -> TokenStream {
    let mut out: Vec<String> = Vec::new();
    for part in parts.iter().flatten().filter(|part| !part.trim().is_empty()) {
        if !out.is_empty() {
            out.push(String::new());
        }
        out.extend(wrapped(part));
    }
    if out.is_empty() {
        out.push(otherwise.to_owned());
    }
    lines(&out)
}

/// A comment of one paragraph made of sentences.
pub(super) fn sentences(parts: &[Option<String>], otherwise: &str) -> TokenStream {
    let parts: Vec<String> =
        parts.iter().flatten().map(|part| sentence(part)).filter(|part| !part.is_empty()).collect();
    paragraphs(&[Some(parts.join(" "))], otherwise)
}

/// Evidence as a sentence.
pub(super) fn source(source: &Source) -> String {
    let text = link(&source.text);
    match source.level {
        "documented" => format!("Source: {text}."),
        "sdk" => format!("Seen in the provider's own code: {text}."),
        _ => format!("Assumed: {text}."),
    }
}

/// Evidence in brackets.
pub(super) fn brief(source: &Source) -> String {
    format!("{}: {}", source.level, link(&source.text))
}

fn link(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let words = text.split(' ').map(|word| {
        let bare = word.trim_end_matches([',', ';']);
        if bare.starts_with("https://") { format!("<{bare}>{}", &word[bare.len()..]) } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', ':', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// Text in lines of a comment's width.
fn wrapped(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for word in text.split_whitespace() {
        let last = out.len() - 1;
        if !out[last].is_empty() && out[last].len() + word.len() >= WIDTH {
            out.push(word.to_owned());
        } else {
            if !out[last].is_empty() {
                out[last].push(' ');
            }
            out[last].push_str(word);
        }
    }
    out
}
