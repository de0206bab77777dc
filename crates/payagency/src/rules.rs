//! What is checked here before anything is sent: little, and all of it can be switched off.

use crate::key::Environment;
use crate::order::Order;
use crate::payer::{Payer, missing_text};
use pay_core::Amount;

/// What the amounts that you send mean. A declaration, never a conversion.
///
/// The tables of the documents say "smallest currency unit"; the examples, the notes of the SDKs, the former generation of the
/// API and two independent integrations say main units. **Ask Pay Agency before you go live**: a wrong answer is a factor of a
/// hundred. With a live key nothing is built until you have said which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)]
pub enum AmountUnit {
    /// Main units: `100` is a hundred pounds. What nearly all sources show.
    Major,
    /// Smallest units: `100` is one pound. What the tables say. Amounts with decimals are then refused here.
    Minor,
}

/// Which country codes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum CountryCodes {
    /// Two letters, as in every example.
    #[default]
    Alpha2,
    /// Two or three letters: three as in the tables of the documents.
    Alpha2OrAlpha3,
}

/// What a client has been told to check.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) environment: Environment,
    pub(crate) amounts: Option<AmountUnit>,
    pub(crate) countries: CountryCodes,
    /// Everything but countries and units.
    pub(crate) local: bool,
}

type Checked = Result<(), String>;

fn refuse<T>(text: impl Into<String>) -> Result<T, String> {
    Err(text.into())
}

impl Rules {
    pub(crate) fn order(self, order: &Order) -> Checked {
        self.order_id(&order.id)?;
        self.amount("amount", order.money.amount)?;
        self.currency("currency", &order.money.currency)
    }

    pub(crate) fn order_id(self, id: &str) -> Checked {
        if id.trim().is_empty() {
            return refuse("`order_id` is empty: without it a lost answer cannot be looked up");
        }
        if self.local && id.chars().count() < 3 {
            return refuse("`order_id` has less than three characters");
        }
        Ok(())
    }

    pub(crate) fn amount(self, name: &str, amount: Amount) -> Checked {
        if self.amounts == Some(AmountUnit::Minor) && amount.decimals() > 0 {
            return refuse(format!("`{name}` has decimals, and you declared smallest units"));
        }
        if self.local && !amount.is_positive() {
            return refuse(format!("`{name}` must be greater than zero"));
        }
        Ok(())
    }

    pub(crate) fn currency(self, name: &str, code: &str) -> Checked {
        let fits = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_alphabetic());
        if self.local && !fits { refuse(format!("`{name}` is no ISO 4217 code of three letters")) } else { Ok(()) }
    }

    pub(crate) fn country(self, code: &str) -> Checked {
        let letters = code.bytes().all(|letter| letter.is_ascii_alphabetic());
        match (code.len(), self.countries) {
            (2, _) | (3, CountryCodes::Alpha2OrAlpha3) if letters => Ok(()),
            (3, CountryCodes::Alpha2) if letters => refuse(
                "`country` has three letters: every example of the provider has two; `country_codes` of the builder lifts this",
            ),
            _ => refuse("`country` is no ISO 3166 code of two letters"),
        }
    }

    /// A payer with a billing address.
    pub(crate) fn payer(self, payer: &Payer) -> Checked {
        self.country(&payer.country)?;
        let lacking = payer.lacking();
        if lacking.is_empty() { Ok(()) } else { refuse(missing_text(&lacking)) }
    }

    /// The documented rules of ramps: https://docs.pay.agency/docs/crypto/on-off-ramp
    pub(crate) fn ramp_payer(self, payer: &Payer) -> Checked {
        self.country(&payer.country)?;
        if !self.local {
            return Ok(());
        }
        let name = |text: &str| (3..=191).contains(&text.chars().count()) && text.chars().all(char::is_alphabetic);
        if !name(&payer.first_name) || !name(&payer.last_name) {
            return refuse("`first_name` and `last_name` of a ramp are 3 to 191 letters each");
        }
        let digits = payer.phone_number.strip_prefix('+').unwrap_or(&payer.phone_number);
        if !(8..=19).contains(&digits.len()) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return refuse("`phone_number` of a ramp is 8 to 19 digits, with or without a `+`");
        }
        Ok(())
    }

    /// Which ids a payment link may name, by key: https://docs.pay.agency/docs/paymentLink/paymentLinkApi
    pub(crate) fn link_ids(self, template: Option<&str>, terminal: Option<&str>) -> Checked {
        match self.environment {
            _ if !self.local => Ok(()),
            Environment::Production if template.is_none() => {
                refuse("`payment_template_id` is required with a live key")
            }
            Environment::ProviderTest if template.is_some() => {
                refuse("`payment_template_id` must not be sent with a test key")
            }
            Environment::ProviderTest if terminal.is_some() => refuse("`terminal_id` must not be sent with a test key"),
            _ => Ok(()),
        }
    }

    pub(crate) fn day(self, name: &str, day: Option<&str>) -> Checked {
        let fits = |day: &str| {
            let shape = day.len() == 10
                && day.bytes().enumerate().all(|(place, byte)| match place {
                    4 | 7 => byte == b'-',
                    _ => byte.is_ascii_digit(),
                });
            shape
                && (1..=12).contains(&day[5..7].parse().unwrap_or(0))
                && (1..=31).contains(&day[8..].parse().unwrap_or(0))
        };
        match day {
            Some(day) if self.local && !fits(day) => refuse(format!("`{name}` is no day in the form YYYY-MM-DD")),
            _ => Ok(()),
        }
    }

    pub(crate) fn given(self, name: &str, text: &str) -> Checked {
        if text.trim().is_empty() { refuse(format!("`{name}` is empty")) } else { Ok(()) }
    }
}
