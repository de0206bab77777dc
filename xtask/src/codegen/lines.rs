//! Lines of Rust for each endpoint: models included, comments, blank lines and tests excluded.

use std::path::Path;

use super::load::Spec;
use crate::Result;

/// The mark that is aimed at.
const MARK: usize = 100;

/// The table that `--lines` prints.
pub(super) fn table(root: &Path, specs: &[&Spec]) -> Result<String> {
    let mut out = format!(
        "{:<14} {:>9} {:>9} {:>13} {:>12} {:>13} {:>9}\n",
        "provider", "endpoints", "generated", "each, mark", "hand-written", "each", "both"
    );
    for spec in specs {
        let source = root.join("crates").join(&spec.krate).join("src");
        let (mut generated, mut hand) = (0, 0);
        count(&source, false, &mut generated, &mut hand)?;
        let endpoints = spec.api.operations.len().max(1);
        out.push_str(&format!(
            "{:<14} {endpoints:>9} {generated:>9} {:>7} / {MARK} {hand:>12} {:>13} {:>9}\n",
            spec.krate,
            generated / endpoints,
            hand / endpoints,
            (generated + hand) / endpoints,
        ));
    }
    out.push_str("comments, blank lines and tests are not counted\n");
    Ok(out)
}

fn count(folder: &Path, inside: bool, generated: &mut usize, hand: &mut usize) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            let inside = inside || path.file_name().is_some_and(|name| name == "generated");
            count(&path, inside, generated, hand)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = code_lines(&std::fs::read_to_string(&path)?);
            *(if inside { &mut *generated } else { &mut *hand }) += lines;
        }
    }
    Ok(())
}

/// Lines that hold code, before the file's own tests.
fn code_lines(text: &str) -> usize {
    let lines = text.lines().map(str::trim).take_while(|line| *line != "#[cfg(test)]");
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_counted() {
        let text = "//! What.\n\n/// Doc.\npub struct A;\n// Why.\nimpl A {}\n\n#[cfg(test)]\nmod tests {}\n";
        assert_eq!(code_lines(text), 2);
    }
}
