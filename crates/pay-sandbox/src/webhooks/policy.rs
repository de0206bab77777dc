//! How failed deliveries are tried again. No provider publishes all of this: the figures are invented and can be set.

use crate::Error;
use crate::control::Fields;
use serde_json::{Value, json};
use std::time::Duration;

/// When a delivery that failed is tried again, and how long an attempt may take. **Invented**: Pay1st publishes neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPolicy {
    pub(crate) retries: Vec<Duration>,
    pub(crate) timeout: Duration,
}

impl Default for WebhookPolicy {
    /// Three retries, after 10 seconds, one minute and five minutes; ten seconds for an attempt.
    fn default() -> Self {
        Self { retries: [10, 60, 300].map(Duration::from_secs).to_vec(), timeout: Duration::from_secs(10) }
    }
}

impl WebhookPolicy {
    /// The default policy, to be changed.
    pub fn new() -> Self {
        Self::default()
    }

    /// One retry after each of these waits, on the sandbox clock; none: a delivery is tried once.
    #[must_use]
    pub fn retries(mut self, waits: impl IntoIterator<Item = Duration>) -> Self {
        self.retries = waits.into_iter().take(MOST_RETRIES).collect();
        self
    }

    /// How long the receiver may take to answer, in real time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "retry_after_seconds": self.retries.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
            "timeout_seconds": self.timeout.as_secs_f64(),
            "evidence": "invented",
        })
    }

    /// Reads what `to_json` writes; what is left out stays as it is.
    pub(crate) fn changed(&self, value: Value) -> Result<Self, Error> {
        let mut fields = Fields::new(value, "")?;
        let mut policy = self.clone();
        if let Some(waits) = fields.list("retry_after_seconds")? {
            if waits.len() > MOST_RETRIES {
                return Err(fields.wrong("retry_after_seconds", "at most 20"));
            }
            let wait = |value: Value| {
                let mut one = Fields::new(json!({ "retry_after_seconds": value }), "")?;
                let seconds = one.seconds("retry_after_seconds")?;
                one.required("retry_after_seconds", seconds)
            };
            policy.retries = waits.into_iter().map(wait).collect::<Result<_, _>>()?;
        }
        if let Some(timeout) = fields.seconds("timeout_seconds")? {
            policy.timeout = timeout;
        }
        fields.finish()?;
        Ok(policy)
    }
}

const MOST_RETRIES: usize = 20;
