//! Reads fault rules from control-plane JSON.

use super::rule::What;
use super::{Acting, Ends, Fault, FaultRule, RandomFaults, StatusFault};
use crate::Error;
use crate::control::Fields;
use serde_json::Value;
use std::time::Duration;

/// Reads one rule, or a list of them.
pub(crate) fn rules(value: Value) -> Result<Vec<FaultRule>, Error> {
    match value {
        Value::Array(list) => {
            list.into_iter().enumerate().map(|(index, value)| rule(value, &format!("[{index}]"))).collect()
        }
        value => Ok(vec![rule(value, "")?]),
    }
}

fn rule(value: Value, at: &str) -> Result<FaultRule, Error> {
    let mut fields = Fields::new(value, at)?;
    let provider = fields.text("provider")?;
    let provider = fields.required("provider", provider)?;
    if fields.has("random") {
        let value = fields.take("random").unwrap_or(Value::Null);
        let random = random(value, &fields.path("random"))?;
        fields.finish()?;
        return Ok(FaultRule::random(provider, random));
    }
    let value = fields.take("fault");
    let value = fields.required("fault", value)?;
    let mut rule = FaultRule::new(provider, fault(value, &fields.path("fault"))?);
    if let What::Scripted(script) = &mut rule.what {
        script.operation = fields.text("operation")?;
        script.reference = fields.text("reference")?;
        script.skip = small(fields.number("skip", u64::from(u32::MAX))?, 0);
        script.times = small(fields.number("times", u64::from(u32::MAX))?, 1);
    }
    fields.finish()?;
    Ok(rule)
}

fn random(value: Value, at: &str) -> Result<RandomFaults, Error> {
    let mut fields = Fields::new(value, at)?;
    let seed = fields.number("seed", u64::MAX)?;
    let seed = fields.required("seed", seed)?;
    let percent = fields.number("percent", 100)?;
    let percent = fields.required("percent", percent)?;
    let mut random = RandomFaults::new(seed, u8::try_from(percent).unwrap_or(100));
    if let Some(names) = fields.list("operations")? {
        random.operations = names
            .iter()
            .map(|name| name.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or_else(|| fields.wrong("operations", "must be a list of texts"))?;
    }
    if let Some(kinds) = fields.list("kinds")? {
        random.kinds = kinds
            .into_iter()
            .enumerate()
            .map(|(index, kind)| fault(kind, &fields.path(&format!("kinds[{index}]"))))
            .collect::<Result<_, _>>()?;
    }
    fields.finish()?;
    Ok(random)
}

/// Reads a fault: `{"kind": ...}` with its details, or the kind alone as a text.
fn fault(value: Value, at: &str) -> Result<Fault, Error> {
    let value = match value {
        Value::String(kind) => serde_json::json!({ "kind": kind }),
        value => value,
    };
    let mut fields = Fields::new(value, at)?;
    let kind = fields.text("kind")?;
    let kind = fields.required("kind", kind)?;
    let fault = match kind.as_str() {
        "reset_before_reading" => Fault::ResetBeforeReading,
        "reset_after_reading" => Fault::ResetAfterReading,
        "reset_after_acting" => Fault::ResetAfterActing,
        "close_after_acting" => Fault::CloseAfterActing,
        "half_headers" => Fault::HalfHeaders,
        "truncated_body" => Fault::TruncatedBody,
        "stall_before_acting" => Fault::StallBeforeActing(fields.seconds("seconds")?),
        "stall_after_acting" => Fault::StallAfterActing(fields.seconds("seconds")?),
        "slow_drip" => Fault::SlowDrip {
            chunk_bytes: fields
                .number("chunk_bytes", 1 << 20)?
                .and_then(|bytes| usize::try_from(bytes).ok())
                .unwrap_or(16),
            pause: fields.seconds("pause_seconds")?.unwrap_or(Duration::from_millis(50)),
        },
        "status" => Fault::Status(status(&mut fields)?),
        "html" => Fault::Html,
        "unauthorized" => Fault::Unauthorized,
        "oversized_body" => {
            let bytes = fields.number("bytes", 1 << 40)?;
            Fault::OversizedBody { bytes: fields.required("bytes", bytes)? }
        }
        "pending" => Fault::Pending { settle_after: settle_after(&mut fields)?, ends: ends(&mut fields)? },
        "provider_timeout" => {
            Fault::ProviderTimeout { settle_after: settle_after(&mut fields)?, ends: ends(&mut fields)? }
        }
        "code" => {
            let code = fields.text("responseCode")?;
            let message = fields.text("message")?;
            Fault::Code {
                response_code: fields.required("responseCode", code)?,
                message: fields.required("message", message)?,
            }
        }
        _ => return Err(fields.wrong("kind", "no such fault")),
    };
    fields.finish()?;
    fault.check(at)?;
    Ok(fault)
}

fn status(fields: &mut Fields) -> Result<StatusFault, Error> {
    let code = fields.number("code", 599)?;
    let code = fields.required("code", code)?;
    let acting = match fields.text("acting")?.as_deref() {
        Some("before") => Acting::Before,
        Some("after") => Acting::After,
        Some(_) => return Err(fields.wrong("acting", "must be before or after")),
        None => return Err(fields.wrong("acting", "is required")),
    };
    Ok(StatusFault {
        code: u16::try_from(code).unwrap_or_default(),
        acting,
        retry_after: fields.text("retry_after")?,
        content_type: fields.text("content_type")?,
        body: fields.text("body")?,
    })
}

fn settle_after(fields: &mut Fields) -> Result<Duration, Error> {
    let time = fields.seconds("settle_after_seconds")?;
    fields.required("settle_after_seconds", time)
}

fn ends(fields: &mut Fields) -> Result<Ends, Error> {
    match fields.text("ends")?.as_deref() {
        Some("completed") => Ok(Ends::Completed),
        Some("failed") => Ok(Ends::Failed),
        Some(_) => Err(fields.wrong("ends", "must be completed or failed")),
        None => Err(fields.wrong("ends", "is required")),
    }
}

fn small(number: Option<u64>, default: u32) -> u32 {
    number.map_or(default, |number| u32::try_from(number).unwrap_or(u32::MAX))
}
