//! An event that only a question to the provider opens.

use super::event::Event;
use pay_core::webhook::EventKey;
use std::fmt;

/// An event that was signed right, but stamped too long ago or too far ahead: a late retry, or a replay of an old
/// delivery. Nothing of it can be read; [`confirm`](crate::Client::confirm) asks the API and gives the record.
///
/// ```compile_fail,E0616
/// fn open(event: pay1st::webhook::UnconfirmedEvent) -> pay1st::webhook::Event {
///     event.0
/// }
/// ```
/// ```compile_fail,E0609
/// fn open(event: pay1st::webhook::UnconfirmedEvent) -> pay1st::PaymentStatus {
///     event.status
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnconfirmedEvent(pub(super) Event);

impl UnconfirmedEvent {
    /// What one effect belongs to, for keeping the event until it is confirmed. It is that of the event when it was
    /// fresh: acting on it without confirming acts on a replay.
    pub fn key(&self) -> EventKey {
        self.0.key()
    }
}

impl fmt::Debug for UnconfirmedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnconfirmedEvent(..)")
    }
}
