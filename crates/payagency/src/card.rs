//! Card data: a number, an expiry and check digits that do not print, and cannot leave but in the one request that needs them.

use pay_core::{Error, ExposeSecret, SecretString};
use std::fmt;

/// A card number. It prints as its first six and last four digits, and has no way into JSON but a payment.
#[derive(Clone)]
pub struct Pan(SecretString);

impl Pan {
    /// A card number of 12 to 19 digits whose check digit is right; spaces and hyphens are left out.
    ///
    /// # Errors
    /// `Kind::Invalid`; the text says what is wrong and holds no digit.
    pub fn new(number: &str) -> Result<Self, Error> {
        let pan = Self::unchecked(number)?;
        if luhn(pan.0.expose_secret()) { Ok(pan) } else { Err(wrong("the check digit of the card number is wrong")) }
    }

    /// A card number whose check digit nobody looks at: for test cards.
    ///
    /// # Errors
    /// As [`new`](Self::new), but for the check digit.
    pub fn unchecked(number: &str) -> Result<Self, Error> {
        let kept = || number.chars().filter(|c| !matches!(c, ' ' | '-'));
        // Of exactly the right size, so that no copy is left behind, and wiped also where it is refused.
        let mut digits = String::with_capacity(kept().map(char::len_utf8).sum());
        digits.extend(kept());
        let fits = (12..=19).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        let pan = Self(SecretString::from(digits));
        if fits { Ok(pan) } else { Err(wrong("a card number has 12 to 19 digits")) }
    }

    /// The last four digits.
    pub fn last_four(&self) -> &str {
        let digits = self.0.expose_secret();
        &digits[digits.len() - 4..]
    }

    /// The number as PCI DSS lets it be shown at most: the first six and the last four digits; of short numbers the last four alone.
    pub fn masked(&self) -> String {
        let digits = self.0.expose_secret();
        let first = if digits.len() < 14 { "" } else { &digits[..6] };
        format!("{first}{}{}", "*".repeat(digits.len() - first.len() - 4), self.last_four())
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

fn wrong(what: &'static str) -> Error {
    Error::invalid("card_data", what)
}

/// The Luhn check of ISO/IEC 7812-1.
fn luhn(digits: &str) -> bool {
    let sum: u32 = (digits.bytes().rev().enumerate())
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0') << (place % 2);
            if value > 9 { value - 9 } else { value }
        })
        .sum();
    sum.is_multiple_of(10)
}

impl fmt::Display for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Pan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pan({})", self.masked())
    }
}

/// The check digits of a card. They never print, and may never be kept once a payment is authorised.
#[derive(Clone)]
pub struct Cvv(SecretString);

impl Cvv {
    /// Three or four digits.
    ///
    /// # Errors
    /// `Kind::Invalid`; the text holds no digit.
    pub fn new(digits: impl Into<SecretString>) -> Result<Self, Error> {
        let secret = digits.into();
        let text = secret.expose_secret();
        let fits = matches!(text.len(), 3 | 4) && text.bytes().all(|digit| digit.is_ascii_digit());
        if fits { Ok(Self(secret)) } else { Err(wrong("the check digits are three or four digits")) }
    }

    pub(crate) fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for Cvv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cvv([REDACTED])")
    }
}

/// The month and year until which a card is good. It does not print: beside a number it is card data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Expiry {
    month: u8,
    year: u16,
}

impl Expiry {
    /// Month 1 to 12 and a year of four digits, such as `(12, 2030)`. Whether it has passed is the issuer's to say.
    ///
    /// # Errors
    /// `Kind::Invalid` where one of them is none.
    pub fn new(month: u8, year: u16) -> Result<Self, Error> {
        if !(1..=12).contains(&month) || !(2000..=9999).contains(&year) {
            return Err(wrong("the expiry is a month from 1 to 12 and a year of four digits"));
        }
        Ok(Self { month, year })
    }

    pub(crate) fn month(self) -> String {
        format!("{:02}", self.month)
    }

    pub(crate) fn year(self) -> String {
        format!("{:04}", self.year)
    }
}

impl fmt::Debug for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Expiry([REDACTED])")
    }
}

/// A card that pays. It can be neither serialised nor compared.
#[derive(Debug, Clone)]
pub struct Card {
    pub(crate) pan: Pan,
    pub(crate) expiry: Expiry,
    pub(crate) cvv: Cvv,
}

impl Card {
    /// Number, expiry and check digits. There is no card-holder: the provider takes the payer's name.
    pub fn new(pan: Pan, expiry: Expiry, cvv: Cvv) -> Self {
        Self { pan, expiry, cvv }
    }
}

/// A card that is paid out to: without check digits, which no document asks for here.
#[derive(Debug, Clone)]
pub struct PayoutCard {
    pub(crate) pan: Pan,
    pub(crate) expiry: Expiry,
}

impl PayoutCard {
    /// Number and expiry.
    pub fn new(pan: Pan, expiry: Expiry) -> Self {
        Self { pan, expiry }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked_and_masked() {
        for (number, masked) in [
            ("4111 1111 1111 1111", "411111******1111"),
            (&["3782", "822463", "10005"].join("-"), "378282*****0005"),
            ("4222 2222 2222 2", "*********2222"),
            ("4000 0000 0000 0010", "400000******0010"),
        ] {
            assert_eq!(Pan::new(number).unwrap().masked(), masked);
        }
        assert_eq!(Pan::new("4111 1111 1111 1111").unwrap().last_four(), "1111");
        for wrong in [
            "4111111111111112",
            "",
            "411111111111",
            "41111111111111111111",
            "4111x11111111111",
            "４１１１１１１１１１１１",
        ] {
            let error = Pan::new(wrong).unwrap_err();
            assert!(!error.to_string().contains("4111"), "{error}");
        }
        assert_eq!(Pan::unchecked("4111111111111112").unwrap().masked(), "411111******1112");
        assert!(Pan::unchecked("41111111111").is_err() && Pan::unchecked("4111111111111111a").is_err());
    }

    #[test]
    fn nothing_of_a_card_prints_but_ten_digits() {
        let pan = Pan::new("4012 8888 8888 1881").unwrap();
        let card = Card::new(pan.clone(), Expiry::new(1, 2030).unwrap(), Cvv::new("029").unwrap());
        let shown = format!("{card:?} {pan} {:?}", PayoutCard::new(pan.clone(), card.expiry));
        assert_eq!(shown.matches("401288******1881").count(), 3, "{shown}");
        for hidden in ["029", "2030", "8888"] {
            assert!(!shown.contains(hidden), "{hidden} in {shown}");
        }
    }

    #[test]
    fn check_digits_and_expiry_are_checked() {
        assert!(Cvv::new("123").is_ok() && Cvv::new("1234").is_ok());
        assert!(Cvv::new("12").is_err() && Cvv::new("12345").is_err() && Cvv::new("12a").is_err());
        assert_eq!(
            (Expiry::new(1, 2030).unwrap().month().as_str(), Expiry::new(1, 2030).unwrap().year().as_str()),
            ("01", "2030")
        );
        assert!(Expiry::new(0, 2030).is_err() && Expiry::new(13, 2030).is_err() && Expiry::new(1, 30).is_err());
    }
}
