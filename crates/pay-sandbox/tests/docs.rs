//! The guide names everything that the code has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_sandbox::{Evidence, Fault, FaultRule, Sandbox};

fn guide() -> Option<String> {
    // The packed crate does not hold the repository's guide.
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sandbox.md")).ok()
}

#[tokio::test]
async fn the_guide_has_every_operation() {
    let Some(guide) = guide() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let all = [("pagamio", 15), ("pay1st", 8), ("payagency", 24), ("pagfast", 13), ("paga-connect", 14)];
    for (provider, operations) in all {
        let (_, list) = guide.split_once(&format!("Operations of `{provider}`: ")).unwrap();
        let (list, _) = list.split_once(".\n").unwrap();
        let names: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
        for name in &names {
            sandbox.add_fault(FaultRule::new(provider, Fault::Html).operation(*name)).unwrap();
        }
        assert_eq!(names.len(), operations, "as many as {provider} has");
    }
}

#[tokio::test]
async fn the_guide_has_every_mode_with_its_values() {
    let Some(guide) = guide() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    for mode in sandbox.modes() {
        let values: Vec<String> = mode
            .allowed
            .iter()
            .map(|it| match it.evidence {
                Evidence::Assumed => format!("`{}` *(assumed)*", it.value),
                _ => format!("`{}`", it.value),
            })
            .collect();
        let row = format!("| `{}` | {} | {} |", mode.name, values.join(", "), mode.about);
        assert!(guide.contains(&row), "docs/sandbox.md lacks: {row}");
    }
    let (mut rows, mut in_table) = (0, false);
    for line in guide.lines() {
        in_table = line.starts_with("| Mode ") || in_table && line.starts_with('|');
        rows += usize::from(in_table && line.starts_with("| `"));
    }
    assert_eq!(rows, sandbox.modes().len(), "a mode that does not exist");
}
