//! Cards: checked, recognised, and reduced to what may be kept before anything else sees them.

use super::answers::FieldError;
use super::modes::OtherCards;
use time::OffsetDateTime;

/// What a card does. The first two are as seen in use; that it hangs on the number at all is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// Paid at once.
    Success,
    /// A 3-D Secure page first; what the payer does there decides.
    ThreeDs,
    /// A 3-D Secure page first, and declined all the same when the payer approves.
    ThreeDsDeclined,
    /// Declined.
    Decline,
    /// Stopped by rules.
    Blocked,
    /// Pending for a while, then paid.
    Pending,
}

/// The sandbox's cards: number, what it does. The numbers are public test numbers; what they do is of our own choice, but for
/// the first three.
pub(crate) const TEST_CARDS: [(&str, Behaviour); 9] = [
    ("4111111111111111", Behaviour::Success),
    ("4012888888881881", Behaviour::ThreeDs),
    ("4222222222222222", Behaviour::Success),
    ("5555555555554444", Behaviour::Success),
    ("378282246310005", Behaviour::Success),
    ("4000008400001629", Behaviour::ThreeDsDeclined),
    ("4000000000000002", Behaviour::Decline),
    ("4100000000000019", Behaviour::Blocked),
    ("4000000000000077", Behaviour::Pending),
];

/// What is kept of a card: six digits, four digits, brand, expiry. The number and the check digits are gone by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Card {
    /// `411111XXXXXX1111`
    pub(crate) masked: String,
    pub(crate) brand: Option<&'static str>,
    pub(crate) month: String,
    pub(crate) year: String,
    pub(super) does: Behaviour,
}

/// A card as it was typed or sent. No `Debug`, no `Clone`: it lives until it is read.
pub(crate) struct Typed<'a> {
    pub(crate) number: &'a str,
    pub(crate) month: &'a str,
    pub(crate) year: &'a str,
    /// `None`: there is none in this place.
    pub(crate) cvv: Option<&'a str>,
}

impl Typed<'_> {
    /// Checks a card and keeps what may be kept; else says what is wrong, by field.
    pub(super) fn read(&self, others: OtherCards, today: OffsetDateTime) -> Result<Card, Vec<FieldError>> {
        let mut errors: Vec<FieldError> = Vec::new();
        let known = TEST_CARDS.iter().find(|(number, _)| *number == self.number).map(|(_, does)| *does);
        if known.is_none() && !is_card_number(self.number) {
            errors.push(("card_number", "is not a card number"));
        }
        let month = digits(self.month, 2).filter(|month| (1..=12).contains(month));
        if month.is_none() {
            errors.push(("card_expiry_month", "must be MM"));
        }
        let year = digits(self.year, 4);
        if year.is_none() {
            errors.push(("card_expiry_year", "must be YYYY"));
        }
        if let (Some(month), Some(year)) = (month, year)
            && (i64::from(year), month) < (i64::from(today.year()), u32::from(u8::from(today.month())))
        {
            errors.push(("card_expiry_year", "the card has expired"));
        }
        if self.cvv.is_some_and(|cvv| digits(cvv, 3).or(digits(cvv, 4)).is_none()) {
            errors.push(("card_cvv", "must be 3 or 4 digits"));
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let does = known.unwrap_or(match others {
            OtherCards::Success => Behaviour::Success,
            OtherCards::ThreeDs => Behaviour::ThreeDs,
            OtherCards::Decline => Behaviour::Decline,
        });
        let (month, year) = (self.month.to_owned(), self.year.to_owned());
        Ok(Card { masked: masked(self.number), brand: brand(self.number), month, year, does })
    }
}

fn digits(text: &str, length: usize) -> Option<u32> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn is_card_number(text: &str) -> bool {
    (13..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) && is_luhn(text)
}

/// Whether the check digit of a text of digits is right.
fn is_luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.saturating_sub(b'0'));
            let doubled = digit * 2;
            if place % 2 == 0 { digit } else { doubled / 10 + doubled % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether some 13 to 19 digits in a row could be read as a card number.
pub(super) fn looks_like_a_card(digits: &str) -> bool {
    (13..=19).any(|length| {
        (0..=digits.len().saturating_sub(length)).any(|at| digits.get(at..at + length).is_some_and(is_luhn))
    })
}

/// Whether a card number stands somewhere in a text, its digits in a row.
pub(crate) fn holds_a_card(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit()).any(looks_like_a_card)
}

fn masked(number: &str) -> String {
    let length = number.len();
    let keeps = |place: usize| place < 6 || place + 4 >= length;
    number.chars().enumerate().map(|(place, digit)| if keeps(place) { digit } else { 'X' }).collect()
}

fn brand(number: &str) -> Option<&'static str> {
    match number.as_bytes() {
        [b'4', ..] => Some("VISA"),
        [b'5', b'1'..=b'5', ..] | [b'2', b'2'..=b'7', ..] => Some("MASTERCARD"),
        [b'3', b'4' | b'7', ..] => Some("AMEX"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str, month: &str, year: &str, cvv: Option<&str>) -> Result<Card, Vec<&'static str>> {
        let today = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(); // January 2027
        let card = Typed { number, month, year, cvv }.read(OtherCards::Success, today);
        card.map_err(|errors| errors.into_iter().map(|(field, _)| field).collect())
    }

    #[test]
    fn what_is_kept_shows_ten_digits_at_most() {
        for (number, _) in TEST_CARDS {
            let card = read(number, "12", "2030", Some("123")).unwrap();
            let text = format!("{card:?}");
            assert!(!text.contains(number) && !text.contains("123\""), "{text}");
            assert_eq!(card.masked.bytes().filter(u8::is_ascii_digit).count(), 10);
            assert_eq!(card.masked.len(), number.len());
        }
        assert_eq!(read("4111111111111111", "12", "2030", None).unwrap().masked, "411111XXXXXX1111");
    }

    #[test]
    fn what_is_no_card_is_refused_by_field() {
        let errors = |number, month, year, cvv| read(number, month, year, cvv).unwrap_err();
        assert_eq!(errors("4111111111111112", "12", "2030", None), ["card_number"]);
        assert_eq!(errors("4111 1111 1111 1111", "12", "2030", None), ["card_number"]);
        assert_eq!(errors("411111111111", "12", "2030", None), ["card_number"]);
        assert_eq!(
            errors("4111111111111111", "1", "30", Some("12")),
            ["card_expiry_month", "card_expiry_year", "card_cvv"]
        );
        assert_eq!(errors("4111111111111111", "13", "2030", Some("12a")), ["card_expiry_month", "card_cvv"]);
        assert_eq!(errors("4111111111111111", "12", "2026", None), ["card_expiry_year"]);
        assert!(read("4111111111111111", "01", "2027", Some("1234")).is_ok());
        assert!(read("6011111111111117", "01", "2027", None).is_ok());
    }

    #[test]
    fn a_card_number_is_found_inside_longer_digits() {
        assert!(looks_like_a_card("994111111111111111"));
        assert!(!looks_like_a_card("411111"));
        assert!(holds_a_card("PA-4111111111111111/x") && !holds_a_card("4111-1111-1111-1112") && !holds_a_card("PA12"));
        for fixture in super::super::account::WALLETS
            .map(|wallet| wallet.0)
            .iter()
            .chain(&super::super::account::TEMPLATES.map(|it| it.0))
        {
            assert!(!looks_like_a_card(&fixture[3..]), "{fixture}");
        }
    }
}
