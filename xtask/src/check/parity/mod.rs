//! The step `parity`: what the five clients have in common is called the same, stands in the same place, and is in all of them.
//!
//! - `surface` reads a client's source: methods, exports, variables
//! - `papers` reads headings and tables of README and guide, and which files there are
//! - `exceptions` holds what differs against `parity.yaml`, which says why

mod exceptions;
mod papers;
mod surface;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Progress, Report};
use crate::Result;
use crate::workspace::{PROVIDERS, Workspace};
use exceptions::Exceptions;
use surface::Surface;

/// Which of the things that crates have are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    /// Each of them: one that is not in all five crates needs a reason.
    Every,
    /// Those which two crates have: what is in one alone is its provider's own.
    Shared,
}

/// One kind of thing, and which crates have what of it.
#[derive(Debug)]
struct Topic {
    name: String,
    rule: Rule,
    /// The crates that are compared.
    among: BTreeSet<String>,
    found: BTreeMap<String, BTreeSet<String>>,
}

impl Topic {
    fn new(name: impl Into<String>, rule: Rule) -> Self {
        Self { name: name.into(), rule, among: BTreeSet::new(), found: BTreeMap::new() }
    }

    fn add(&mut self, member: &str, things: impl IntoIterator<Item = String>) {
        self.among.insert(member.to_owned());
        for thing in things {
            self.found.entry(thing).or_default().insert(member.to_owned());
        }
    }
}

/// What a client has of one kind.
type Things = fn(&Client) -> Vec<String>;

/// One client, as far as it is compared.
struct Client {
    name: &'static str,
    surface: Surface,
    readme: String,
    guide: String,
    examples: Vec<String>,
    tests: Vec<String>,
    features: Vec<String>,
}

impl Client {
    fn read(workspace: &Workspace, name: &'static str) -> Result<Self> {
        let package = workspace.package(name).ok_or_else(|| format!("{name} is no member of the workspace"))?;
        let text = |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
        Ok(Self {
            name,
            surface: Surface::read(name, &package.dir.join("src"))?,
            readme: text(&package.dir.join("README.md"))?,
            guide: text(&workspace.root.join("docs/providers").join(format!("{name}.md")))?,
            examples: papers::programs(&package.dir.join("examples"))?,
            tests: papers::programs(&package.dir.join("tests"))?,
            features: package.features.keys().cloned().collect(),
        })
    }
}

/// Compares the five clients.
pub(crate) fn run(workspace: &Workspace, _: &Progress) -> Result<Report> {
    let exceptions = Exceptions::read(&workspace.root)?;
    let clients = PROVIDERS.iter().map(|name| Client::read(workspace, name)).collect::<Result<Vec<_>>>()?;
    let topics = topics(&clients);
    let mut report = Report { done: topics.len(), ..Report::default() };
    report.problems.extend(exceptions.unknown_topics(&topics));
    for topic in &topics {
        report.problems.extend(exceptions.problems(topic));
    }
    let headings = |text: fn(&Client) -> &String| {
        clients.iter().map(|client| (client.name, papers::headings(text(client)))).collect::<Vec<_>>()
    };
    report.problems.extend(papers::out_of_order("README", &headings(|client| &client.readme)));
    report.problems.extend(papers::out_of_order("guide", &headings(|client| &client.guide)));
    let reasons = exceptions.count();
    report.note =
        format!("{} kinds of things over {} crates, {reasons} exceptions with a reason", topics.len(), clients.len());
    Ok(report)
}

fn topics(clients: &[Client]) -> Vec<Topic> {
    let kinds: [(&'static str, Rule, Things); 11] = [
        ("builder", Rule::Every, |client| client.surface.builder.keys().cloned().collect()),
        ("variables", Rule::Every, |client| surface::variables_out_of_scheme(client.name, &client.surface)),
        ("client", Rule::Shared, |client| client.surface.client.keys().cloned().collect()),
        ("exports", Rule::Shared, |client| client.surface.exports.iter().cloned().collect()),
        ("modules", Rule::Every, |client| client.surface.modules.keys().cloned().collect()),
        ("features", Rule::Every, |client| client.features.clone()),
        ("examples", Rule::Every, |client| client.examples.clone()),
        ("tests", Rule::Shared, |client| client.tests.clone()),
        ("readme", Rule::Every, |client| papers::headings(&client.readme)),
        ("guide", Rule::Every, |client| papers::headings(&client.guide)),
        ("outcomes", Rule::Shared, |client| papers::tables(&client.guide, "Errors and outcomes")),
    ];
    let mut topics: Vec<Topic> = Vec::new();
    for (name, rule, things) in kinds {
        let mut topic = Topic::new(name, rule);
        for client in clients {
            topic.add(client.name, things(client));
        }
        topics.push(topic);
    }
    // What a public module exports is compared among the crates that have the module; so is what verifies webhooks.
    let modules: BTreeSet<&String> = clients.iter().flat_map(|client| client.surface.modules.keys()).collect();
    for module in modules {
        let mut topic = Topic::new(module.as_str(), Rule::Shared);
        for client in clients {
            if let Some(exports) = client.surface.modules.get(module) {
                topic.add(client.name, exports.iter().cloned());
            }
        }
        topics.push(topic);
    }
    let mut receiver = Topic::new("receiver", Rule::Every);
    for client in clients.iter().filter(|client| !client.surface.receiver.is_empty()) {
        receiver.add(client.name, client.surface.receiver.keys().cloned());
    }
    topics.push(receiver);
    topics
}
