//! What callers and their stores put into requests: nothing leaves the base URL.

use crate::worlds::{BASE, PAY, READ, engine, run};
use pay_core::provider::{DecodeError, Parts, Repeat};
use pay_core::script::{Play, Script, Sent};
use pay_core::{Prepared, RawRequest};

fn done() -> Script {
    Script::new(|_| Play::answer(200, "{}"))
}

/// It went to the base URL, and no segment folds the path.
fn stays_below(sent: &Sent) {
    let rest = sent.url.strip_prefix(BASE).unwrap_or_else(|| panic!("left the base URL: {}", sent.url));
    assert!(rest.starts_with(['/', '?']), "left the base URL: {}", sent.url);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    for segment in path.split('/') {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        assert!(plain != "." && plain != "..", "a dot segment: {}", sent.url);
    }
}

/// The first byte chooses between a value in a path and a whole path.
pub(super) fn path(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let script = done();
    let (engine, access) = engine(&script);
    if choice % 2 == 0 {
        let parts = Parts::new(&READ).path_value("id", text);
        let _ = run(engine.call(&access, parts, |_| Ok::<_, DecodeError>(())).send());
        for sent in script.seen() {
            stays_below(&sent);
            let segments: Vec<&str> = sent.path.split('/').collect();
            let ["", "api", "v1", "a", value, "b"] = segments[..] else { panic!("other segments: {}", sent.path) };
            let back = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            assert_eq!(back, text, "the value changed");
        }
    } else {
        let _ = run(engine.raw(&access, RawRequest::get(text)).send());
        script.seen().iter().for_each(stays_below);
    }
}

/// A stored request, as it may come back from a disk that somebody else can write to.
pub(super) fn prepared(data: &[u8]) {
    let Ok(prepared) = serde_json::from_slice::<Prepared>(data) else { return };
    let stored = serde_json::to_vec(&prepared).expect("a prepared request is JSON");
    let again = serde_json::from_slice(&stored).ok();
    assert!(again.as_ref() == Some(&prepared), "storing changes it");
    let script = done();
    let (engine, access) = engine(&script);
    let _ = run(engine.resend(&access, &PAY, &prepared, |_| Ok::<_, DecodeError>(())).send());
    assert_eq!(PAY.repeat, Repeat::Keyed);
    for sent in script.seen() {
        stays_below(&sent);
        assert_eq!(sent.body.as_ref(), prepared.body(), "other bytes were sent");
    }
}
