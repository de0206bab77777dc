//! What a test does with webhooks.

use super::{Delivery, WebhookPolicy, WebhookRule, WebhookRuleStatus};
use crate::{Error, Sandbox};

impl Sandbox {
    /// The last 2,000 webhooks, oldest first: where each went, what it said (without personal data) and how it ended.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.outbox.deliveries()
    }

    /// Sends a webhook once more, at once, freshly signed and without what a rule did to it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is none with this number, or it is on its way.
    pub fn resend(&self, id: u64) -> Result<(), Error> {
        self.shared.outbox.resend(id)
    }

    /// Adds a rule for webhooks and answers its number.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when there is no such provider.
    pub fn add_webhook_rule(&self, rule: WebhookRule) -> Result<u64, Error> {
        self.shared.provider(&rule.provider, "provider")?;
        Ok(self.shared.outbox.add_rule(rule))
    }

    /// Every rule for webhooks, and how many events each has taken.
    pub fn webhook_rules(&self) -> Vec<WebhookRuleStatus> {
        self.shared.outbox.rules()
    }

    /// Removes every rule for webhooks.
    pub fn clear_webhook_rules(&self) {
        self.shared.outbox.clear_rules();
    }

    /// Says when a webhook that failed is sent again. **Invented**: no provider publishes all of it.
    pub fn set_webhook_policy(&self, policy: WebhookPolicy) {
        self.shared.outbox.set_policy(policy);
    }

    /// Allows webhooks to this host (a name or an address, without port) beside this machine, until a reset.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] when this is no host.
    pub fn allow_webhook_host(&self, host: &str) -> Result<(), Error> {
        self.shared.outbox.allow(host)
    }

    /// Waits until no webhook is on its way or due; those that wait for the clock to move do not count.
    pub async fn webhooks_idle(&self) {
        self.shared.outbox.idle().await;
    }
}
