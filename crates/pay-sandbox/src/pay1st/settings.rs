//! What the provider's back office would hold: where events and customers go; and the lives that no document tells.

use crate::Error;
use crate::control::Fields;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::Duration;

/// The console's defaults; what a payment brings itself goes before them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Console {
    /// Where payment events go.
    pub webhook_url: Option<String>,
    /// Where a customer goes who has paid.
    pub success_url: Option<String>,
    /// Where a customer goes whose payment failed.
    pub failure_url: Option<String>,
    /// Where a customer goes who pays later.
    pub pending_url: Option<String>,
    /// Where a customer goes who has cancelled.
    pub cancel_url: Option<String>,
}

impl Console {
    /// Reads what is given; what is left out stays as it is, an empty text takes it away.
    pub(super) fn changed(&self, value: Value) -> Result<Self, Error> {
        let mut fields = Fields::new(value, "")?;
        let mut console = self.clone();
        for (name, url) in [
            ("webhook_url", &mut console.webhook_url),
            ("success_url", &mut console.success_url),
            ("failure_url", &mut console.failure_url),
            ("pending_url", &mut console.pending_url),
            ("cancel_url", &mut console.cancel_url),
        ] {
            if let Some(text) = fields.text(name)? {
                *url = (!text.is_empty()).then_some(text);
            }
        }
        fields.finish()?;
        Ok(console)
    }
}

/// Lives and waits on the sandbox clock. **Invented**: the documents give no figure.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) access_life: Duration,
    pub(super) refresh_life: Duration,
    /// From the request until a refund is PROCESSING, and until it has ended.
    pub(super) refund_processing: Duration,
    pub(super) refund_final: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access_life: Duration::from_secs(1800),
            refresh_life: Duration::from_secs(7 * 86_400),
            refund_processing: Duration::from_secs(60),
            refund_final: Duration::from_secs(600),
        }
    }
}

impl Settings {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "access_token_seconds": self.access_life.as_secs_f64(),
            "refresh_token_seconds": self.refresh_life.as_secs_f64(),
            "refund_processing_seconds": self.refund_processing.as_secs_f64(),
            "refund_final_seconds": self.refund_final.as_secs_f64(),
            "evidence": "invented",
        })
    }

    /// Reads what is given; what is left out stays as it is.
    pub(super) fn changed(&self, value: Value) -> Result<Self, Error> {
        let mut fields = Fields::new(value, "")?;
        let mut settings = self.clone();
        for (name, time) in [
            ("access_token_seconds", &mut settings.access_life),
            ("refresh_token_seconds", &mut settings.refresh_life),
            ("refund_processing_seconds", &mut settings.refund_processing),
            ("refund_final_seconds", &mut settings.refund_final),
        ] {
            if let Some(seconds) = fields.seconds(name)? {
                *time = seconds;
            }
        }
        fields.finish()?;
        Ok(settings)
    }
}
