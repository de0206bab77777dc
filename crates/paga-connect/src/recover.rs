//! What can be found out about a call that a dead process left behind: nothing, and it says so.

use crate::client::Client;
use async_trait::async_trait;
use pay_core::Error;
use pay_core::auth::TokenKey;
use pay_core::journal::{Ended, Recover, State, Unsettled};

/// Paga Connect has no question by reference and no call that may be repeated: every lost answer is for a person to look up, in your books
/// at Paga or with its support. Nothing is asked and nothing is sent.
#[async_trait]
impl Recover for Client {
    async fn account(&self) -> Result<TokenKey, Error> {
        let access = self.engine().access(self.source(), None, None);
        self.engine().account(&access).await
    }

    async fn recover(&self, _: &Unsettled) -> Ended {
        Ended::new(State::Unanswered).note("no question")
    }
}
