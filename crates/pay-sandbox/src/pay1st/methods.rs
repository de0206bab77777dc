//! `GET /payments/methods`: nested as the provider's page shows it, or flat as the other source does (C4).

use super::answers::Refusal;
use super::channels::{self, CHANNELS, Channel};
use super::modes::MethodsShape;
use super::state::{Call, State};
use crate::json::Node;
use crate::provider::Reply;

const REQUIRED: &str = r#"{"personalInfo":{"firstName":{"dataType":"string"},"lastName":{"dataType":"string"},"email":{"dataType":"string"},"phoneNumber":{"dataType":"string"}}}"#;

pub(super) fn methods(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let country = call.query("countryCode").ok_or_else(|| Refusal::bad("countryCode is missing"))?;
    let country = country.to_owned();
    let body = match state.modes.methods_shape {
        MethodsShape::Nested => nested(&country),
        MethodsShape::Flat => Node::List(CHANNELS.iter().filter(|it| it.country == country).map(flat).collect()),
    };
    let reply = Reply::ok(&body).assume("ids and codes of the methods");
    Ok(if channels::groups(&country).is_empty() { reply.assume("a country without methods") } else { reply })
}

fn nested(country: &str) -> Node {
    let groups = channels::groups(country).into_iter().map(|(group, members)| {
        Node::Object(vec![
            ("id", Node::Int(group.id())),
            ("name", group.name().into()),
            ("imageLocation", group.image().into()),
            ("channels", Node::List(members.into_iter().map(channel).collect())),
        ])
    });
    Node::Object(vec![("data", Node::Object(vec![("groups", Node::List(groups.collect()))]))])
}

fn channel(channel: &Channel) -> Node {
    let option = vec![
        ("id", Node::Int(3)),
        ("name", "Paystack".into()),
        ("code", "PAYSTACK".into()),
        ("status", "ACTIVE".into()),
    ];
    let inner = vec![
        ("id", Node::Int(channel.inner_id.into())),
        ("name", channel.name.into()),
        ("code", channel.code.into()),
        ("paymentMethod", channel.group.code().into()),
        ("status", "ACTIVE".into()),
        ("channelCode", channel.code.get(..2).unwrap_or(channel.code).into()),
        ("imageLocation", Node::text(format!("{}.svg", channel.code.to_lowercase()))),
    ];
    let kind = vec![
        ("id", Node::Int(5)),
        ("name", "Basic".into()),
        ("code", "BASIC".into()),
        ("requiredParameters", REQUIRED.into()),
    ];
    Node::Object(vec![
        ("id", Node::Int(channel.id.into())),
        ("paymentOption", Node::Object(option)),
        ("channel", Node::Object(inner)),
        ("paymentMethodType", Node::Object(kind)),
    ])
}

fn flat(channel: &Channel) -> Node {
    Node::Object(vec![
        ("channelId", Node::Int(channel.id.into())),
        ("channelName", channel.name.into()),
        ("countryCode", channel.country.into()),
        ("currencyCode", channel.currency.into()),
    ])
}
