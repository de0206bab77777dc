//! What can be asked of a user: scopes and user data, as open sets of typed words.

use pay_core::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A word that no source names. It holds `A-Z 0-9 _` alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OtherWord(String);

impl OtherWord {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! words {
    ($(#[$docs:meta])* $name:ident, $setting:literal: $($(#[$value:meta])* $variant:ident = $text:literal,)*) => {
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$value])* $variant,)*
            /// One that no source names: made by `parse()`.
            Other(OtherWord),
        }

        impl $name {
            /// As it travels.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(word) => word.as_str(),
                }
            }
        }

        impl FromStr for $name {
            type Err = Error;

            /// Any word of `A-Z 0-9 _`.
            fn from_str(text: &str) -> Result<Self, Error> {
                match text {
                    $($text => return Ok(Self::$variant),)*
                    _ => {}
                }
                let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
                if text.is_empty() || !text.bytes().all(fits) {
                    return Err(Error::invalid("consent", concat!("a word of `", $setting, "` holds A-Z, 0-9 and _ alone")));
                }
                Ok(Self::Other(OtherWord(text.to_owned())))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

words! {
    /// What a token may do.
    Scope, "scope":
    /// Charge the user's Paga account (documented).
    MerchantPayment = "MERCHANT_PAYMENT",
    /// Read the user's balance (documented). No source shows a call for it: the balance comes with the user's details.
    UserRequestAccountBalance = "USER_REQUEST_ACCOUNT_BALANCE",
    /// Transfer money to credit a Paga user's account (documented).
    MoneyTransfer = "MONEY_TRANSFER",
    /// Read the user's details (documented).
    UserDetailsRequest = "USER_DETAILS_REQUEST",
    /// Undocumented: seen in every sample of Paga's libraries.
    UserDepositFromCard = "USER_DEPOSIT_FROM_CARD",
    /// Undocumented: seen in one third party's code.
    PagaAccountNuban = "PAGA_ACCOUNT_NUBAN",
}

words! {
    /// What the client wants to know of the user.
    UserData, "user_data":
    /// The first name (documented).
    FirstName = "FIRST_NAME",
    /// The last name (documented).
    LastName = "LAST_NAME",
    /// The number of the mobile telephone (documented). Under which name it comes back is unknown.
    MobileNumber = "MOBILE_NUMBER",
    /// The e-mail address (documented).
    Email = "EMAIL",
    /// The user name (documented).
    Username = "USERNAME",
    /// Undocumented: seen in samples of Paga's libraries.
    AccountBalance = "ACCOUNT_BALANCE",
}

/// A set in its order, joined by a space, which form encoding writes as `+`: never by a comma, nor by a literal plus.
pub(crate) fn joined<T: fmt::Display + PartialEq>(words: &[T]) -> String {
    let once = words.iter().enumerate().filter(|(at, word)| !words[..*at].contains(word));
    once.map(|(_, word)| word.to_string()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_open_and_checked() {
        assert_eq!("MONEY_TRANSFER".parse::<Scope>().unwrap(), Scope::MoneyTransfer);
        let new: Scope = "SCOPE_2".parse().unwrap();
        assert_eq!(new.as_str(), "SCOPE_2");
        for wrong in ["", "money_transfer", "A B", "A+B", "A,B", "A%20B", "É"] {
            assert!(wrong.parse::<Scope>().is_err(), "{wrong}");
            assert!(wrong.parse::<UserData>().is_err(), "{wrong}");
        }
        let json = serde_json::to_string(&[UserData::Email, "NEW".parse().unwrap()]).unwrap();
        assert_eq!(json, r#"["EMAIL","NEW"]"#);
        assert_eq!(serde_json::from_str::<Vec<UserData>>(&json).unwrap()[0], UserData::Email);
        assert!(serde_json::from_str::<UserData>("\"a\"").is_err());
    }

    #[test]
    fn a_set_is_joined_by_spaces_and_holds_each_once() {
        let set = [Scope::MerchantPayment, Scope::MoneyTransfer, Scope::MerchantPayment];
        assert_eq!(joined(&set), "MERCHANT_PAYMENT MONEY_TRANSFER");
        assert_eq!(joined::<Scope>(&[]), "");
    }
}
