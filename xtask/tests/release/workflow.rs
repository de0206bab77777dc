//! The workflow that releases: it stores no token, and asks for no more than it needs.

use std::path::Path;

use serde_json::{Value, json};

fn workflow() -> (String, Value) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows/release.yml");
    let text = std::fs::read_to_string(file).unwrap();
    let parsed = serde_saphyr::from_str(&text).unwrap();
    (text, parsed)
}

#[test]
fn the_workflow_proves_who_it_is_and_stores_no_token() {
    let (text, workflow) = workflow();
    assert!(!text.contains("secrets."), "a stored secret is named");
    assert_eq!(workflow["permissions"], json!({}), "nothing for all jobs");
    let jobs = workflow["jobs"].as_object().unwrap();
    assert_eq!(jobs.len(), 1);
    let job = &jobs["publish"];
    assert_eq!(job["permissions"], json!({ "contents": "write", "id-token": "write" }));
    assert_eq!(job["environment"], "release");

    let steps = job["steps"].as_array().unwrap();
    let auth = steps.iter().position(|step| step["id"] == "auth").unwrap();
    assert!(steps[auth]["uses"].as_str().unwrap().starts_with("rust-lang/crates-io-auth-action@"));
    let tokens: Vec<usize> = (0..steps.len()).filter(|at| !steps[*at]["env"].is_null()).collect();
    assert_eq!(tokens.len(), 1, "one step alone has the token");
    assert!(tokens[0] > auth);
    assert_eq!(steps[tokens[0]]["env"], json!({ "CARGO_REGISTRY_TOKEN": "${{ steps.auth.outputs.token }}" }));
    // What somebody typed into the form is no part of a script.
    assert!(steps.iter().all(|step| !step["run"].as_str().unwrap_or_default().contains("${{")));
}

#[test]
fn the_workflow_runs_what_docs_releasing_tells() {
    let (_, workflow) = workflow();
    let steps = workflow["jobs"]["publish"]["steps"].as_array().unwrap();
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert_eq!(
        commands,
        [
            "cargo xtask release publish --dry-run $CRATES",
            "cargo xtask release publish $CRATES",
            "git push origin --tags"
        ]
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/releasing.md");
    let page = std::fs::read_to_string(file).unwrap();
    for command in ["cargo xtask release publish --dry-run", "cargo xtask release publish", "git push origin --tags"] {
        assert!(page.contains(command), "docs/releasing.md does not tell {command}");
    }
    assert!(page.contains(".github/workflows/release.yml"));
}
