//! Sealed bodies, opened and made by `openssl`: an implementation that shares nothing with the one that is tested.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether there is an `openssl`. Where there is none, the part that needs it says so, or fails where everything must run.
pub fn there(part: &str) -> bool {
    static THERE: OnceLock<bool> = OnceLock::new();
    if *THERE.get_or_init(|| Command::new("openssl").arg("version").output().is_ok_and(|out| out.status.success())) {
        return true;
    }
    let line = format!("{part}: openssl not found");
    assert!(std::env::var("PAY_REQUIRE_ALL").as_deref() != Ok("1"), "{line}");
    if let Ok(file) = std::env::var("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        writeln!(file, "{line}").unwrap();
    }
    println!("{line}");
    false
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

/// AES-256-CBC under the bytes of `key`, either way.
fn run(way: &str, key: &str, iv: &str, input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(["enc", way, "-aes-256-cbc", "-K", &hex(key.as_bytes()), "-iv", iv])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl refused it");
    output.stdout
}

/// What is inside a body of exactly the documented form.
pub fn unsealed(key: &str, body: &str) -> String {
    let envelope = body.strip_prefix(r#"{"payload":""#).and_then(|rest| rest.strip_suffix(r#""}"#)).expect("the form");
    let (iv, sealed) = envelope.split_once(':').expect("a colon");
    assert_eq!(iv.len(), 32);
    assert!(envelope.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':')), "lower-case digits");
    String::from_utf8(run("-d", key, iv, &bytes(sealed))).unwrap()
}

/// An envelope.
pub fn sealed(key: &str, iv: &str, plain: &str) -> String {
    format!("{iv}:{}", hex(&run("-e", key, iv, plain.as_bytes())))
}
