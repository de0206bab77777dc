//! JSON text as a value to validate. Never a source of amounts: those are read from the text itself.

use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// Deeper nesting is refused.
const DEEPEST: u32 = 32;

/// Reads JSON text. Unlike the library's own reader it takes numbers of any size, since a number too large for a
/// float is still a number; and it reads the same whether or not `arbitrary_precision` is on somewhere in the build.
pub(crate) fn readable(text: &str) -> Option<Value> {
    read(text.trim(), DEEPEST)
}

fn read(text: &str, deeper: u32) -> Option<Value> {
    let deeper = deeper.checked_sub(1)?;
    match text.as_bytes().first()? {
        b'{' => {
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
            let members = members.into_iter().map(|(name, value)| Some((name, read(value.get(), deeper)?)));
            members.collect::<Option<Map<String, Value>>>().map(Value::Object)
        }
        b'[' => {
            let items: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
            let items = items.iter().map(|item| read(item.get(), deeper));
            items.collect::<Option<Vec<Value>>>().map(Value::Array)
        }
        b'-' | b'0'..=b'9' => number(text).map(Value::Number),
        _ => serde_json::from_str(text).ok(),
    }
}

fn number(text: &str) -> Option<Number> {
    // Only what is a JSON number, so that `1_0` and `0x1` are none.
    serde_json::from_str::<&RawValue>(text).ok()?;
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    if let Ok(whole) = text.parse::<u64>() {
        return Some(whole.into());
    }
    Number::from_f64(text.parse::<f64>().ok()?.clamp(f64::MIN, f64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_the_library_reads() {
        for text in ["null", "true", "7", "-7", "18446744073709551615", "1.5", r#""a\n""#, "[]", r#" {"a":[1,{}]} "#] {
            assert_eq!(readable(text).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
        for wrong in ["", "nul", "1_0", "0x1", "01", "1.", "-", "[", "{1:2}", "1 2", r#""\ud800""#, "'a'"] {
            assert_eq!(readable(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn any_number_is_a_number_and_any_depth_is_survived() {
        for text in ["1e400", "-1e400", &"9".repeat(400)] {
            assert!(readable(text).unwrap().is_number(), "{text}");
        }
        assert_eq!(readable("[[1]]"), Some(json!([[1]])));
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(readable(&deep(32)).is_some());
        assert_eq!(readable(&deep(33)), None);
        assert_eq!(readable(&deep(100_000)), None);
    }
}
