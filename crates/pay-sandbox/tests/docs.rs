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

/// The cells of a table's first column.
fn first_column<'g>(guide: &'g str, head: &str) -> Vec<&'g str> {
    let (_, rows) = guide.split_once(&format!("\n| {head} |\n|")).unwrap();
    let rows = rows.lines().skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_start_matches("| ").split(" |").next().unwrap()).collect()
}

fn spans(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[tokio::test]
async fn the_guide_has_every_kind_of_fault() {
    let Some(guide) = guide() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let control = format!("{}/_sandbox", sandbox.url());
    let client = reqwest::Client::new();
    for (path, head, source) in [
        ("faults", "Kind | Details | What happens | Acted?", include_str!("../src/faults/parse.rs")),
        ("webhooks/rules", "Kind | Details | What happens", include_str!("../src/webhooks/rules_json.rs")),
    ] {
        // Whatever the code that reads rules compares with, if it is taken for a kind.
        let mut known = Vec::new();
        for word in source.split('"').skip(1).step_by(2).filter(|word| !word.contains([' ', '.'])) {
            let rule = serde_json::json!({ "provider": "pay1st", "fault": { "kind": word } });
            let answer = client.post(format!("{control}/{path}")).json(&rule).send().await.unwrap();
            let taken = !answer.text().await.unwrap().contains("\"fault.kind\"");
            known.extend(Some(word).filter(|word| taken && !known.contains(word)));
        }
        let mut told: Vec<&str> = first_column(&guide, head).into_iter().flat_map(spans).collect();
        known.sort_unstable();
        told.sort_unstable();
        assert_eq!(told, known, "docs/sandbox.md, the table `{head}`");
    }
}

#[tokio::test]
async fn the_guide_names_requests_that_are_answered() {
    let Some(guide) = guide() else { return };
    let sandbox = Sandbox::start().await.unwrap();
    let control = format!("{}/_sandbox", sandbox.url());
    let client = reqwest::Client::new();
    let ask = async |method: &str, path: &str| {
        let answer = client.request(method.parse().unwrap(), format!("{control}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let mut asked = 0;
    for cell in first_column(&guide, "Request | Body | Answers") {
        let (mut methods, mut provider) = (Vec::new(), "");
        for span in spans(cell) {
            let (method, path) =
                span.split_once(' ').unwrap_or(if span.starts_with('/') { ("", span) } else { (span, "") });
            if !method.is_empty() {
                methods.push(method);
            }
            if path.is_empty() {
                continue;
            }
            // `/payouts` behind `GET /payagency/payments` lies beside it.
            let whole = if method.is_empty() { format!("{provider}{path}") } else { path.to_owned() };
            provider = if method.is_empty() {
                provider
            } else {
                whole.rsplit_once('/').map_or("", |(start, _)| &path[..start.len()])
            };
            let path: String = whole.replace("{action}", "pay").replace("{move}", "cancel").replace(['{', '}'], "");
            for method in &methods {
                let (status, text) = ask(method, &path).await;
                assert!(
                    status != 405 && !text.contains("nothing here"),
                    "docs/sandbox.md: {method} {path}: {status} {text}"
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 50, "{asked} requests: the table is not read");
}
