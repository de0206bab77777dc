//! The story of three processes, with its feature: `cargo test -p pay-demo --features scale --test scale`.
#![cfg(feature = "scale")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

#[test]
fn one_of_three_dies_and_another_settles() {
    let out = Command::new(env!("CARGO_BIN_EXE_pay-demo")).arg("scale").output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{text}");
    assert_eq!(text.matches(" ok ").count(), 4, "{text}");
    assert!(text.contains("its intent is open") && text.contains("charged 1 time"), "{text}");
}
