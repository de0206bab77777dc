//! Answers that speak of something else than what was asked: members changed on their way.

/// The answer with every value of the JSON member changed by one character. Its length stays, so that HTTP does not notice.
pub(super) fn altered(answer: &[u8], member: &str) -> Vec<u8> {
    let mut answer = answer.to_vec();
    let name = format!("\"{member}\":");
    let mut at = 0;
    while let Some(found) = position(&answer[at..], name.as_bytes()) {
        at += found + name.len();
        if let Some(end) = last_of_value(&answer[at..]) {
            let byte = &mut answer[at + end];
            *byte = match *byte {
                b'1' => b'2',
                b'0'..=b'9' => b'1',
                b'x' => b'y',
                _ => b'x',
            };
        }
    }
    answer
}

/// Where the character stands that can be changed: the last of a text, the first digit of a number, so that it stays a number.
fn last_of_value(rest: &[u8]) -> Option<usize> {
    match rest.first()? {
        b'"' => rest[1..].iter().position(|byte| *byte == b'"').filter(|length| *length > 0),
        b'0'..=b'9' => Some(0),
        _ => None,
    }
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_change_and_nothing_else_does() {
        let text = |member| String::from_utf8(altered(br#"{"id":"order-1","amount":10.00,"n":null}"#, member)).unwrap();
        assert_eq!(text("id"), r#"{"id":"order-2","amount":10.00,"n":null}"#);
        assert_eq!(text("amount"), r#"{"id":"order-1","amount":20.00,"n":null}"#);
        assert_eq!(text("n"), r#"{"id":"order-1","amount":10.00,"n":null}"#);
        assert_eq!(text("x"), r#"{"id":"order-1","amount":10.00,"n":null}"#);
    }
}
