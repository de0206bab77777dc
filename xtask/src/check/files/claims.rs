//! What the guides say that a test shows: the test is there.

use super::Tree;

/// Every test and every step that a guide tells the reader to run exists, and each claim of a table has one.
pub(super) fn shown(tree: &Tree, steps: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    for (file, text) in tree.texts().filter(|(file, _)| file.ends_with(".md")) {
        let mut claims = false;
        for (number, line) in (1..).zip(text.lines()) {
            let commands: Vec<&str> =
                line.split('`').skip(1).step_by(2).filter(|code| code.starts_with("cargo ")).collect();
            for command in &commands {
                problems
                    .extend(missing(tree, steps, command).map(|what| format!("{file}:{number}: {what}: {command}")));
            }
            claims = line == "| Claim | Shown by |" || (claims && line.starts_with('|'));
            let claim = claims && !line.starts_with("|---") && !line.starts_with("| Claim |");
            if claim && commands.is_empty() && !line.contains("by reading only") {
                problems.push(format!("{file}:{number}: a claim without a command: {line}"));
            }
        }
    }
    problems
}

/// What a command names that is not there. Other commands than tests and checks are for people to try.
pub(in crate::check) fn missing(tree: &Tree, steps: &[&str], command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", "check", step] if !step.starts_with('-') && !steps.contains(&step) => {
            Some(format!("no step `{step}`"))
        }
        ["cargo", "test", "-p", package, "--lib", ref names @ ..] => {
            absent(tree, &format!("{}/src/", folder(package)), names)
        }
        // The file itself, and the folder of its modules.
        ["cargo", "test", "-p", package, "--test", file, ref names @ ..] => {
            absent(tree, &format!("{}/tests/{file}", folder(package)), names)
        }
        _ => None,
    }
}

fn folder(package: &str) -> String {
    if package == "xtask" { package.to_owned() } else { format!("crates/{package}") }
}

fn absent(tree: &Tree, place: &str, names: &[&str]) -> Option<String> {
    let within = |file: &str| {
        file.strip_prefix(place).is_some_and(|rest| place.ends_with('/') || rest == ".rs" || rest.starts_with('/'))
    };
    let code: String = tree.sources().filter(|(file, _)| within(file)).map(|(_, text)| text).collect();
    if code.is_empty() {
        return Some(format!("nothing at {place}"));
    }
    let names = names.iter().filter(|name| **name != "--");
    let absent: Vec<&str> = names.copied().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    (!absent.is_empty()).then(|| format!("no test `{}`", absent.join("`, `")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    fn problems(guide: &str) -> Vec<String> {
        let sample = Sample::new(&[
            ("docs/a.md", guide),
            ("crates/core/tests/net.rs", "async fn first() {}"),
            ("crates/core/tests/net/more.rs", "fn second() {}"),
            ("crates/core/tests/network.rs", "fn third() {}"),
            ("crates/core/src/a/b.rs", "fn inner() {}"),
            ("xtask/tests/net/main.rs", "fn task() {}"),
        ]);
        shown(&sample.tree(), &["fmt"])
    }

    #[test]
    fn tests_that_are_there_pass() {
        for command in [
            "cargo test -p core --test net",
            "cargo test -p core --test net first",
            "cargo test -p core --test net -- first second",
            "cargo test -p core --lib inner",
            "cargo test -p xtask --test net task",
            "cargo xtask check fmt",
            "cargo xtask check --list",
            "cargo run -p core",
        ] {
            assert_eq!(problems(&format!("see `{command}`")), [""; 0], "{command}");
        }
    }

    #[test]
    fn what_is_not_there_is_named_with_its_place() {
        for (command, what) in [
            ("cargo test -p core --test net third", "no test `third`"),
            ("cargo test -p core --test net -- first fourth fifth", "no test `fourth`, `fifth`"),
            ("cargo test -p core --test gone first", "nothing at crates/core/tests/gone"),
            ("cargo test -p other --lib inner", "nothing at crates/other/src/"),
            ("cargo xtask check leaks", "no step `leaks`"),
        ] {
            assert_eq!(problems(&format!("\nsee `{command}`")), [format!("docs/a.md:2: {what}: {command}")]);
        }
    }

    #[test]
    fn a_claim_has_a_command_or_says_that_it_has_none() {
        let table =
            |cell: &str| problems(&format!("| Claim | Shown by |\n|---|---|\n| it holds | {cell} |\n\n| else | x |\n"));
        assert_eq!(table("`cargo xtask check fmt`"), [""; 0]);
        assert_eq!(table("by reading only: a file"), [""; 0]);
        assert_eq!(table("trust us").len(), 1);
    }
}
