//! Text that is now a number and now a string, members of objects, and what goes into logs.

use pay_core::provider::{Id, LooseText, json, members};

pub(super) fn run(data: &[u8]) {
    if let Ok(id) = json::<Id>(data) {
        let again = serde_json::to_vec(&id).expect("an id is JSON");
        assert_eq!(json::<Id>(&again).ok(), Some(id), "sent back in the form in which it came");
    }
    if let Ok(text) = json::<LooseText>(data) {
        let again = serde_json::to_vec(&text).expect("text is JSON");
        assert_eq!(json::<LooseText>(&again).ok(), Some(text));
    }
    if let Ok(members) = members(data) {
        for raw in members.values() {
            assert!(json::<serde::de::IgnoredAny>(raw.get().as_bytes()).is_ok(), "a member is JSON");
        }
    }
    let shown = pay_core::printable(&String::from_utf8_lossy(data));
    assert!(!shown.chars().any(char::is_control), "a log line can be forged: {shown:?}");
    assert!(shown.chars().count() <= 3100, "a log line can be flooded: {}", shown.len());
}
