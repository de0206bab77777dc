//! The guide names everything that the code has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pay_sandbox::{Evidence, Sandbox};

#[tokio::test]
async fn the_guide_has_every_mode_with_its_values() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sandbox.md");
    // The packed crate does not hold the repository's guide.
    let Ok(guide) = std::fs::read_to_string(path) else { return };
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
    let rows = guide.lines().skip_while(|line| !line.starts_with("| Mode ")).take_while(|line| line.starts_with('|'));
    assert_eq!(rows.count() - 2, sandbox.modes().len(), "a mode that does not exist");
}
