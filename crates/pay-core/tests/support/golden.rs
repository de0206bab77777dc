//! Requests as golden files show them, for the clients' tests.

use pay_core::script::{Script, Sent};
use std::fmt::Write as _;

/// Request line, headers by name, an empty line, and the body.
pub fn shown(sent: &Sent) -> String {
    let mut headers: Vec<_> =
        sent.headers.keys().map(|name| format!("{name}: {}", sent.header(name.as_str()))).collect();
    headers.sort();
    let mut text = format!("{} {}\n", sent.method, sent.url);
    headers.iter().for_each(|header| writeln!(text, "{header}").unwrap());
    write!(text, "\n{}", sent.text()).unwrap();
    text
}

/// `golden` is the file's text, with the one line end at its end.
#[track_caller]
pub fn assert_sent(sent: &Sent, golden: &str) {
    let golden = golden.strip_suffix('\n').expect("a golden file ends in a line end");
    assert_eq!(shown(sent), golden, "\nsent:\n{}\n\ngolden:\n{golden}\n", shown(sent));
    // `text()` is empty for bytes that are no text.
    assert_eq!(sent.body.as_ref(), sent.text().as_bytes());
}

/// The one request that a call makes besides the log-in.
#[track_caller]
pub fn only(script: &Script) -> Sent {
    let calls = super::calls(script);
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls[0].clone()
}
