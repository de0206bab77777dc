//! Card numbers: any digits that pass for one, planted or not.

use super::scan::{Found, around};
use std::collections::BTreeSet;

/// Every 13 to 19 digits in a row that have a card number's check digit; zeros alone are none.
pub(super) fn card_numbers(text: &[u8]) -> Vec<Found> {
    let (mut found, mut told) = (Vec::new(), BTreeSet::new());
    let mut at = 0;
    while let Some(start) = text[at..].iter().position(u8::is_ascii_digit).map(|skipped| at + skipped) {
        let length = text[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = start + length;
        let digits = &text[start..at];
        let card = (13..=19).contains(&length)
            && sum(digits, 1).is_multiple_of(10)
            && digits.iter().any(|digit| *digit != b'0')
            // A time in milliseconds: cards of so few digits begin with 4.
            && !(length == 13 && digits[0] == b'1')
            && !in_a_hash(text, start, at);
        if card && told.insert(digits) {
            let near = around(text, start, at);
            found.push(Found { field: "a card number, by its check digit".to_owned(), form: "digits", near });
        }
    }
    found
}

/// Whether these digits are part of 32 hexadecimal ones or more, as in random ids: some of those pass for anything.
fn in_a_hash(text: &[u8], start: usize, end: usize) -> bool {
    let hex = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let before = text[..start].iter().rev().take_while(hex).count();
    let after = text[end..].iter().take_while(hex).count();
    before + after > 0 && before + (end - start) + after >= 32
}

/// The digit that makes a card number of the digits before it.
pub(super) fn check_digit(number: &str) -> u32 {
    (10 - sum(number.as_bytes(), 2) % 10) % 10
}

/// The sum of ISO/IEC 7812-1 from the right, where the last digit counts `first` times.
fn sum(digits: &[u8], first: u32) -> u32 {
    let times = [first, 3 - first].into_iter().cycle();
    let products = digits.iter().rev().zip(times).map(|(digit, times)| u32::from(digit.saturating_sub(b'0')) * times);
    products.map(|product| product / 10 + product % 10).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_seen_and_what_is_none_is_not() {
        let (number, short) = (["4111"; 1].concat() + &"1".repeat(12), "37828224631".to_owned() + "0005");
        for card in [&number, &short] {
            let (start, last) = card.split_at(card.len() - 1);
            assert_eq!(check_digit(start).to_string(), last);
            let found = card_numbers(format!("order {card}, and {card} again").as_bytes());
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(!found[0].near.contains(&card[..8]) && found[0].near.contains("order"), "{found:?}");
            assert!(card_numbers(format!("a {start}{} b", (check_digit(start) + 1) % 10).as_bytes()).is_empty());
            assert!(card_numbers(format!("{card}{card}").as_bytes()).is_empty(), "too long");
        }
        let id = format!("9f3c{number}a07b5c1d2e4f");
        assert!(card_numbers(id.as_bytes()).is_empty() && !card_numbers(&id.as_bytes()[..24]).is_empty());
        assert_eq!(check_digit("176371200000"), 1);
        assert!(card_numbers(b"1763712000001").is_empty(), "a time");
        assert!(card_numbers(b"0000000000000000 411111******1111 2026-11-21T05:43:13.029Z").is_empty());
    }
}
