//! Deliveries, rules, retry policy and allowed hosts of webhooks, over HTTP.

use super::Fields;
use crate::Error;
use crate::sandbox::Shared;
use crate::webhooks::{self, WebhookRuleStatus};
use http::Method;
use serde_json::{Value, json};

/// Answers a request below `/_sandbox/webhooks`. `None`: not one of these.
pub(super) fn answer(shared: &Shared, method: &Method, path: &str, body: Value) -> Option<Result<Value, Error>> {
    let outbox = &shared.outbox;
    let policy = || Ok(outbox.policy().to_json());
    let hosts = || Ok(json!({ "allowed": outbox.allowed() }));
    let rules = || Ok(json!(outbox.rules().iter().map(WebhookRuleStatus::to_json).collect::<Vec<_>>()));
    Some(match (path, method.as_str()) {
        ("/deliveries", "GET") => Ok(json!(outbox.deliveries())),
        ("/rules", "GET") => rules(),
        ("/rules", "POST") => add_rules(shared, body),
        ("/rules", "DELETE") => Fields::new(body, "").and_then(Fields::finish).and_then(|()| {
            outbox.clear_rules();
            rules()
        }),
        ("/policy", "GET") => policy(),
        ("/policy", "POST") => outbox.policy().changed(body).and_then(|changed| {
            outbox.set_policy(changed);
            policy()
        }),
        ("/hosts", "GET") => hosts(),
        ("/hosts", "POST") => allow(shared, body).and_then(|()| hosts()),
        (path, "POST") if path.starts_with("/deliveries/") => resend(shared, path, body),
        _ => return None,
    })
}

/// The methods of a path.
pub(super) fn allowed(path: &str) -> Option<&'static str> {
    match path {
        "/deliveries" => Some("GET"),
        "/rules" => Some("GET, POST, DELETE"),
        "/policy" | "/hosts" => Some("GET, POST"),
        path if path.starts_with("/deliveries/") => Some("POST"),
        _ => None,
    }
}

fn add_rules(shared: &Shared, body: Value) -> Result<Value, Error> {
    let rules = webhooks::rules(body)?;
    rules.iter().try_for_each(|rule| shared.provider(&rule.provider, "provider").map(|_| ()))?;
    let ids: Vec<u64> = rules.into_iter().map(|rule| shared.outbox.add_rule(rule)).collect();
    Ok(json!({ "ids": ids }))
}

fn allow(shared: &Shared, body: Value) -> Result<(), Error> {
    let mut fields = Fields::new(body, "")?;
    let host = fields.text("allow")?;
    let host = fields.required("allow", host)?;
    fields.finish()?;
    shared.outbox.allow(&host)
}

/// `/deliveries/ID/resend`
fn resend(shared: &Shared, path: &str, body: Value) -> Result<Value, Error> {
    Fields::new(body, "")?.finish()?;
    let id = path.trim_start_matches("/deliveries/").strip_suffix("/resend").and_then(|id| id.parse().ok());
    let id: u64 = id.ok_or_else(|| Error::invalid("path", "deliveries/ID/resend, ID a whole number"))?;
    shared.outbox.resend(id)?;
    Ok(json!({ "resent": id }))
}
