//! What the servers of tests need of the machine: a port, and a word where a program is missing.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::net::TcpListener;

/// Says that a part was not run, or fails where everything must run.
pub fn not_run(part: &str, program: &str) {
    let line = format!("{part}: {program} not found");
    assert!(std::env::var("PAY_REQUIRE_ALL").as_deref() != Ok("1"), "{line}");
    if let Ok(file) = std::env::var("PAY_NOT_RUN_FILE") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
        writeln!(file, "{line}").unwrap();
    }
    println!("{line}");
}

/// A port for a server that is told before it listens, and that is stopped and started again on it: below those that the system hands out,
/// or another program's connection could have it meanwhile.
pub fn free_port() -> u16 {
    loop {
        let random = RandomState::new().build_hasher().finish();
        let port = 12_000 + (random % 18_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
