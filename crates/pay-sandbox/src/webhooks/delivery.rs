//! One delivery as the log shows it: without the secrets and the personal data of its event.

use serde::Serialize;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DeliveryState {
    /// Waits for its (next) attempt.
    Waiting,
    /// Held back until the next event on the same subject was sent.
    Held,
    /// An attempt is under way.
    Sending,
    /// The receiver answered 2xx.
    Delivered,
    /// Every attempt failed.
    GivenUp,
    /// Never sent: the target is not allowed, or there is none.
    Refused,
    /// Never sent: a rule dropped it.
    Dropped,
}

/// One attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Attempt {
    /// When, in sandbox time.
    pub at: String,
    /// What the receiver answered.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// One event on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Counts up from 1 since the start or the last reset.
    pub id: u64,
    /// Who sends it.
    pub provider: &'static str,
    /// What it is about: the provider's reference.
    pub subject: String,
    /// What it says, such as a status.
    pub event: String,
    /// Where it goes, without user name, password, query and fragment; empty when there is no target.
    pub target: String,
    /// Its body, without personal data.
    pub body: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// What happened so far.
    pub attempts: Vec<Attempt>,
    /// When it is tried next, in sandbox time.
    pub next_attempt: Option<String>,
    /// Why it is refused, where it is.
    pub refused: Option<String>,
    /// What a rule does to it.
    pub fault: Option<&'static str>,
    /// The delivery of which it is a copy.
    pub copy_of: Option<u64>,
}
