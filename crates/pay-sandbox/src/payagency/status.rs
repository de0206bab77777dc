//! Where a transaction stands, in the provider's words.

use super::modes::{Modes, OpenStatus, StatusCase};
use crate::SaleState;
use serde::Serialize;

/// Where a payment or payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Status {
    /// The payer is to open a page, or is on it.
    Redirect,
    /// No result yet.
    Pending,
    /// Done. Final.
    Success,
    /// Declined or failed. Final.
    Failed,
    /// Stopped by rules. Final.
    Blocked,
    /// The payer went away. Final in sense.
    Abandoned,
}

impl Status {
    /// As it stands in answers to creation and in webhooks.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Redirect => "REDIRECT",
            Self::Pending => "PENDING",
            Self::Success => "SUCCESS",
            Self::Failed => "FAILED",
            Self::Blocked => "BLOCKED",
            Self::Abandoned => "ABANDONED",
        }
    }

    /// Whether it never changes again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Redirect | Self::Pending)
    }

    /// Whether reaching it sends a webhook.
    pub(super) fn is_told(self) -> bool {
        matches!(self, Self::Success | Self::Failed | Self::Blocked)
    }

    /// The word in an answer to creation, a list or a webhook.
    pub(super) fn word(self, modes: &Modes) -> String {
        cased(self.as_str(), modes)
    }

    /// The word in a status call.
    pub(super) fn asked(self, modes: &Modes) -> String {
        let word = match (self, modes.open_status) {
            (Self::Redirect, OpenStatus::Pending) => "PENDING",
            (Self::Redirect, OpenStatus::Init) => "INIT",
            _ => self.as_str(),
        };
        cased(word, modes)
    }

    /// What an answer says beside it; only the first two are known from sources.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Success => "Transaction processed successfully!.",
            Self::Redirect => "Please redirect user to complete the payment.",
            Self::Pending => "Transaction is pending.",
            Self::Failed => "Transaction declined.",
            Self::Blocked => "Transaction blocked.",
            Self::Abandoned => "Transaction abandoned.",
        }
    }

    pub(super) fn booked(self) -> SaleState {
        match self {
            Self::Redirect | Self::Pending => SaleState::Open,
            Self::Success => SaleState::Completed,
            Self::Failed | Self::Blocked | Self::Abandoned => SaleState::Failed,
        }
    }
}

fn cased(word: &str, modes: &Modes) -> String {
    match modes.status_case {
        StatusCase::Upper => word.to_owned(),
        StatusCase::Lower => word.to_ascii_lowercase(),
    }
}
