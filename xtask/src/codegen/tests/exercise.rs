//! An endpoint is added with nothing but the document and one golden: it is generated, compiled and run.

use std::fs;
use std::path::{Path, PathBuf};

use super::can_write;
use crate::codegen::{generate, load_all};
use crate::workspace::cargo;

/// What is added to the document.
const ENDPOINT: &str = r##"
  /vouchers/{voucherId}/redeem:
    post:
      operationId: redeem_voucher
      summary: Redeems a voucher.
      tags: [charges]
      x-pay-evidence: {assumed: invented}
      x-pay-repeat: {keyed: reference}
      parameters:
        - {name: voucherId, in: path, required: true, schema: {type: string}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/RedeemRequest"}
      responses:
        "200":
          description: What is left on it.
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Redeemed"}
"##;

const SCHEMAS: &str = r#"
    RedeemRequest:
      type: object
      required: [reference, amount]
      properties:
        reference: {type: string, description: The caller's reference.}
        amount: {type: number, x-pay-money: number, description: How much.}
    Redeemed:
      type: object
      required: [left]
      properties:
        left: {type: number, x-pay-money: number, description: What is left.}
"#;

/// The golden, by hand.
const GOLDEN: &str = r##"//! The exercise.
#![allow(clippy::unwrap_used)]
mod common;

#[tokio::test]
async fn a_voucher_is_redeemed() {
    let (client, script) = common::answering(200, r#"{"left":0.10}"#);
    let request = pay_golden::RedeemRequest::new("v-1", "4.350".parse().unwrap());
    let answer = client.redeem_voucher("A/1", &request).send().await.unwrap();
    assert_eq!(answer.left.to_string(), "0.10");
    let sent = common::last(&script);
    assert_eq!(sent.path, "/v1/vouchers/A%2F1/redeem");
    assert_eq!(sent.text(), r#"{"reference":"v-1","amount":4.350}"#);
}
"##;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn edit(file: PathBuf, change: impl Fn(String) -> String) {
    let text = fs::read_to_string(&file).unwrap();
    let changed = change(text.clone());
    assert_ne!(text, changed, "{}", file.display());
    fs::write(file, changed).unwrap();
}

#[test]
fn an_endpoint_is_added_in_the_document_alone() {
    if !can_write() {
        return;
    }
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    // A workspace of its own with a copy of the golden crate, on the real core.
    let krate = root.join("crates/pay-golden");
    copy(&real.join("crates/pay-golden"), &krate);
    fs::copy(real.join("Cargo.toml"), root.join("Cargo.toml")).unwrap();
    fs::copy(real.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    let crates = format!("path = \"{}/crates/", real.display());
    edit(root.join("Cargo.toml"), |text| {
        text.replace("members = [\"crates/*\", \"xtask\"]", "members = [\"crates/*\"]")
            .replace("path = \"crates/", &crates)
    });
    edit(krate.join("Cargo.toml"), |text| text.replace("path = \"../", &crates));

    edit(krate.join("openapi.yaml"), |text| {
        text.replace("\ncomponents:\n", &format!("{ENDPOINT}\ncomponents:\n"))
            .replace("\nx-pay-errors:\n", &format!("{SCHEMAS}\nx-pay-errors:\n"))
    });
    fs::write(krate.join("tests/exercise.rs"), GOLDEN).unwrap();
    generate(root, &load_all(root).unwrap()).unwrap().changes(root).unwrap().apply(root).unwrap();

    let output = cargo()
        .current_dir(root)
        .args(["test", "--offline", "--quiet", "--package", "pay-golden", "--test", "exercise"])
        .env("CARGO_TARGET_DIR", target())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// Where this test itself was built, so that nothing is built twice.
fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).unwrap().to_owned()
}
