//! What a request moves, for the journal.

use crate::money::Amount;

/// An amount and its currency. Held in place: a call without a journal allocates nothing for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth {
    pub(crate) amount: Amount,
    /// Filled up with zeros; all zero where the request does not say it.
    currency: [u8; 16],
}

impl Worth {
    /// A code that is longer than any in use is left out, and the amount with it: half of what was said would mislead.
    pub(crate) fn new(amount: Amount, currency: &str) -> Option<Self> {
        let mut held = [0; 16];
        held.get_mut(..currency.len())?.copy_from_slice(currency.as_bytes());
        Some(Self { amount, currency: held })
    }

    pub(crate) fn currency(&self) -> Option<&str> {
        let length = self.currency.iter().position(|byte| *byte == 0).unwrap_or(self.currency.len());
        std::str::from_utf8(&self.currency[..length]).ok().filter(|code| !code.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_and_currency_stay_as_they_were_given() {
        for (text, currency) in [("50.00", "ZAR"), ("0.00000001", "BTC"), ("7", "A-COIN-OF-16-CH.")] {
            let worth = Worth::new(text.parse().unwrap(), currency).unwrap();
            assert_eq!((worth.amount.to_string().as_str(), worth.currency()), (text, Some(currency)));
        }
        let amount = "1".parse().unwrap();
        assert_eq!(Worth::new(amount, "").unwrap().currency(), None);
        assert_eq!(Worth::new(amount, "A-COIN-OF-17-CHA."), None);
    }
}
