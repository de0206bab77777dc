//! What differs between the crates and may: `parity.yaml`, one reason for each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::{Rule, Topic};
use crate::Result;
use crate::workspace::PROVIDERS;

const FILE: &str = "xtask/src/check/parity.yaml";

/// Topic to thing to which crates have it, and why not all.
#[derive(Debug, Deserialize)]
pub(super) struct Exceptions(BTreeMap<String, BTreeMap<String, Exception>>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// The crates that have it.
    #[serde(rename = "in")]
    members: BTreeSet<String>,
    why: String,
}

impl Exceptions {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE)).map_err(|error| format!("{FILE}: {error}"))?;
        Self::parse(&text)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        serde_saphyr::from_str(text).map_err(|error| format!("{FILE}: {error}").into())
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().map(BTreeMap::len).sum()
    }

    /// Topics of the file that nothing is compared under.
    pub(super) fn unknown_topics(&self, topics: &[Topic]) -> Vec<String> {
        let unknown = self.0.keys().filter(|name| topics.iter().all(|topic| topic.name != **name));
        unknown.map(|name| format!("{FILE}: `{name}` is nothing that is compared")).collect()
    }

    /// Differences without a reason, and reasons without a difference.
    pub(super) fn problems(&self, topic: &Topic) -> Vec<String> {
        let none = BTreeMap::new();
        let reasons = self.0.get(&topic.name).unwrap_or(&none);
        let mut problems = Vec::new();
        for (thing, members) in &topic.found {
            let differs = match topic.rule {
                Rule::Every => members.len() < topic.among.len(),
                Rule::Shared => (2..topic.among.len()).contains(&members.len()),
            };
            let name = format!("{}: `{thing}`", topic.name);
            match reasons.get(thing) {
                None if differs => {
                    let lacking = topic.among.difference(members).cloned().collect();
                    let (with, without) = (list(members), list(&lacking));
                    problems.push(format!("{name} is in {with} and not in {without}: mend it, or say why in {FILE}"));
                }
                None => {}
                Some(_) if !differs => {
                    problems.push(format!("{name} needs no exception any more: drop it from {FILE}"))
                }
                Some(reason) if reason.members != *members => {
                    let (said, found) = (list(&reason.members), list(members));
                    problems.push(format!("{name} is in {found}, and {FILE} says {said}"));
                }
                Some(reason) if reason.why.trim().is_empty() => {
                    problems.push(format!("{name} differs, and {FILE} does not say why"));
                }
                Some(_) => {}
            }
        }
        let gone = reasons.keys().filter(|thing| !topic.found.contains_key(*thing));
        problems.extend(gone.map(|thing| format!("{}: `{thing}` is in no crate: drop it from {FILE}", topic.name)));
        problems
    }
}

/// The crates in the order in which the documents name them.
fn list(members: &BTreeSet<String>) -> String {
    let known = PROVIDERS.iter().filter(|name| members.contains(**name)).copied();
    let others = members.iter().map(String::as_str).filter(|name| !PROVIDERS.contains(name));
    known.chain(others).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(rule: Rule, found: &[(&str, &[&str])]) -> Topic {
        let mut topic = Topic::new("builder", rule);
        for member in PROVIDERS {
            topic.add(member, []);
        }
        for (thing, members) in found {
            for member in *members {
                topic.add(member, [(*thing).to_owned()]);
            }
        }
        topic
    }

    fn problems(rule: Rule, found: &[(&str, &[&str])], exceptions: &str) -> Vec<String> {
        Exceptions::parse(exceptions).unwrap().problems(&topic(rule, found))
    }

    const NOTHING: &str = "{}";

    #[test]
    fn what_all_have_passes_and_what_one_lacks_is_named() {
        assert_eq!(problems(Rule::Every, &[("local", &PROVIDERS)], NOTHING), [""; 0]);
        let found = problems(Rule::Every, &[("local", &PROVIDERS[1..])], NOTHING);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].contains("`local` is in pay1st, payagency, pagfast, paga-connect and not in pagamio"),
            "{found:?}"
        );
    }

    #[test]
    fn what_one_crate_alone_has_is_its_own_only_where_the_rule_says_so() {
        let own: [(&str, &[&str]); 1] = [("pix_cash_in", &["pagfast"])];
        assert_eq!(problems(Rule::Shared, &own, NOTHING), [""; 0]);
        assert_eq!(problems(Rule::Every, &own, NOTHING).len(), 1);
        let two: [(&str, &[&str]); 1] = [("settle", &["pagfast", "pay1st"])];
        assert_eq!(problems(Rule::Shared, &two, NOTHING).len(), 1);
    }

    #[test]
    fn a_reason_excuses_exactly_what_it_names() {
        let reason = "builder: { path: { in: [payagency], why: its pages disagree } }";
        assert_eq!(problems(Rule::Every, &[("path", &["payagency"])], reason), [""; 0]);
        let other = problems(Rule::Every, &[("path", &["payagency", "pagfast"])], reason);
        assert!(other[0].contains("is in payagency, pagfast, and"), "{other:?}");
    }

    #[test]
    fn a_reason_that_is_not_needed_any_more_fails() {
        let reason = "builder: { path: { in: [payagency], why: its pages disagree } }";
        assert!(problems(Rule::Every, &[("path", &PROVIDERS)], reason)[0].contains("needs no exception any more"));
        assert!(problems(Rule::Shared, &[("path", &["payagency"])], reason)[0].contains("needs no exception any more"));
        assert!(problems(Rule::Every, &[], reason)[0].contains("is in no crate"));
        let empty = "builder: { path: { in: [payagency], why: '' } }";
        assert!(problems(Rule::Every, &[("path", &["payagency"])], empty)[0].contains("does not say why"));
    }

    #[test]
    fn an_unknown_topic_or_member_of_the_file_is_named() {
        let exceptions = Exceptions::parse("colour: { red: { in: [pagamio], why: x } }").unwrap();
        assert_eq!(exceptions.unknown_topics(&[topic(Rule::Every, &[])]).len(), 1);
        assert!(Exceptions::parse("builder: { path: { in: [payagency], because: x } }").is_err());
    }
}
