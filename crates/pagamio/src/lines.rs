//! The lines of a receipt: what the paths of a category's `receiptFields` lead to.

use crate::generated::types::CategoryFields;
use crate::receipt::Receipt;
use pay_core::SecretString;
use pay_core::decode::LooseText;
use pay_core::provider::members;
use serde_json::value::RawValue;

/// One line of a receipt. The value can be a token or a PIN, so it does not print.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceiptLine {
    /// The path, as the category's metadata has it.
    pub path: String,
    /// What it leads to: a text, a number with its digits as received, `true` or `false`.
    pub value: SecretString,
}

/// When a path of the metadata counts as resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum PathMatch {
    /// Only as a whole. The default.
    #[default]
    Whole,
    /// Else also by its last name, where the receipt has exactly one value of that name. **A guess**: the provider's
    /// paths and receipts differ (`rechargeDetails.rechargeType` beside a plain `rechargeType`), and nothing says that the
    /// two are the same.
    LastName,
}

/// How deep a value is looked for by its name alone.
const DEEPEST: usize = 16;

impl Receipt {
    /// What a receipt shows, in the metadata's order. Paths that lead nowhere are skipped, as the documents say.
    ///
    /// The pages disagree on where a path starts, so it is tried from the whole answer first, then from the receipt.
    pub fn lines(&self, fields: &CategoryFields) -> Vec<ReceiptLine> {
        self.lines_by(fields, PathMatch::Whole)
    }

    /// The same, with a word on what counts as resolved.
    pub fn lines_by(&self, fields: &CategoryFields, matching: PathMatch) -> Vec<ReceiptLine> {
        let line = |path: &String| Some(ReceiptLine { path: path.clone(), value: self.resolve(path, matching)? });
        fields.receipt_fields.iter().filter_map(line).collect()
    }

    fn resolve(&self, path: &str, matching: PathMatch) -> Option<SecretString> {
        let steps = steps(path)?;
        let receipt = self.raw().map(|raw| raw.expose().as_ref());
        let from_receipt = |steps: &[Step<'_>]| follow(receipt?, steps);
        follow(self.body().expose(), &steps)
            .or_else(|| from_receipt(&steps))
            // The receipt can stand below `data`, or come from a record: its name means it all the same.
            .or_else(|| from_receipt(steps.strip_prefix(&[Step::Member("receipt")])?))
            .or_else(|| match matching {
                PathMatch::Whole => None,
                PathMatch::LastName => only(receipt?, &steps),
            })
    }
}

/// One step of a path: `voucher`, or the `[0]` after a list's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

/// `details[0].tokens[0].token` in its steps; `None` where it is no path.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for segment in path.split('.') {
        let (name, mut items) = segment.split_at(segment.find('[').unwrap_or(segment.len()));
        if name.is_empty() || name.contains(']') {
            return None;
        }
        steps.push(Step::Member(name));
        while !items.is_empty() {
            let (number, rest) = items.strip_prefix('[')?.split_once(']')?;
            // `parse` would take a sign.
            let digits = number.bytes().all(|byte| byte.is_ascii_digit());
            steps.push(Step::Item(number.parse().ok().filter(|_| digits)?));
            items = rest;
        }
    }
    Some(steps)
}

fn follow(root: &[u8], steps: &[Step<'_>]) -> Option<SecretString> {
    let mut here: Box<RawValue> = serde_json::from_slice(root).ok()?;
    for step in steps {
        here = match step {
            Step::Member(name) => members(here.get().as_bytes()).ok()?.remove(*name)?,
            Step::Item(index) => items(&here)?.into_iter().nth(*index)?,
        };
    }
    text(&here)
}

/// The one value that has the last name of the path, wherever it stands.
fn only(receipt: &[u8], steps: &[Step<'_>]) -> Option<SecretString> {
    let name = steps.iter().rev().find_map(|step| match step {
        Step::Member(name) => Some(*name),
        Step::Item(_) => None,
    })?;
    let mut found = Vec::new();
    search(serde_json::from_slice(receipt).ok()?, name, DEEPEST, &mut found);
    let one = found.pop()?;
    found.is_empty().then_some(one)
}

fn search(here: &RawValue, name: &str, depth: usize, found: &mut Vec<SecretString>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for (member, value) in members(here.get().as_bytes()).unwrap_or_default() {
        if member == name {
            found.extend(text(&value));
        }
        search(&value, name, depth, found);
    }
    for item in items(here).unwrap_or_default() {
        search(&item, name, depth, found);
    }
}

fn items(raw: &RawValue) -> Option<Vec<Box<RawValue>>> {
    serde_json::from_str(raw.get()).ok()
}

/// What can stand in a line; objects, lists and `null` cannot.
fn text(raw: &RawValue) -> Option<SecretString> {
    match raw.get() {
        flag @ ("true" | "false") => Some(flag.into()),
        other => serde_json::from_str::<LooseText>(other).ok().map(|text| text.into_string().into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_in_steps() {
        use Step::{Item, Member};
        assert_eq!(steps("amount"), Some(vec![Member("amount")]));
        assert_eq!(
            steps("details[0].tokens[12][3].token"),
            Some(vec![Member("details"), Item(0), Member("tokens"), Item(12), Item(3), Member("token")])
        );
        for wrong in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "a[",
            "a[]",
            "a[x]",
            "a[-1]",
            "a[+1]",
            "a[1",
            "a]",
            "a[1]x",
            "[0]",
            "a[99999999999999999999]",
        ] {
            assert_eq!(steps(wrong), None, "{wrong}");
        }
    }
}
