//! What is written: the same each time, nothing that rounds money, and nothing that has lost its source.

use std::collections::BTreeMap;
use std::path::Path;

use super::super::{emit, generate, load_all};
use super::{SMALL, can_write, changed, read};

/// A workspace of one provider in a folder that goes away with the test.
fn workspace(krate: &str, text: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &format!("crates/{krate}/openapi.yaml"), text);
    dir
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn apply(root: &Path) {
    generate(root, &load_all(root).unwrap()).unwrap().changes(root).unwrap().apply(root).unwrap();
}

fn told(root: &Path) -> Vec<String> {
    super::super::differences(root).unwrap()
}

fn files(text: &str) -> BTreeMap<String, String> {
    emit::files(&read(text).unwrap().api).unwrap().into_iter().collect()
}

#[test]
fn two_runs_write_the_same() {
    if !can_write() {
        return;
    }
    let dir = workspace("pagamio", SMALL);
    let specs = || load_all(dir.path()).unwrap();
    let first = generate(dir.path(), &specs()).unwrap();
    let second = generate(dir.path(), &specs()).unwrap();
    assert_eq!(first, second);
    assert!(first.files().len() >= 8, "{:?}", first.files().keys());
}

#[test]
fn an_operation_keeps_its_token_where_the_document_says_so() {
    if !can_write() {
        return;
    }
    let written = |text: &str| files(text).remove("operations.rs").unwrap();
    assert!(!written(SMALL).contains("keeping_token"));
    assert!(
        written(&changed("x-pay-repeat: safe", "x-pay-repeat: safe\n      x-pay-keep-token: true"))
            .contains(".keeping_token()")
    );
}

#[test]
fn what_a_person_makes_has_no_constructor() {
    if !can_write() {
        return;
    }
    let written = |text: &str| files(text).remove("types.rs").unwrap();
    let by_hand =
        changed("SaleRequest:\n      type: object", "SaleRequest:\n      type: object\n      x-pay-build: hand");
    let by_hand = written(&by_hand);
    let constructors = |text: &str| text.matches("pub fn new(").count();
    assert_eq!(constructors(&by_hand) + 1, constructors(&written(SMALL)), "{by_hand}");
    assert!(by_hand.contains("pub fn note("), "{by_hand}");
}

#[test]
fn a_difference_is_named_until_it_is_mended() {
    if !can_write() {
        return;
    }
    let dir = workspace("pagamio", SMALL);
    let root = dir.path();
    assert!(told(root).iter().all(|line| line.ends_with("not there yet")));
    apply(root);
    assert!(told(root).is_empty());
    // Somebody edits a generated file.
    let file = "crates/pagamio/src/generated/types.rs";
    let text = std::fs::read_to_string(root.join(file)).unwrap();
    write(root, file, &text.replace("pub reference: String", "pub reference: Vec<u8>"));
    assert_eq!(told(root), [format!("{file}: differs")]);
    // Somebody edits the document and forgets to generate.
    apply(root);
    write(root, "crates/pagamio/openapi.yaml", &changed("summary: Lists.", "summary: Lists all."));
    let changed = told(root).join("\n");
    assert!(changed.contains("operations.rs: differs") && changed.contains("pagamio.json: differs"), "{changed}");
    apply(root);
    assert!(told(root).is_empty());
}

#[test]
fn a_private_part_of_a_union_does_not_print() {
    if !can_write() {
        return;
    }
    let types = |text: &str| files(text)["types.rs"].clone();
    let open = types(SMALL);
    assert!(open.contains("#[derive(Debug, Clone, PartialEq, Eq)]\n#[non_exhaustive]\npub enum Paid"), "{open}");
    let hidden = types(&changed("{type: string, title: Word}", "{type: string, title: Word, x-pay-private: personal}"));
    assert!(hidden.contains("#[derive(Clone, PartialEq, Eq)]\n#[non_exhaustive]\npub enum Paid"), "{hidden}");
    assert!(hidden.contains(r#"Self::Word(_) => f.write_str("Word(..)")"#), "{hidden}");
    assert!(hidden.contains(r#"Self::Cash(value) => f.debug_tuple("Cash").field(value).finish()"#), "{hidden}");
}

#[test]
fn what_has_no_source_any_more_is_deleted() {
    if !can_write() {
        return;
    }
    let dir = workspace("pagamio", SMALL);
    let root = dir.path();
    write(root, "crates/pagfast/openapi.yaml", SMALL);
    write(root, "crates/pagfast/src/client.rs", "//! By hand.\n");
    apply(root);
    assert!(root.join("crates/pay-sandbox/src/generated/pagfast.json").is_file());
    // A file that no spec gives any more.
    write(root, "crates/pagamio/src/generated/types/old.rs", "");
    std::fs::remove_file(root.join("crates/pagfast/openapi.yaml")).unwrap();
    let lines = told(root).join("\n");
    for gone in ["pagfast/src/generated/mod.rs", "pay-sandbox/src/generated/pagfast.rs", "types/old.rs"] {
        assert!(lines.contains(&format!("{gone}: has no source any more")), "{lines}");
    }
    apply(root);
    assert!(!root.join("crates/pagfast/src/generated").exists());
    assert!(!root.join("crates/pay-sandbox/src/generated/pagfast.json").exists());
    assert!(!root.join("crates/pagamio/src/generated/types").exists());
    assert!(root.join("crates/pagfast/src/client.rs").is_file(), "what a person wrote stays");
    assert!(told(root).is_empty());
    std::fs::remove_file(root.join("crates/pagamio/openapi.yaml")).unwrap();
    apply(root);
    assert!(!root.join("docs/coverage.md").exists() && !root.join("crates/pay-sandbox/src/generated").exists());
}

#[test]
fn other_crates_with_a_spec_reach_neither_sandbox_nor_coverage() {
    if !can_write() {
        return;
    }
    let dir = workspace("pay-golden", SMALL);
    let outputs = generate(dir.path(), &load_all(dir.path()).unwrap()).unwrap();
    assert!(outputs.files().keys().all(|file| file.starts_with("crates/pay-golden/src/generated/")));
}

#[test]
fn coverage_tells_where_an_operation_is_used() {
    if !can_write() {
        return;
    }
    let dir = workspace("pagamio", SMALL);
    let root = dir.path();
    write(root, "crates/pay-sandbox/src/pagamio/routes.rs", "route(\"sell\")");
    write(root, "crates/pay-sandbox/src/pagfast/routes.rs", "route(\"list_sales\")");
    write(root, "crates/pay-demo/src/stories/a.rs", "use pagamio; client.list_sales()");
    write(root, "crates/pay-demo/src/stories/b.rs", "use pagfast; client.sell()");
    apply(root);
    let table = std::fs::read_to_string(root.join("docs/coverage.md")).unwrap();
    let row = |name: &str| table.lines().find(|line| line.contains(&format!("| `{name}` |"))).unwrap().to_owned();
    assert_eq!(
        row("sell"),
        "| `sell` | `POST /sales/{saleId}` | [documented](https://docs.acme.example/sell) | typed | yes | – |"
    );
    assert_eq!(row("list_sales"), "| `list_sales` | `GET /sales` | sdk: the provider's own client | typed | – | yes |");
}

#[test]
fn coverage_says_where_only_the_answer_is_assumed() {
    if !can_write() {
        return;
    }
    let text = changed(
        "    Sale:\n      type: object",
        "    Sale:\n      x-pay-evidence: {assumed: another | platform}\n      type: object",
    );
    let row = |text: &str| {
        let dir = workspace("pagamio", text);
        apply(dir.path());
        let table = std::fs::read_to_string(dir.path().join("docs/coverage.md")).unwrap();
        table.lines().find(|line| line.contains("| `sell` |")).unwrap().to_owned()
    };
    let known = "[documented](https://docs.acme.example/sell)";
    assert!(
        row(&text).contains(&format!("| {known}; its answer assumed: another \\| platform | typed |")),
        "{}",
        row(&text)
    );
    // An operation that is assumed itself says so once.
    let whole = text.replace("x-pay-evidence: {documented: /sell}", "x-pay-evidence: {assumed: all of it}");
    assert!(row(&whole).contains("| assumed: all of it | typed |"), "{}", row(&whole));
    assert!(row(SMALL).contains(&format!("| {known} | typed |")));
}

#[test]
fn nothing_is_written_that_rounds_money() {
    if !can_write() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let outputs = generate(root, &load_all(root).unwrap()).unwrap();
    let rust: Vec<_> = outputs.files().iter().filter(|(file, _)| file.ends_with(".rs")).collect();
    assert!(rust.len() > 10);
    for (file, text) in rust {
        for word in ["flatten", "untagged", "tag =", "serde_json::Value", "f64", "f32", "unwrap()", "todo!"] {
            assert!(!text.contains(word), "{word} in {file}");
        }
        assert!(text.starts_with("//! ") && text.contains("Generated by `cargo xtask codegen` from "), "{file}");
        assert!(text.contains(": do not edit."), "{file}");
    }
}

#[test]
fn the_golden_crate_is_what_the_generator_writes() {
    if !can_write() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let differing: Vec<String> = told(root).into_iter().filter(|line| line.contains("pay-golden")).collect();
    assert!(differing.is_empty(), "its tests would prove an older generator: {differing:?}");
}

#[test]
fn comments_say_what_and_where_from() {
    if !can_write() {
        return;
    }
    let files = files(SMALL);
    let operations = &files["operations.rs"];
    assert!(operations.contains("/// Sells. `POST /sales/{saleId}` (documented: <https://docs.acme.example/sell>)."));
    assert!(operations.contains("/// De-duplicated by the provider on `reference`."));
    let text = changed(
        "note: {type: string",
        "note: {description: A note., x-pay-evidence: {assumed: nobody says}, type: string",
    );
    let types = &self::files(&text)["types.rs"];
    assert!(types.contains("/// A note. It does not print. Assumed: nobody says."), "{types}");
    assert!(types.contains("/// `amount`, which no document explains.") || types.contains("In the main unit of ZAR."));
}

#[test]
fn names_that_are_asked_for_by_position_are_few_and_of_different_types() {
    if !can_write() {
        return;
    }
    // A text and an amount cannot be confused; two texts can.
    assert!(files(SMALL)["types.rs"].contains("pub fn new(reference: impl Into<String>, amount: Amount) -> Self"));
    let text = changed("required: [reference, amount]", "required: [reference, amount, note]");
    let types = &files(&text)["types.rs"];
    assert!(types.contains("pub struct SaleRequestBuilder") && !types.contains("pub fn new(reference"), "{types}");
}

#[test]
fn what_is_private_is_left_out_of_debug() {
    if !can_write() {
        return;
    }
    let types = &files(SMALL)["types.rs"];
    let debug = types.split("impl fmt::Debug for SaleRequest").nth(1).unwrap();
    let debug = debug.split("\nimpl").next().unwrap();
    assert!(debug.contains("&self.amount") && !debug.contains("note") && !debug.contains("extra"), "{debug}");
    // Without the mark it prints: the test above looks at the right place.
    let text = changed(", x-pay-private: personal", "");
    assert!(files(&text)["types.rs"].contains("&self.note"));
}

#[test]
fn long_types_are_split_by_tag() {
    if !can_write() {
        return;
    }
    let many: String = (0..40)
        .map(|number| format!("        member{number}: {{type: string, description: Member {number}.}}\n"))
        .collect();
    let text = changed(
        "    Sale:\n      type: object\n      properties:\n",
        &format!("    Sale:\n      type: object\n      properties:\n{many}"),
    );
    let text = text
        .replace("note: {type: string", &format!("{}note: {{type: string", many.trim_start().to_owned() + "        "));
    let files = files(&text);
    assert!(files.contains_key("types/sales.rs") && files.contains_key("types/common.rs"), "{:?}", files.keys());
    assert!(files["types/mod.rs"].contains("pub use sales::{SaleRequest, SellQuery};"), "{}", files["types/mod.rs"]);
    assert!(!files.contains_key("types.rs"));
}
