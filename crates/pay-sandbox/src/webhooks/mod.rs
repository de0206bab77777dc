//! Webhooks: events on their way to a merchant's server, whichever provider sends them.

mod delivery;
mod desk;
mod event;
mod handle;
mod outbox;
mod policy;
mod rules;
mod rules_json;
mod send;
mod target;
mod worker;

pub use delivery::{Attempt, Delivery, DeliveryState};
pub(crate) use event::{Event, Signer};
pub(crate) use outbox::Outbox;
pub use policy::WebhookPolicy;
pub use rules::{WebhookFault, WebhookRule, WebhookRuleStatus};
pub(crate) use rules_json::rules;
