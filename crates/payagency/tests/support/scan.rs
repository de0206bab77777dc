//! Looking for card numbers where none may be.

fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let value = u32::from(digit - b'0') * if place % 2 == 1 { 2 } else { 1 };
        sum += if value > 9 { value - 9 } else { value };
    }
    sum % 10 == 0
}

/// Every 13 to 19 digits in a row, within longer runs too, that pass the Luhn check. Zeros alone pass it and are no card.
pub fn card_numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for run in text.as_bytes().split(|byte| !byte.is_ascii_digit()) {
        for length in 13..=19 {
            found.extend(run.windows(length).filter(|digits| luhn(digits) && digits.iter().any(|d| *d != b'0')));
        }
    }
    found.into_iter().map(|digits| String::from_utf8(digits.to_vec()).unwrap()).collect()
}

/// The same in a source file: words that are nothing but digits. Ciphertext in hexadecimal digits has letters among them.
pub fn card_numbers_as_words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| (13..=19).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()));
    words.filter(|word| luhn(word.as_bytes()) && word.bytes().any(|b| b != b'0')).map(str::to_owned).collect()
}
