//! Webhook rules as the control plane writes and reads them.

use super::rules::{WebhookFault, WebhookRule, WebhookRuleStatus};
use crate::Error;
use crate::control::Fields;
use serde_json::{Value, json};
use std::time::Duration;

impl WebhookRuleStatus {
    pub(crate) fn to_json(&self) -> Value {
        let mut fault = json!({ "kind": self.rule.fault.name() });
        match &self.rule.fault {
            WebhookFault::Duplicate(copies) => fault["copies"] = json!(copies),
            WebhookFault::Delay(time) | WebhookFault::Stale(time) => fault["seconds"] = json!(time.as_secs_f64()),
            _ => {}
        }
        json!({
            "id": self.id,
            "provider": self.rule.provider,
            "event": self.rule.event,
            "subject": self.rule.subject,
            "skip": self.rule.skip,
            "times": self.rule.times,
            "taken": self.taken,
            "fault": fault,
        })
    }
}

/// Reads one rule or a list of them.
pub(crate) fn rules(value: Value) -> Result<Vec<WebhookRule>, Error> {
    match value {
        Value::Array(list) => list.into_iter().map(rule).collect(),
        one => Ok(vec![rule(one)?]),
    }
}

fn rule(value: Value) -> Result<WebhookRule, Error> {
    let mut fields = Fields::new(value, "")?;
    let provider = fields.text("provider")?;
    let provider = fields.required("provider", provider)?;
    let what = fields.take("fault");
    let mut rule = WebhookRule::new(provider, fault(fields.required("fault", what)?)?);
    rule.event = fields.text("event")?;
    rule.subject = fields.text("subject")?;
    rule.skip = small(&mut fields, "skip")?.unwrap_or(0);
    rule.times = small(&mut fields, "times")?.unwrap_or(1);
    fields.finish()?;
    Ok(rule)
}

fn small(fields: &mut Fields, name: &str) -> Result<Option<u32>, Error> {
    let number = fields.number(name, u32::MAX.into())?;
    Ok(number.and_then(|number| u32::try_from(number).ok()))
}

/// The most copies that one rule may ask for.
const MOST_COPIES: u64 = 100;

fn fault(value: Value) -> Result<WebhookFault, Error> {
    let value = if value.is_string() { json!({ "kind": value }) } else { value };
    let mut fields = Fields::new(value, "fault")?;
    let kind = fields.text("kind")?;
    let kind = fields.required("kind", kind)?;
    let fault = match kind.as_str() {
        "duplicate" => {
            let copies = fields.number("copies", MOST_COPIES)?.unwrap_or(1);
            WebhookFault::Duplicate(u32::try_from(copies).unwrap_or(1))
        }
        "delay" => {
            let seconds = fields.seconds("seconds")?;
            WebhookFault::Delay(fields.required("seconds", seconds)?)
        }
        "reorder" => WebhookFault::Reorder,
        "tamper" => WebhookFault::Tamper,
        "stale" => WebhookFault::Stale(fields.seconds("seconds")?.unwrap_or(STALE)),
        "bad_signature" => WebhookFault::BadSignature,
        "unsigned" => WebhookFault::Unsigned,
        "drop" => WebhookFault::Drop,
        _ => {
            let all = "duplicate, delay, reorder, tamper, stale, bad_signature, unsigned, drop";
            return Err(fields.wrong("kind", &format!("not one of {all}")));
        }
    };
    fields.finish()?;
    Ok(fault)
}

/// Older than any receiver should take.
const STALE: Duration = Duration::from_secs(3600);
