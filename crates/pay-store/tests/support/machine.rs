//! What the servers of tests need of the machine: a port, and a word where a program is missing.

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

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
