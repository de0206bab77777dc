//! A call with card data in it: it can be sent, and nothing else.

use pay_core::{Call, Error, Reply};
use std::fmt;
use std::time::Duration;

/// A call whose request holds a card number. It is sent at once or not at all: there is no `prepare`, so that card data lies in
/// no outbox. Keep the request's `intent()` instead.
///
/// A call without card data can be prepared:
///
/// ```
/// async fn kept(client: payagency::Client, payment: payagency::PagePayment) {
///     let _ = client.hosted_card(payment).prepare().await;
/// }
/// ```
///
/// One with card data cannot:
///
/// ```compile_fail,E0599
/// async fn kept(client: payagency::Client, payment: payagency::CardPayment) {
///     let _ = client.card(payment).prepare().await;
/// }
/// ```
///
/// ```compile_fail,E0599
/// async fn kept(client: payagency::Client, payout: payagency::Payout) {
///     let _ = client.payout(payout).prepare().await;
/// }
/// ```
///
/// ```compile_fail,E0599
/// async fn kept(client: payagency::Client, estimate: payagency::Estimate) {
///     let _ = client.estimate_payout(estimate).prepare().await;
/// }
/// ```
///
/// Dropping a started payment leaves its outcome open; one `warn` event then names the order. Spawn it where a framework may drop
/// its handlers.
#[must_use = "a call does nothing until it is sent"]
pub struct CardCall<T>(Call<T>);

impl<T> CardCall<T> {
    /// A journal keeps neither its request nor its answer.
    pub(crate) fn new(call: Call<T>) -> Self {
        Self(call.card_data())
    }

    /// How long this call may take: waits and all attempts.
    pub fn deadline(self, time: Duration) -> Self {
        Self(self.0.deadline(time))
    }

    /// How many attempts this call has at most; a payment has one once it may have acted.
    pub fn attempts(self, most: u32) -> Self {
        Self(self.0.attempts(most))
    }

    /// Sends it and gives the model of the answer.
    ///
    /// # Errors
    /// Any [`Kind`](crate::Kind); [`Error::outcome`] says what happened to the money.
    pub async fn send(self) -> Result<T, Error> {
        self.0.send().await
    }

    /// Sends it and gives the answer beside its model.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub async fn reply(self) -> Result<Reply<T>, Error> {
        self.0.reply().await
    }
}

impl<T> fmt::Debug for CardCall<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CardCall").field(&self.0).finish()
    }
}
