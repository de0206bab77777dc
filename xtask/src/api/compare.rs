//! What a difference between two APIs means for the version, by the rules that cargo's book gives.
//!
//! Where only a compiler could tell, it is taken to break: a bump too large harms nobody.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Snapshot;
use super::listing::{MORE, NOT_DYN};

/// How much a change asks of the next version, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Nothing that users' code sees.
    Internal,
    /// More than there was.
    Added,
    /// Fewer compilers than there were.
    Support,
    /// Code that compiled may compile no more.
    Breaking,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    /// What it asks for.
    pub(crate) level: Level,
    /// What it is, as a sentence without its end.
    pub(crate) what: String,
}

/// All changes, those that ask for most first.
pub(crate) fn changes(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let mut all = Vec::new();
    all.extend(support(old, new));
    all.extend(features(old, new));
    all.extend(names(old, new));
    all.extend(items(old, new));
    all.sort_by_key(|change: &Change| Reverse(change.level));
    all
}

fn change(level: Level, what: String) -> Change {
    Change { level, what }
}

fn support(old: &Snapshot, new: &Snapshot) -> Option<Change> {
    let number = |version: &str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    let (before, after) = (&old.rust_version, &new.rust_version);
    (before != after).then(|| {
        let less = number(after) > number(before);
        change(
            if less { Level::Support } else { Level::Added },
            format!("needs Rust {after}, and needed Rust {before}"),
        )
    })
}

fn features(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let mut all = Vec::new();
    for (name, before) in &old.features {
        let Some(after) = new.features.get(name) else {
            all.push(change(Level::Breaking, format!("removed: feature {name}")));
            continue;
        };
        let lost = before.difference(after).map(|other| (Level::Breaking, "no longer turns on", other));
        let won = after.difference(before).map(|other| (Level::Added, "now turns on", other));
        let both = lost.chain(won);
        all.extend(both.map(|(level, verb, other)| change(level, format!("feature {name} {verb} {other}"))));
    }
    let added = new.features.keys().filter(|name| !old.features.contains_key(*name));
    all.extend(added.map(|name| change(Level::Added, format!("added: feature {name}"))));
    all
}

/// A type of another major version is another type.
fn names(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let both = old.names.iter().filter_map(|(name, before)| Some((name, before, new.names.get(name)?)));
    let moved = both.filter(|(_, before, after)| before != after);
    let all = moved.map(|(name, before, after)| {
        change(Level::Breaking, format!("changed: names types of {name} {after}, and named those of {name} {before}"))
    });
    all.collect()
}

fn items(old: &Snapshot, new: &Snapshot) -> Vec<Change> {
    let before: BTreeSet<&str> = old.lines.iter().map(String::as_str).collect();
    let after: BTreeSet<&str> = new.lines.iter().map(String::as_str).collect();
    let known: BTreeMap<String, Line<'_>> =
        before.iter().filter_map(|text| Line::read(text)).map(|line| (line.path.clone(), line)).collect();
    let mut added: Vec<&str> = new.lines.iter().map(String::as_str).filter(|line| !before.contains(line)).collect();
    let mut all = Vec::new();
    for gone in old.lines.iter().filter(|line| !after.contains(line.as_str())) {
        if auto_trait(gone).is_some() {
            all.push(change(Level::Added, format!("removed: {gone}")));
            continue;
        }
        let place = path(gone);
        let same = added.iter().position(|line| place.is_some() && path(line) == place);
        let Some(now) = same.map(|index| added.remove(index)) else {
            all.push(change(Level::Breaking, format!("removed: {gone}")));
            continue;
        };
        let level = if is_eased(gone, now) { Level::Added } else { Level::Breaking };
        all.push(change(level, format!("changed: {gone}  →  {now}")));
    }
    for line in added {
        all.push(match why_breaking(line, &known) {
            Some(why) => change(Level::Breaking, format!("added: {line}  ({why})")),
            None => change(Level::Added, format!("added: {line}")),
        });
    }
    all
}

/// Whether code that used the old line can use the new one.
fn is_eased(old: &str, new: &str) -> bool {
    let Some(line) = Line::read(old) else { return false };
    let now_constant = old.strip_prefix("pub fn ").is_some_and(|rest| new.strip_prefix("pub const fn ") == Some(rest));
    let now_exhaustive = old.strip_prefix("#[non_exhaustive] ") == Some(new);
    let has_fields = matches!(line.word, "struct" | "");
    // All fields are public now; or a trait's item has a body now.
    let now_open = if has_fields { old.strip_suffix(MORE) == Some(new) } else { new.strip_suffix(MORE) == Some(old) };
    now_constant || now_exhaustive || now_open || old.strip_suffix(NOT_DYN) == Some(new)
}

/// Why something new breaks code that knew nothing of it.
fn why_breaking(line: &str, known: &BTreeMap<String, Line<'_>>) -> Option<&'static str> {
    if let Some((target, free)) = auto_trait(line) {
        return (!free && known.contains_key(&target)).then_some("the type was so without condition");
    }
    if let Some(of) = blanket(line) {
        return known.contains_key(of).then_some("whoever implements the trait has two impls now");
    }
    let line = Line::read(line)?;
    let parent = known.get(line.path.rsplit_once("::")?.0)?;
    let open = parent.text.contains("#[non_exhaustive] ");
    match parent.word {
        "enum" if !open && line.is_variant() => Some("whoever matches has no arm for it"),
        "trait" if !line.text.ends_with(MORE) => Some("whoever implements the trait does not have it"),
        "struct" | "" if !open && line.is_field() && !parent.text.ends_with(MORE) => {
            Some("whoever writes the struct does not fill it")
        }
        _ => None,
    }
}

/// The type of a line about `Send`, `Sync` or `Unpin`, and whether it has it without condition.
fn auto_trait(line: &str) -> Option<(String, bool)> {
    let (head, rest) = line.strip_prefix("impl")?.split_once(" for ")?;
    let name = head.rsplit(' ').next()?;
    ["Send", "Sync", "std::marker::Unpin"].contains(&name.trim_start_matches('!')).then(|| {
        let target = rest.split([' ', '<']).next().unwrap_or(rest);
        (target.to_owned(), !name.starts_with('!') && !rest.contains(" where "))
    })
}

/// The trait of an impl for every type.
fn blanket(line: &str) -> Option<&str> {
    let (head, rest) = line.strip_prefix("impl<")?.split_once(" for ")?;
    let target = rest.split(' ').next()?;
    let (parameters, of) = head.rsplit_once("> ")?;
    let is_parameter = parameters.split(", ").any(|parameter| parameter.split(':').next() == Some(target));
    is_parameter.then(|| of.split('<').next().unwrap_or(of))
}

/// The place of an item, without generics; impls have none.
pub(super) fn path(line: &str) -> Option<String> {
    Line::read(line).map(|line| line.path)
}

/// A line that is no impl.
struct Line<'l> {
    text: &'l str,
    /// `struct`, `enum`, `fn` and so on; nothing for fields and variants.
    word: &'static str,
    path: String,
    rest: &'l str,
}

impl<'l> Line<'l> {
    fn read(text: &'l str) -> Option<Self> {
        let mut rest = text;
        while rest.starts_with("#[") {
            rest = rest.split_once("] ")?.1;
        }
        rest = rest.strip_prefix("pub ")?;
        for modifier in ["const unsafe ", "async ", "unsafe ", "auto "] {
            rest = rest.strip_prefix(modifier).unwrap_or(rest);
        }
        rest = rest.strip_prefix("const fn ").map_or(rest, |_| &rest["const ".len()..]);
        let words = ["fn", "struct", "enum", "trait", "mod", "type", "const", "static", "use", "union", "macro"];
        let word = words.into_iter().find(|word| rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(' ')));
        let word = word.unwrap_or_default();
        let start = rest.trim_start_matches(word).trim_start();
        let (path, rest) = split_path(start);
        Some(Self { text, word, path, rest })
    }

    fn is_field(&self) -> bool {
        self.word.is_empty() && self.rest.starts_with(": ")
    }

    fn is_variant(&self) -> bool {
        self.word.is_empty() && !self.is_field()
    }
}

/// A path without its generics, and what follows it.
fn split_path(text: &str) -> (String, &str) {
    let mut path = String::new();
    let mut depth = 0_u32;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            ':' if before != ':' && !text[at..].starts_with("::") => return (path, &text[at..]),
            ':' => path.push(c),
            _ if c.is_alphanumeric() || c == '_' => path.push(c),
            _ => return (path, &text[at..]),
        }
        before = c;
    }
    (path, "")
}

#[cfg(test)]
mod tests;
