//! Times that no document tells: how long a payer may stay away, and how long a pending transaction takes.

use crate::Error;
use crate::control::Fields;
use serde_json::{Value, json};
use std::time::Duration;

/// On the sandbox clock. **Invented.**
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) abandon_after: Duration,
    pub(super) pending_for: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { abandon_after: Duration::from_secs(1800), pending_for: Duration::from_secs(60) }
    }
}

impl Settings {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "abandon_after_seconds": self.abandon_after.as_secs_f64(),
            "pending_seconds": self.pending_for.as_secs_f64(),
            "evidence": "invented",
        })
    }

    /// Reads what is given; what is left out stays as it is.
    pub(super) fn changed(&self, value: Value) -> Result<Self, Error> {
        let mut fields = Fields::new(value, "")?;
        let mut settings = self.clone();
        for (name, time) in
            [("abandon_after_seconds", &mut settings.abandon_after), ("pending_seconds", &mut settings.pending_for)]
        {
            if let Some(seconds) = fields.seconds(name)? {
                *time = seconds;
            }
        }
        fields.finish()?;
        Ok(settings)
    }
}
