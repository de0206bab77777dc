//! Each rule with a difference that it sees, and one beside it that it lets pass.

use super::*;

const START: &str = "\
rust-version 1.89
feature default = tls
feature tls
feature web
names http 1

pub mod a
pub use a::Text = b::Text
pub enum a::Closed
pub a::Closed::One
pub a::Closed::Two { .. }
pub a::Closed::Two::kept: u8
pub a::Closed::Three
pub a::Closed::Three::only: u8
#[non_exhaustive] pub enum a::Open
pub a::Open::One
pub struct a::Plain
pub a::Plain::x: u8
pub struct a::Private { .. }
pub a::Private::x: u8
#[non_exhaustive] pub struct a::Later
pub a::Later::x: u8
pub struct a::Generic<T>
pub fn a::Generic<T>::get(&self) -> &T
impl<T> Send for a::Generic<T> where T: Send
impl !Sync for a::Plain
impl Clone for a::Plain
pub trait a::Trait: Send
pub fn a::Trait::given(&self) -> u8 { .. }
pub fn a::Trait::wanted(&self) -> u8
pub trait a::Whole (not dyn)
pub fn a::free(u8) -> Result<u8, a::Closed>
pub async fn a::later()
pub const a::LIMIT: u8
pub type a::Short = Vec<u8>
";

fn found(edit: impl Fn(String) -> String) -> Vec<Change> {
    let old = Snapshot::parse("a", START).unwrap();
    let new = Snapshot::parse("a", &edit(START.to_owned())).unwrap();
    changes(&old, &new)
}

/// The one change that comes of replacing a text.
fn one(from: &str, to: &str) -> Change {
    assert!(START.contains(from), "{from} is not in the text");
    let mut all = found(|text| text.replacen(from, to, 1));
    assert_eq!(all.len(), 1, "{from} → {to}: {all:?}");
    all.remove(0)
}

/// The one change that comes of one more line.
fn with(line: &str) -> Change {
    let mut all = found(|text| format!("{text}{line}\n"));
    assert_eq!(all.len(), 1, "{line}: {all:?}");
    all.remove(0)
}

#[test]
fn nothing_changed_is_nothing() {
    assert_eq!(found(|text| text), []);
}

#[test]
fn every_line_that_goes_breaks_unless_it_only_said_what_a_type_lacks() {
    for line in START.lines().skip(7) {
        let level = one(&format!("{line}\n"), "").level;
        let only_lacked = line.starts_with("impl !") || line.starts_with("impl<T> Send");
        assert_eq!(level, if only_lacked { Level::Added } else { Level::Breaking }, "{line}");
    }
}

#[test]
fn what_changes_breaks_and_both_lines_are_told() {
    let change = one("a::free(u8)", "a::free(u16)");
    assert_eq!(change.level, Level::Breaking);
    assert!(change.what.contains("free(u8)") && change.what.contains("free(u16)"), "{}", change.what);
    for (from, to) in [
        ("pub fn a::free", "pub async fn a::free"),
        ("pub struct a::Later\n", "pub struct a::Later { .. }\n"),
        ("pub struct a::Plain\n", "#[non_exhaustive] pub struct a::Plain\n"),
        ("pub enum a::Closed\n", "#[non_exhaustive] pub enum a::Closed\n"),
        ("u8 { .. }", "u8"),
        ("a::Trait: Send", "a::Trait: Send + Sync"),
        ("a::Trait: Send", "a::Trait: Send (not dyn)"),
        ("a::LIMIT: u8", "a::LIMIT: u16"),
        ("= b::Text", "= c::Text"),
        ("a::Plain::x: u8", "a::Plain::x: u16"),
        ("impl Clone for a::Plain", "impl Copy for a::Plain"),
    ] {
        let most = found(|text| text.replacen(from, to, 1)).remove(0);
        assert_eq!(most.level, Level::Breaking, "{from} → {to}");
    }
}

#[test]
fn what_is_eased_breaks_nothing() {
    for (from, to) in [
        ("pub fn a::free", "pub const fn a::free"),
        ("#[non_exhaustive] pub enum a::Open", "pub enum a::Open"),
        ("#[non_exhaustive] pub struct a::Later", "pub struct a::Later"),
        ("pub struct a::Private { .. }", "pub struct a::Private"),
        ("wanted(&self) -> u8", "wanted(&self) -> u8 { .. }"),
        ("a::Whole (not dyn)", "a::Whole"),
    ] {
        assert_eq!(one(from, to).level, Level::Added, "{from} → {to}");
    }
}

#[test]
fn what_is_new_breaks_only_where_others_had_to_be_complete() {
    for (line, level) in [
        ("pub fn a::new()", Level::Added),
        ("pub struct a::New", Level::Added),
        ("impl Copy for a::Plain", Level::Added),
        ("impl<T> Clone for a::Generic<T> where T: Clone", Level::Added),
        ("pub fn a::Plain::new() -> Self", Level::Added),
        ("pub fn a::Closed::name(&self) -> &str", Level::Added),
        ("pub a::Closed::Four", Level::Breaking),
        ("pub a::Closed::Four(u8)", Level::Breaking),
        ("pub a::Open::Two(u8)", Level::Added),
        ("pub a::Plain::y: u8", Level::Breaking),
        ("pub a::Private::y: u8", Level::Added),
        ("pub a::Later::y: u8", Level::Added),
        ("pub a::Closed::Two::y: u8", Level::Added),
        ("pub a::Closed::Three::y: u8", Level::Breaking),
        ("pub fn a::Trait::more(&self)", Level::Breaking),
        ("pub fn a::Trait::more(&self) { .. }", Level::Added),
        ("pub type a::Trait::Out", Level::Breaking),
        ("impl !Send for a::Plain", Level::Breaking),
        ("impl !Send for a::New", Level::Added),
        ("impl<T> Sync for a::Generic<T> where T: Sync", Level::Breaking),
        ("impl<F> a::Trait for F where F: Fn()", Level::Breaking),
        ("impl<F: Fn()> a::Trait for F", Level::Breaking),
        ("impl<F> a::NewTrait for F where F: Fn()", Level::Added),
    ] {
        assert_eq!(with(line).level, level, "{line}");
    }
}

#[test]
fn a_feature_that_goes_or_turns_on_less_breaks() {
    for (from, to, level) in [
        ("feature web\n", "", Level::Breaking),
        ("feature default = tls", "feature default", Level::Breaking),
        ("feature default = tls", "feature default = tls, web", Level::Added),
        ("feature web\n", "feature web\nfeature more\n", Level::Added),
    ] {
        assert_eq!(one(from, to).level, level, "{from} → {to}");
    }
}

#[test]
fn another_major_version_of_a_named_crate_breaks() {
    assert_eq!(one("names http 1", "names http 2").level, Level::Breaking);
    assert_eq!(found(|text| text.replace("names http 1\n", "names http 1\nnames bytes 1\n")), []);
}

#[test]
fn a_newer_compiler_is_support_that_goes() {
    assert_eq!(one("rust-version 1.89", "rust-version 1.100").level, Level::Support);
    assert_eq!(one("rust-version 1.89", "rust-version 1.88").level, Level::Added);
}

#[test]
fn the_place_of_an_item_is_found_in_every_shape() {
    for (line, place) in [
        ("pub fn a::B<'c, T: Fn() -> u8>::d<E>(E) -> F", Some("a::B::d")),
        ("pub const unsafe fn a::b()", Some("a::b")),
        ("pub const fn a::b()", Some("a::b")),
        ("pub const a::B: u8", Some("a::B")),
        ("#[must_use] #[repr(u8)] pub enum a::B", Some("a::B")),
        ("pub a::B::c: alloc::vec::Vec<u8>", Some("a::B::c")),
        ("pub a::B::C(u8)", Some("a::B::C")),
        ("pub a::B::C = 3", Some("a::B::C")),
        ("pub macro a::b!", Some("a::b")),
        ("pub use a::B = c::B", Some("a::B")),
        ("impl<T> a::B for a::C<T>", None),
    ] {
        assert_eq!(path(line).as_deref(), place, "{line}");
    }
}
