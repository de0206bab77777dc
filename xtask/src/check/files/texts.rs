//! What must stand in no file: paths of one machine, hosts of registries, unfinished marks.

use super::{Tree, has_word};

// Written in parts, so that this file passes its own rules.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/fa", "rm/")];
const HOME_PATHS: [&str; 2] = [concat!("/ho", "me/"), concat!("/Us", "ers/")];
const REGISTRY_HOSTS: [&str; 6] = [
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("registry.npm", "js.org"),
    concat!("py", "pi.org"),
    concat!("files.python", "hosted.org"),
    concat!("arti", "factory"),
];
const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";
const MARKS: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const MACROS: [&str; 2] = [concat!("to", "do!"), concat!("unimple", "mented!")];

/// No file names a path that only one machine has.
pub(super) fn machine_paths(tree: &Tree) -> Vec<String> {
    each_line(tree, "path of one machine", |line| {
        let known = MACHINE_PATHS.iter().any(|path| starts_path(line, path, |_| true));
        known || HOME_PATHS.iter().any(|path| starts_path(line, path, names_a_user))
    })
}

/// No file names the host of a package registry, and the lock file only the public index.
pub(super) fn registry_hosts(tree: &Tree) -> Vec<String> {
    let mut problems =
        each_line(tree, "host of a registry", |line| REGISTRY_HOSTS.iter().any(|host| line.contains(host)));
    let lock = tree.text("Cargo.lock").unwrap_or_default();
    for (number, line) in (1..).zip(lock.lines()) {
        let source = line.strip_prefix("source = \"").map(|source| source.trim_end_matches('"'));
        if source.is_some_and(|source| source != PUBLIC_INDEX) {
            problems.push(format!("Cargo.lock:{number}: not the public registry: {line}"));
        }
    }
    problems
}

/// Nothing is left unfinished.
pub(super) fn unfinished_marks(tree: &Tree) -> Vec<String> {
    each_line(tree, "unfinished", |line| {
        let mark = MARKS.iter().any(|mark| has_word(line, mark));
        mark || MACROS.iter().any(|name| calls(line, name))
    })
}

fn each_line(tree: &Tree, what: &str, wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, text) in tree.texts() {
        for (number, line) in (1..).zip(text.lines()) {
            if wrong(line) {
                problems.push(format!("{file}:{number}: {what}: {}", line.trim()));
            }
        }
    }
    problems
}

/// Whether `path` begins a path in `line`, and is no middle part of a longer one; `rest` judges what follows.
fn starts_path(line: &str, path: &str, rest: impl Fn(&str) -> bool) -> bool {
    let part = |character: char| character.is_alphanumeric() || "._-~*{}$)".contains(character);
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        !before.is_some_and(part) && rest(&line[start + path.len()..])
    })
}

fn names_a_user(rest: &str) -> bool {
    let user = |character: char| character.is_alphanumeric() || "._-".contains(character);
    let name = rest.find(|character| !user(character));
    name.is_some_and(|end| end > 0 && rest[end..].starts_with('/'))
}

/// Whether a macro is called, as opposed to named.
fn calls(line: &str, name: &str) -> bool {
    let joins = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(name).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + name.len()..].trim_start().chars().next();
        !before.is_some_and(joins) && after.is_some_and(|bracket| "([{".contains(bracket))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    #[test]
    fn paths_of_a_machine_are_named() {
        let [work, root, _] = MACHINE_PATHS;
        let [home, users] = HOME_PATHS;
        let fine = format!(
            "https://host.example{work}a\ncrates{root}b\n{home}<you>/x and {home} or {home}/x\n${{base}}{work}x\n"
        );
        let sample = Sample::new(&[("docs/a.md", &fine)]);
        assert_eq!(machine_paths(&sample.tree()), [""; 0]);
        for wrong in [
            format!("cd {work}main"),
            format!("(file://{root}x)"),
            format!("PATH=/bin:{root}bin"),
            format!("\"{home}ada/x\""),
            format!("{users}ada/x"),
        ] {
            sample.write("docs/a.md", &format!("fine\n{wrong}\n"));
            let problems = machine_paths(&sample.tree());
            assert_eq!(problems.len(), 1, "{wrong}");
            assert!(problems[0].starts_with("docs/a.md:2: "), "{problems:?}");
        }
    }

    #[test]
    fn hosts_of_registries_are_named() {
        let fine = format!("source = \"{PUBLIC_INDEX}\"\n");
        let sample = Sample::new(&[("Cargo.lock", &fine), ("README.md", "https://docs.rs/pagamio")]);
        assert_eq!(registry_hosts(&sample.tree()), [""; 0]);
        for host in REGISTRY_HOSTS {
            sample.write("README.md", &format!("see https://{host}/x"));
            assert_eq!(registry_hosts(&sample.tree()).len(), 1, "{host}");
        }
        sample.write("README.md", "");
        sample.write("Cargo.lock", "source = \"registry+https://mirror.example/index\"\n");
        let problems = registry_hosts(&sample.tree());
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("Cargo.lock:1: not the public registry"));
    }

    #[test]
    fn unfinished_marks_are_named() {
        let [later, wrong] = MARKS;
        let [unwritten, missing] = MACROS;
        let sample = Sample::new(&[("Cargo.toml", "todo = \"warn\"\n"), ("a.md", unwritten)]);
        assert_eq!(unfinished_marks(&sample.tree()), [""; 0]);
        for text in [
            format!("// {later}: more"),
            format!("# {wrong} soon"),
            format!("{unwritten}()"),
            format!("    {missing} {{}}"),
        ] {
            sample.write("a.rs", &text);
            assert_eq!(unfinished_marks(&sample.tree()).len(), 1, "{text}");
        }
    }
}
