//! Features, variables and versions: what a crate's README says of them is what the crate has.

use std::collections::BTreeSet;

use super::page::{Page, Table, spans};
use crate::check::files::Tree;
use crate::workspace::{PROVIDERS, Package, Workspace};

/// What chooses an environment, as far as a builder has it.
const ENVIRONMENTS: [&str; 4] = ["provider_test", "assumed_provider_test", "production", "local"];

/// The README of every published crate.
pub(super) fn drifted(tree: &Tree, workspace: &Workspace, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    for package in workspace.packages.iter().filter(|package| package.published) {
        let file = format!("crates/{}/README.md", package.name);
        let Some(page) = pages.iter().find(|page| page.file == file) else { continue };
        let table = |title: &str| page.tables.iter().find(|table| table.head.first().is_some_and(|head| head == title));
        let mut say = |problem: String| problems.push(format!("{file}: {problem}"));
        features(package, table("Feature")).into_iter().for_each(&mut say);
        if PROVIDERS.contains(&package.name.as_str()) {
            variables(tree, &package.name, table("Variable")).into_iter().for_each(&mut say);
        }
        let guide = format!("docs/providers/{}.md", package.name);
        if let Some(guide) = pages.iter().find(|page| page.file == guide) {
            problems.extend(builders(tree, &package.name, guide));
        }
        let text = tree.text(&file).unwrap_or_default();
        let wanted = [
            format!("The oldest supported Rust is {}.", oldest_rust(tree)),
            "Licensed under MIT or Apache-2.0, at your choice.".to_owned(),
            "**Unofficial".to_owned(),
            format!("cargo add {}{}", if package.name == "pay-sandbox" { "--dev " } else { "" }, package.name),
        ];
        let lacking = wanted.iter().filter(|words| !text.contains(*words));
        problems.extend(lacking.map(|words| format!("{file}: does not say: {words}")));
    }
    problems.extend(mentioned(tree, pages));
    problems.extend(crates(workspace, pages));
    let readme = tree.text("README.md").unwrap_or_default();
    let words = format!("Rust {}", oldest_rust(tree));
    if !readme.contains(&words) {
        problems.push(format!("README.md: does not say: {words}"));
    }
    problems
}

fn oldest_rust(tree: &Tree) -> String {
    let manifest = tree.text("Cargo.toml").unwrap_or_default();
    let line = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")).unwrap_or_default();
    line.trim_end_matches('"').to_owned()
}

/// Variables that pages mention, in tables or text: some source of their crate or of the sandbox has each.
fn mentioned(tree: &Tree, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    for name in PROVIDERS {
        let prefix = prefix(name);
        let own = |file: &str| [name, "pay-sandbox"].iter().any(|it| file.starts_with(&format!("crates/{it}/")));
        let code: String = tree.sources().filter(|(file, _)| own(file)).map(|(_, text)| text).collect();
        for page in pages.iter().filter(|page| !page.file.ends_with("CHANGELOG.md")) {
            for span in page.codes.iter().filter(|span| span.text.starts_with(&prefix)) {
                let variable = span.text.split(['=', ' ']).next().unwrap_or_default();
                if !code.contains(variable) {
                    problems
                        .push(format!("{}:{}: names a variable that is not there: `{variable}`", page.file, span.line));
                }
            }
        }
    }
    problems
}

/// What the names of a crate's variables begin with.
fn prefix(name: &str) -> String {
    format!("{}_", name.to_uppercase().replace('-', "_"))
}

/// The tables of crates name each: the README the published ones, the architecture all.
fn crates(workspace: &Workspace, pages: &[Page]) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, column, all) in [("README.md", 1, false), ("docs/architecture.md", 0, true)] {
        let tables = pages.iter().filter(|page| page.file == file).flat_map(|page| &page.tables);
        let Some(table) = tables.into_iter().find(|table| table.head.get(column).is_some_and(|head| head == "Crate"))
        else {
            continue;
        };
        let told: BTreeSet<&str> =
            table.rows.iter().filter_map(|row| row.get(column)).flat_map(|cell| spans(cell)).collect();
        let have = workspace
            .packages
            .iter()
            .filter(|package| all || package.published)
            .map(|package| package.name.as_str())
            .collect();
        problems.extend(compare("crate", &told, &have).into_iter().map(|problem| format!("{file}: {problem}")));
    }
    problems
}

/// What a guide says of builders: methods and addresses that the crate has.
fn builders(tree: &Tree, name: &str, guide: &Page) -> Vec<String> {
    let place = format!("crates/{name}/");
    let mut code: String = tree.sources().filter(|(file, _)| file.starts_with(&place)).map(|(_, text)| text).collect();
    code.push_str(&tree.text(&format!("{place}openapi.yaml")).unwrap_or_default());
    let mut problems = Vec::new();
    for table in guide
        .tables
        .iter()
        .filter(|table| table.head.first().is_some_and(|head| head == "Builder" || head == "Setting"))
    {
        // Of settings that cell tells what they are for, other people's addresses among it.
        let addresses = table.rows.iter().filter(|_| table.head[0] == "Builder");
        for cell in addresses.flat_map(|row| row.iter().take(2)) {
            for span in spans(cell).filter(|span| span.starts_with("https://") && !code.contains(*span)) {
                problems
                    .push(format!("{}:{}: an address that the crate does not have: {span}", guide.file, table.line));
            }
        }
        for span in table.first_column() {
            let method = span.split('(').next().unwrap_or(span);
            if !code.contains(&format!("fn {method}(")) && !code.contains(&format!("\"{span}\"")) {
                problems.push(format!("{}:{}: a method that the crate does not have: {span}", guide.file, table.line));
            }
        }
        let others = table.head.iter().enumerate().skip(1).filter(|(_, head)| head.starts_with("Builder"));
        let cells = others.flat_map(|(column, _)| table.rows.iter().filter_map(move |row| row.get(column)));
        let methods = cells.flat_map(|cell| spans(cell)).filter(|span| span.starts_with(|c: char| c.is_lowercase()));
        for method in methods.filter(|method| !code.contains(&format!("fn {method}("))) {
            problems.push(format!("{}:{}: a method that the crate does not have: {method}", guide.file, table.line));
        }
    }
    problems.extend(environments(tree, name, guide));
    problems
}

/// The environments of a builder that its guide's table of environments leaves out.
fn environments(tree: &Tree, name: &str, guide: &Page) -> Vec<String> {
    let Some(table) = guide.tables.iter().find(|table| table.head.first().is_some_and(|head| head == "Builder")) else {
        return Vec::new();
    };
    let builder = tree.text(&format!("crates/{name}/src/builder.rs")).unwrap_or_default();
    let told: Vec<&str> = table.first_column().map(|span| span.split('(').next().unwrap_or(span)).collect();
    let lacking = ENVIRONMENTS.iter().filter(|one| builder.contains(&format!("pub fn {one}(")) && !told.contains(one));
    lacking.map(|one| format!("{}:{}: does not name the environment `{one}`", guide.file, table.line)).collect()
}

/// The table of features names each, and says which are on by default.
fn features(package: &Package, table: Option<&Table>) -> Vec<String> {
    let Some(table) = table else { return vec!["has no table of features".to_owned()] };
    let have: BTreeSet<&str> = package.features.keys().map(String::as_str).filter(|name| *name != "default").collect();
    let told: BTreeSet<&str> = table.first_column().collect();
    let mut problems = compare("feature", &told, &have);
    let default = package.features.get("default").map(Vec::as_slice).unwrap_or_default();
    let cells = table.rows.iter().filter_map(|row| row.first());
    let told: BTreeSet<&str> = cells
        .flat_map(|cell| cell.match_indices("` (default)").filter_map(|(at, _)| cell[..at].rsplit('`').next()))
        .collect();
    let have: BTreeSet<&str> = default.iter().map(String::as_str).collect();
    problems.extend(compare("default feature", &told, &have));
    problems
}

/// The table of variables names each that the code reads, and builder methods that exist.
fn variables(tree: &Tree, name: &str, table: Option<&Table>) -> Vec<String> {
    let Some(table) = table else { return vec!["has no table of variables".to_owned()] };
    let code: Vec<String> = tree
        .sources()
        .filter(|(file, _)| file.starts_with(&format!("crates/{name}/src/")))
        .map(|(_, text)| text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned())
        .collect();
    let prefix = prefix(name);
    let have: BTreeSet<&str> = code.iter().flat_map(|text| literals(text, &prefix)).collect();
    let told: BTreeSet<&str> = table.first_column().collect();
    let mut problems = compare("variable", &told, &have);
    for method in table.rows.iter().filter_map(|row| row.get(1)).flat_map(|cell| spans(cell)) {
        let method = method.split('(').next().unwrap_or_default().rsplit("::").next().unwrap_or_default();
        if !code.iter().any(|text| text.contains(&format!("fn {method}("))) {
            problems.push(format!("names a method that is not there: {method}"));
        }
    }
    problems
}

/// The string literals that are names of variables with this prefix.
fn literals<'t>(text: &'t str, prefix: &str) -> Vec<&'t str> {
    let upper = |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let start = format!("\"{prefix}");
    let quoted = text.match_indices(&start).filter_map(|(at, _)| text[at + 1..].split('"').next());
    quoted.filter(|name| name.chars().all(upper)).collect()
}

fn compare(what: &str, told: &BTreeSet<&str>, have: &BTreeSet<&str>) -> Vec<String> {
    let lacking = have.difference(told).map(|name| format!("does not name the {what} `{name}`"));
    let gone = told.difference(have).map(|name| format!("names a {what} that is not there: `{name}`"));
    lacking.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;

    const README: &str = "**Unofficial** `cargo add pagamio`\n
| Variable | Builder | What |\n|---|---|---|\n| `PAGAMIO_KEY` | `key(..)` | x |\n
| Feature | What |\n|---|---|\n| `tls` (default), alias `ssl` | x |\n
The oldest supported Rust is 1.89. Licensed under MIT or Apache-2.0, at your choice.\n";
    const CODE: &str = "fn key() { var(\"PAGAMIO_KEY\") }\n#[cfg(test)]\nmod tests { \"PAGAMIO_OTHER\" }";

    fn problems(readme: &str, code: &str) -> Vec<String> {
        let sample = Sample::new(&[
            ("Cargo.toml", "rust-version = \"1.89\"\n"),
            ("README.md", "Rust 1.89"),
            ("crates/pagamio/README.md", readme),
            ("crates/pagamio/src/env.rs", code),
        ]);
        let features = [("default", vec!["tls".to_owned()]), ("tls", vec![]), ("ssl", vec!["tls".to_owned()])];
        let package = Package {
            name: "pagamio".into(),
            published: true,
            features: features.into_iter().map(|(name, enables)| (name.to_owned(), enables)).collect(),
            ..Package::default()
        };
        let workspace = Workspace { packages: vec![package], ..Workspace::default() };
        drifted(&sample.tree(), &workspace, &pages(&sample.tree()))
    }

    #[test]
    fn a_readme_that_says_what_the_crate_has_passes() {
        assert_eq!(problems(README, CODE), [""; 0]);
    }

    #[test]
    fn what_drifts_is_named() {
        let is = |readme: &str, code: &str, what: &str| {
            assert_eq!(problems(readme, code), [format!("crates/pagamio/README.md: {what}")]);
        };
        is(&README.replace(", alias `ssl`", ""), CODE, "does not name the feature `ssl`");
        is(&README.replace("`ssl`", "`ssl`, `gone`"), CODE, "names a feature that is not there: `gone`");
        is(&README.replace(" (default)", ""), CODE, "does not name the default feature `tls`");
        is(README, &CODE.replace("{ var", "{ var(\"PAGAMIO_NEW\"); var"), "does not name the variable `PAGAMIO_NEW`");
        let found = problems(&README.replace("`PAGAMIO_KEY`", "`PAGAMIO_KEY`, `PAGAMIO_OLD`"), CODE);
        assert!(found[0].ends_with("README.md: names a variable that is not there: `PAGAMIO_OLD`"), "{found:?}");
        is(&README.replace("key(..)", "code(..)"), CODE, "names a method that is not there: code");
        let found = problems(&README.replace("**Unofficial**", "**Unofficial** `PAGAMIO_GONE=1`"), CODE);
        assert_eq!(found, ["crates/pagamio/README.md:1: names a variable that is not there: `PAGAMIO_GONE`"]);
        is(&README.replace("1.89", "1.90"), CODE, "does not say: The oldest supported Rust is 1.89.");
    }

    #[test]
    fn a_guide_names_each_environment_and_only_methods_that_are_there() {
        let found = |guide: &str| {
            let builder = "pub fn production(\npub fn local(\nfn prefix(";
            let files = [("docs/providers/pagamio.md", guide), ("crates/pagamio/src/builder.rs", builder)];
            let sample = Sample::new(&files);
            builders(&sample.tree(), "pagamio", &pages(&sample.tree())[0])
        };
        let guide = "| Builder | URL |\n|---|---|\n| `production()` | x |\n| `local(url)` | x |\n
| Setting | Default | Builder, variable |\n|---|---|---|\n| path | `a` | `prefix`, `PAGAMIO_PREFIX` |\n";
        assert_eq!(found(guide), [""; 0]);
        let problems = found(&guide.replace("| `local(url)` | x |\n", ""));
        assert_eq!(problems, ["docs/providers/pagamio.md:1: does not name the environment `local`"]);
        let problems = found(&guide.replace("`prefix`", "`prefixes`"));
        assert_eq!(problems, ["docs/providers/pagamio.md:6: a method that the crate does not have: prefixes"]);
    }
}
