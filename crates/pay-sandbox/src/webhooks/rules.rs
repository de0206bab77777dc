//! Rules for what goes wrong with webhooks, taken like fault rules: the first that matches and has uses left.

use std::time::Duration;

/// What goes wrong with a delivery. All its attempts share it; a resend by hand is sent right.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookFault {
    /// Sent this many times more.
    Duplicate(u32),
    /// Sent this much later, on the sandbox clock.
    Delay(Duration),
    /// Held back until the next event on the same subject was sent.
    Reorder,
    /// One fact in the body is changed after it was signed.
    Tamper,
    /// Signed and stamped this far in the past.
    Stale(Duration),
    /// The body is right, the signature is that of another body.
    BadSignature,
    /// Sent without the headers of the signature.
    Unsigned,
    /// Never sent.
    Drop,
}

impl WebhookFault {
    /// The fault's name in the control plane.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Duplicate(_) => "duplicate",
            Self::Delay(_) => "delay",
            Self::Reorder => "reorder",
            Self::Tamper => "tamper",
            Self::Stale(_) => "stale",
            Self::BadSignature => "bad_signature",
            Self::Unsigned => "unsigned",
            Self::Drop => "drop",
        }
    }
}

/// A rule for webhooks. The first one that matches an event and has uses left takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookRule {
    pub(crate) provider: String,
    pub(crate) event: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) skip: u32,
    pub(crate) times: u32,
    pub(crate) fault: WebhookFault,
}

impl WebhookRule {
    /// A rule that takes the next event of `provider`, whatever it says.
    pub fn new(provider: impl Into<String>, fault: WebhookFault) -> Self {
        Self { provider: provider.into(), event: None, subject: None, skip: 0, times: 1, fault }
    }

    /// Takes only events that say this, such as `SUCCESSFUL`.
    #[must_use]
    pub fn event(mut self, name: impl Into<String>) -> Self {
        self.event = Some(name.into());
        self
    }

    /// Takes only events about this: the provider's reference.
    #[must_use]
    pub fn subject(mut self, reference: impl Into<String>) -> Self {
        self.subject = Some(reference.into());
        self
    }

    /// Lets this many matching events pass first.
    #[must_use]
    pub fn skip(mut self, events: u32) -> Self {
        self.skip = events;
        self
    }

    /// Takes this many events (1 unless told otherwise).
    #[must_use]
    pub fn times(mut self, events: u32) -> Self {
        self.times = events;
        self
    }

    fn matches(&self, provider: &str, event: &str, subject: &str) -> bool {
        let wanted = |asked: &Option<String>, is: &str| asked.as_deref().is_none_or(|asked| asked == is);
        self.provider == provider && wanted(&self.event, event) && wanted(&self.subject, subject)
    }
}

/// A rule that was added, and what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookRuleStatus {
    /// The rule's number.
    pub id: u64,
    /// The rule; `skip` and `times` are what is left of them.
    pub rule: WebhookRule,
    /// How many events it has taken.
    pub taken: u64,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(super) struct Rules {
    list: Vec<WebhookRuleStatus>,
    next_id: u64,
}

impl Rules {
    pub(super) fn add(&mut self, rule: WebhookRule) -> u64 {
        self.next_id += 1;
        self.list.push(WebhookRuleStatus { id: self.next_id, rule, taken: 0 });
        self.next_id
    }

    pub(super) fn all(&self) -> Vec<WebhookRuleStatus> {
        self.list.clone()
    }

    pub(super) fn clear(&mut self) {
        self.list.clear();
    }

    pub(super) fn take(&mut self, provider: &str, event: &str, subject: &str) -> Option<WebhookFault> {
        let matching =
            |status: &&mut WebhookRuleStatus| status.rule.times > 0 && status.rule.matches(provider, event, subject);
        let first = self.list.iter_mut().find(matching)?;
        if first.rule.skip > 0 {
            first.rule.skip -= 1;
            return None;
        }
        first.rule.times -= 1;
        first.taken += 1;
        Some(first.rule.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_take_what_they_name_and_no_more() {
        let mut rules = Rules::default();
        rules.add(WebhookRule::new("pay1st", WebhookFault::Drop).event("FAILED"));
        rules.add(WebhookRule::new("pay1st", WebhookFault::Tamper).subject("C-1-P").skip(1).times(2));
        let mut take = |event: &str, subject: &str| rules.take("pay1st", event, subject).map(|fault| fault.name());
        assert_eq!(take("FAILED", "C-1-P"), Some("drop"));
        assert_eq!(take("FAILED", "C-2-P"), None);
        assert_eq!(take("FAILED", "C-1-P"), None, "skipped");
        assert_eq!(take("PENDING", "C-1-P"), Some("tamper"));
        assert_eq!(take("PENDING", "C-1-P"), Some("tamper"));
        assert_eq!(take("PENDING", "C-1-P"), None);
        assert_eq!(rules.take("pagamio", "FAILED", "C-1-P"), None);
        assert_eq!(rules.all().iter().map(|status| status.taken).collect::<Vec<_>>(), [1, 2]);
    }
}
