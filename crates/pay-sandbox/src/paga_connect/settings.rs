//! How long codes and tokens live, on the sandbox clock.

use crate::Error;
use crate::control::Fields;
use serde_json::{Value, json};
use std::time::Duration;

/// The lives. **Assumed**: a code's is ours, the tokens' are the defaults of the server that Paga's is thought to be.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) code_life: Duration,
    pub(super) access_life: Duration,
    pub(super) refresh_life: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            code_life: Duration::from_secs(300),
            access_life: Duration::from_secs(43_200),
            refresh_life: Duration::from_secs(30 * 86_400),
        }
    }
}

impl Settings {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "code_seconds": self.code_life.as_secs_f64(),
            "access_token_seconds": self.access_life.as_secs_f64(),
            "refresh_token_seconds": self.refresh_life.as_secs_f64(),
            "evidence": "assumed",
        })
    }

    /// Reads what is given; what is left out stays as it is.
    pub(super) fn changed(&self, value: Value) -> Result<Self, Error> {
        let mut fields = Fields::new(value, "")?;
        let mut settings = self.clone();
        for (name, time) in [
            ("code_seconds", &mut settings.code_life),
            ("access_token_seconds", &mut settings.access_life),
            ("refresh_token_seconds", &mut settings.refresh_life),
        ] {
            if let Some(seconds) = fields.seconds(name)? {
                *time = seconds;
            }
        }
        fields.finish()?;
        Ok(settings)
    }
}
