//! The provider's codes, an open set, and what each means for a sale.

use pay_core::Error;
use std::fmt;

/// What a code means for the sale that it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// The sale is done.
    Success,
    /// The sale is refused for good.
    Terminal,
    /// Nobody knows until the status says so.
    Confirm,
    /// The reference is known already: the first sale counts.
    Duplicate,
    /// No document lists it.
    Unlisted,
}

macro_rules! codes {
    ($($variant:ident = $text:literal, $class:ident, $doc:literal;)+) => {
        /// A code of the provider. The list is open: new codes can appear at any time.
        ///
        /// Source: the error code reference; `NotAvailable` and `Invalid` stand on other pages only.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $doc] $variant,)+
            /// A code that the documents do not list.
            Unknown(String),
        }

        impl Code {
            /// The code as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }

            pub(crate) fn class(&self) -> Class {
                match self {
                    $(Self::$variant => Class::$class,)+
                    Self::Unknown(_) => Class::Unlisted,
                }
            }
        }

        impl From<&str> for Code {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }
    };
}

codes! {
    Success = "0", Success, "Purchase successful.";
    PurchaseFailed = "999", Confirm, "Purchase failed; confirmed only by the status.";
    ProductNotSupported = "1000", Terminal, "Product not supported.";
    FieldsMissing = "1001", Terminal, "Required fields missing.";
    ProductInactive = "1002", Terminal, "Product inactive for now.";
    ProductNotOnChannel = "1003", Terminal, "Product not available on this channel.";
    InvalidAmount = "1004", Terminal, "Amount outside the product's limits.";
    InvalidPhoneNumber = "1005", Terminal, "Phone number not in the form `+27...`.";
    Duplicate = "1006", Duplicate, "Duplicate transaction found.";
    InvalidTenderAmount = "1007", Terminal, "Invalid tender amount.";
    InvalidFields = "1008", Terminal, "Invalid format of meter, phone or other fields.";
    NotAvailable = "1009", Terminal, "Product not available for this account.";
    InvalidProduct = "1010", Terminal, "Invalid product.";
    InvalidAccount = "1100", Terminal, "Invalid account details.";
    AccountNotFound = "1101", Terminal, "Account not found.";
    CustomerNotFound = "1102", Terminal, "Customer not found.";
    InsufficientBalance = "1103", Terminal, "Insufficient balance: top up the float.";
    InvalidMeter = "1104", Terminal, "Invalid meter number.";
    CustomerBlocked = "1105", Terminal, "Customer blocked; beside status 401: user not allowed.";
    CustomerInArrears = "1106", Terminal, "Customer has arrears.";
    MeterNotAllowed = "1107", Terminal, "Meter request not allowed.";
    ProviderProcessing = "1200", Confirm, "Provider processing error; confirmed only by the status.";
    ProviderSystem = "1201", Confirm, "Provider system error; confirmed only by the status.";
    ProviderUnavailable = "1202", Confirm, "Provider unavailable; confirmed only by the status.";
    FailedAtProvider = "1203", Confirm, "Failed at the provider; confirmed only by the status.";
    Timeout = "1204", Confirm, "Transaction timeout: nobody knows yet.";
    AlreadyProcessed = "1205", Duplicate, "Already processed.";
    OutOfStock = "1206", Terminal, "Out of stock.";
    Invalid = "1300", Terminal, "Missing fields or a bad phone number.";
}

impl Code {
    /// The code of an error, if the provider sent one.
    pub fn of(error: &Error) -> Option<Self> {
        error.provider_code().map(Self::from)
    }

    /// Whether it refuses a sale for good.
    pub(crate) fn is_final(&self) -> bool {
        self.class() == Class::Terminal
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_stay() {
        for text in ["0", "1009", "1300", "77777", "", "00"] {
            assert_eq!(Code::from(text).as_str(), text);
        }
        assert_eq!(Code::from("00"), Code::Unknown("00".into()));
    }
}
