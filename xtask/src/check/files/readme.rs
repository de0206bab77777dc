//! The README's two commands: printed there as they are run in CI.

use super::Tree;

const DEMO: &str = "cargo xtask demo";
const TEST: &str = "cargo xtask test";

/// One fenced shell block of the README holds exactly the two commands, and CI runs both.
pub(super) fn commands(tree: &Tree) -> Vec<String> {
    let mut problems = Vec::new();
    let readme = tree.text("README.md").unwrap_or_default();
    let wanted = |block: &Vec<String>| {
        block.len() == 2 && [DEMO, TEST].iter().all(|command| block.iter().any(|line| line == command))
    };
    if !shell_blocks(&readme).iter().any(wanted) {
        problems.push(format!("README.md: no fenced shell block holds exactly `{DEMO}` and `{TEST}`"));
    }
    let ci = tree.text(".ci/run").unwrap_or_default();
    let run = |command: &str| {
        let mut lines = ci.lines().map(str::trim_start);
        lines.any(|line| !line.starts_with('#') && line.contains(command))
    };
    for command in [DEMO, TEST] {
        if !run(command) {
            problems.push(format!(".ci/run: does not run `{command}`"));
        }
    }
    problems
}

/// The commands of each fenced shell block, without prompts, comments and blank lines.
fn shell_blocks(markdown: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, Vec<String>)> = None;
    for line in markdown.lines().map(str::trim) {
        let fence = line.strip_prefix("```");
        match (&mut open, fence) {
            (None, Some(language)) => {
                let shell = ["sh", "bash", "shell", "console"].contains(&language.trim());
                open = Some((shell, Vec::new()));
            }
            (Some(_), Some(_)) => {
                let closed = open.take();
                blocks.extend(closed.filter(|(shell, _)| *shell).map(|(_, lines)| lines));
            }
            (Some((_, lines)), None) => {
                let command = line.split(" #").next().unwrap_or(line);
                let command = command.trim_start_matches("$ ").trim();
                if !command.is_empty() && !command.starts_with('#') {
                    lines.push(command.to_owned());
                }
            }
            (None, None) => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    const CI: &str = "#!/usr/bin/env bash\npart test cargo xtask test --all\npart demo cargo xtask demo\n";

    fn readme(block: &str) -> String {
        format!("# x\n```rust\nlet x = 1;\n```\nThen:\n```sh\n{block}```\n")
    }

    #[test]
    fn both_commands_in_one_block_pass() {
        let plain = readme("cargo xtask demo\ncargo xtask test\n");
        let sample = Sample::new(&[("README.md", &plain), (".ci/run", CI)]);
        assert_eq!(commands(&sample.tree()), [""; 0]);
        let commented = "$ cargo xtask test   # everything\n\n# offline\ncargo xtask demo\n";
        sample.write("README.md", &readme(commented));
        assert_eq!(commands(&sample.tree()), [""; 0]);
    }

    #[test]
    fn a_readme_with_other_commands_is_named() {
        let sample = Sample::new(&[(".ci/run", CI)]);
        for block in [
            "cargo xtask demo\n",
            "cargo xtask demo\ncargo test\n",
            "cargo xtask demo\ncargo xtask test --all\n",
            "cargo xtask demo\ncargo xtask test\ncargo xtask check\n",
        ] {
            sample.write("README.md", &readme(block));
            assert_eq!(commands(&sample.tree()).len(), 1, "{block}");
        }
        let both = readme("cargo xtask demo\ncargo xtask test\n");
        sample.write("README.md", &both.replace("```sh", "```text"));
        assert_eq!(commands(&sample.tree()).len(), 1);
        sample.remove("README.md");
        assert_eq!(commands(&sample.tree()).len(), 1);
    }

    #[test]
    fn commands_that_ci_does_not_run_are_named() {
        let good = readme("cargo xtask demo\ncargo xtask test\n");
        let sample = Sample::new(&[("README.md", &good)]);
        assert_eq!(commands(&sample.tree()).len(), 2);
        sample.write(".ci/run", "# cargo xtask test\ncargo xtask demo\n");
        assert_eq!(commands(&sample.tree()), [".ci/run: does not run `cargo xtask test`"]);
    }
}
