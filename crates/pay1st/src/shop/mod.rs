//! The **Shop integration**: a separate product style, in which the Carry1st Shop sells and the partner answers two calls.
//!
//! Nothing here belongs to the Gateway. The Shop's webhooks are signed with another key over another message, count
//! in [`Cents`], and name things differently; the two are never mixed, and neither is tried in place of the other.
//!
//! - [`UserInfoQuery`] and [`UserInfo`]: the Shop asks who a player is. **That call is not signed**: anybody can
//!   make it, so answer nothing personal.
//! - [`Summaries`]: the Shop reports a sale, signed, without a timestamp.
//!
//! Sources: <https://pay1st-docs.carry1st.com/reference/user-info-webhook> and
//! <https://pay1st-docs.carry1st.com/reference/summary-webhook>; of the latter the table of fields could not be read.

mod cents;
mod summary;
mod user_info;

pub use cents::Cents;
pub use pay_core::webhook::OtherEvent;
pub use summary::{DigitalCurrency, Sale, Summaries, Summary};
pub use user_info::{QueryError, Refusal, UserInfo, UserInfoQuery};
