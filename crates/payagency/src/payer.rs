//! Who pays, or is paid.

use pay_core::Error;
use std::fmt;

/// Who pays, or is paid. Nothing of it prints.
///
/// Cards, pages and payouts also need the billing address; pay-in needs its first line.
#[derive(Clone, PartialEq, Eq)]
pub struct Payer {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) country: String,
    pub(crate) ip_address: String,
    pub(crate) phone_number: String,
    pub(crate) address: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) zip: String,
}

/// Builds a [`Payer`].
#[derive(Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct PayerBuilder(Payer);

impl Payer {
    /// Starts one; `build` names what is missing.
    pub fn builder() -> PayerBuilder {
        PayerBuilder(Self {
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
            country: String::new(),
            ip_address: String::new(),
            phone_number: String::new(),
            address: String::new(),
            city: String::new(),
            state: String::new(),
            zip: String::new(),
        })
    }

    /// What a billing address lacks, by name.
    pub(crate) fn lacking(&self) -> Vec<&'static str> {
        empty(&[("address", &self.address), ("city", &self.city), ("state", &self.state), ("zip", &self.zip)])
    }
}

fn empty(members: &[(&'static str, &String)]) -> Vec<&'static str> {
    members.iter().filter(|(_, value)| value.trim().is_empty()).map(|(name, _)| *name).collect()
}

macro_rules! texts {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        $($(#[$doc])+
        pub fn $name(mut self, $name: impl Into<String>) -> Self {
            self.0.$name = $name.into();
            self
        })+
    };
}

impl PayerBuilder {
    texts! {
        /// First name; it is also the card-holder's.
        first_name,
        /// Last name; it is also the card-holder's.
        last_name,
        /// E-mail address.
        email,
        /// ISO 3166 code of two letters: the tables of the documents say three, and every example has two.
        country,
        /// The payer's IP address: IPv4 in every example.
        ip_address,
        /// Telephone number; the examples have no `+`.
        phone_number,
        /// Street and number of the billing address.
        address,
        /// City of the billing address.
        city,
        /// State, as free text.
        state,
        /// Postal code.
        zip,
    }

    /// The payer.
    ///
    /// # Errors
    /// `Kind::Invalid`, naming what is missing of names, e-mail, country, IP address and telephone number.
    pub fn build(self) -> Result<Payer, Error> {
        let payer = self.0;
        let missing = empty(&[
            ("first_name", &payer.first_name),
            ("last_name", &payer.last_name),
            ("email", &payer.email),
            ("country", &payer.country),
            ("ip_address", &payer.ip_address),
            ("phone_number", &payer.phone_number),
        ]);
        if missing.is_empty() { Ok(payer) } else { Err(Error::invalid("payer", missing_text(&missing))) }
    }
}

pub(crate) fn missing_text(names: &[&str]) -> String {
    format!("missing: `{}`", names.join("`, `"))
}

impl fmt::Debug for Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Payer([REDACTED])")
    }
}

impl fmt::Debug for PayerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayerBuilder([REDACTED])")
    }
}
