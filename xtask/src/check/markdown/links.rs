//! Links, and the paths that pages name: what they lead to is there.

use super::page::Page;
use crate::check::files::Tree;

/// Every link of these pages leads somewhere. The network is not asked: of addresses only the crates that docs.rs shows are looked at.
pub(super) fn broken(tree: &Tree, pages: &[Page], crates: &[String]) -> Vec<String> {
    let mut problems = Vec::new();
    for page in pages {
        for link in &page.links {
            let problem = wrong(tree, pages, crates, page, &link.to);
            problems.extend(problem.map(|why| format!("{}:{}: {why}: {}", page.file, link.line, link.to)));
        }
        for code in &page.codes {
            let problem = names_a_path(&code.text).filter(|path| !exists(tree, path));
            problems.extend(
                problem.map(|path| format!("{}:{}: names a file that is not there: {path}", page.file, code.line)),
            );
        }
    }
    problems
}

fn wrong(tree: &Tree, pages: &[Page], crates: &[String], page: &Page, to: &str) -> Option<String> {
    if let Some(rest) = to.strip_prefix("https://docs.rs/") {
        let name = rest.split(['/', '#']).next().unwrap_or(rest);
        return (!crates.iter().any(|known| known == name)).then(|| format!("no crate `{name}` in Cargo.lock"));
    }
    if to.starts_with("https://") {
        return None;
    }
    if to.starts_with("http://") {
        return Some("an address without TLS".to_owned());
    }
    let (path, anchor) = to.split_once('#').unwrap_or((to, ""));
    let target = if path.is_empty() { page.file.clone() } else { resolve(&page.file, path) };
    if !exists(tree, &target) {
        return Some("leads nowhere".to_owned());
    }
    // Such a page is shown beside its crate alone, by docs.rs and by the registry.
    if let Some(dir) = crate_of(&page.file)
        && !target.starts_with(dir)
    {
        return Some("leads out of the crate".to_owned());
    }
    let anchors = pages.iter().find(|other| other.file == target).map(|other| &other.anchors);
    let absent = !anchor.is_empty() && anchors.is_some_and(|anchors| !anchors.iter().any(|known| known == anchor));
    absent.then(|| "no such heading".to_owned())
}

/// The folder of the crate whose README or changelog a page is.
fn crate_of(file: &str) -> Option<&str> {
    let dir = file.strip_suffix("README.md").or_else(|| file.strip_suffix("CHANGELOG.md"))?;
    (dir.starts_with("crates/")).then_some(dir)
}

fn resolve(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file, or a folder that holds one.
fn exists(tree: &Tree, path: &str) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    tree.files().iter().any(|file| file == path || file.starts_with(&folder))
}

/// The path of this repository that a code span is, if it is one and no pattern.
fn names_a_path(code: &str) -> Option<&str> {
    let ours = ["crates/", "docs/", "xtask/", ".ci/"].iter().any(|top| code.starts_with(top));
    (ours && !code.contains([' ', '*', '<', '{', '(', '$'])).then(|| code.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::super::tests::pages;
    use super::*;
    use crate::check::files::Sample;

    fn problems(file: &str, text: &str) -> Vec<String> {
        let sample = Sample::new(&[
            (file, text),
            ("docs/b.md", "# Some heading\n"),
            ("crates/core/src/lib.rs", ""),
            ("crates/core/LICENSE", ""),
        ]);
        broken(&sample.tree(), &pages(&sample.tree()), &["tracing".to_owned()])
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        for text in [
            "[a](b.md)",
            "[a](b.md#some-heading)",
            "# X y\n[a](#x-y)",
            "[a](../crates/core)",
            "[a](https://docs.rs/tracing/latest/tracing/)",
            "[a](https://other.example)",
            "`crates/core/src/lib.rs`, `crates/<name>/x`, `crates/*/y`, `docs/`",
        ] {
            assert_eq!(problems("docs/a.md", text), [""; 0], "{text}");
        }
        assert_eq!(problems("crates/core/README.md", "[a](LICENSE)"), [""; 0]);
    }

    #[test]
    fn others_are_named_with_their_line() {
        for (text, why) in [
            ("[a](c.md)", "leads nowhere: c.md"),
            ("[a](b.md#other)", "no such heading: b.md#other"),
            ("[a](#other)", "no such heading: #other"),
            ("[a](https://docs.rs/gone)", "no crate `gone` in Cargo.lock: https://docs.rs/gone"),
            ("[a](http://a.example)", "an address without TLS: http://a.example"),
            ("`crates/core/src/gone.rs`", "names a file that is not there: crates/core/src/gone.rs"),
        ] {
            assert_eq!(problems("docs/a.md", &format!("x\n\n{text}")), [format!("docs/a.md:3: {why}")]);
        }
        let out = problems("crates/core/README.md", "[a](../../docs/b.md)");
        assert_eq!(out, ["crates/core/README.md:1: leads out of the crate: ../../docs/b.md"]);
    }
}
