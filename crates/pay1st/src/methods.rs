//! Payment methods: one type for both shapes in which they are shown.

use crate::generated::types::{
    ChannelStatus, FlatMethod, MethodChannel, MethodGroup, PaymentMethodType, PaymentMethodsAnswer, PaymentOption,
};
use pay_core::RawBody;
use pay_core::decode::{DecodeError, json, members};
use pay_core::provider::Answer;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A way to pay, as a page of your own can offer it.
///
/// Pay1st's page shows groups of channels, a second-hand profile a flat list; both are read. Which id a checkout link wants
/// is not said for the first shape, so both of its ids are here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PaymentMethod {
    /// `channels[].id` of the grouped shape. Older pages use this one as `channelId`.
    pub outer_id: Option<u64>,
    /// `channels[].channel.id` of the grouped shape.
    pub inner_id: Option<u64>,
    /// `channelId` of the flat shape.
    pub flat_id: Option<u64>,
    /// Its name, such as `Visa`.
    pub name: Option<String>,
    /// Its code, such as `VISA`.
    pub code: Option<String>,
    /// Its kind, such as `CARD`.
    pub kind: Option<String>,
    /// The name of its group, such as `Credit / Debit Card`.
    pub group: Option<String>,
    /// The file of its picture; where it lies is not documented.
    pub image_location: Option<String>,
    /// Whether the channel can be used.
    pub status: Option<ChannelStatus>,
    /// Who processes it, with a status of its own.
    pub processor: Option<PaymentOption>,
    /// What the customer is asked for.
    pub method_type: Option<PaymentMethodType>,
    /// Its country, in the flat shape.
    pub country: Option<String>,
    /// Its currency, in the flat shape.
    pub currency: Option<String>,
    raw: RawBody,
}

/// Something that the customer is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequiredParameter {
    /// Where it belongs, such as `personalInfo`.
    pub section: String,
    /// Its name, such as `firstName`.
    pub name: String,
    /// Its type, such as `string`.
    pub data_type: Option<String>,
}

impl PaymentMethod {
    /// What the customer is asked for, read from the JSON that stands inside a string; sorted by name. Empty where nothing
    /// is said.
    ///
    /// # Errors
    /// Where the text is no JSON of that form; [`method_type`](Self::method_type) has it as it came.
    pub fn required_parameters(&self) -> Result<Vec<RequiredParameter>, DecodeError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Parameter {
            #[serde(default, deserialize_with = "pay_core::decode::lenient")]
            data_type: Option<String>,
        }
        let text = self.method_type.as_ref().and_then(|kind| kind.required_parameters.as_deref());
        let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(Vec::new()) };
        let sections: BTreeMap<String, BTreeMap<String, Parameter>> = json(text.as_bytes())?;
        let all = sections.into_iter().flat_map(|(section, parameters)| {
            let one = move |(name, parameter): (String, Parameter)| RequiredParameter {
                section: section.clone(),
                name,
                data_type: parameter.data_type,
            };
            parameters.into_iter().map(one)
        });
        Ok(all.collect())
    }

    /// Its own part of the answer, as it came.
    pub fn raw(&self) -> &RawBody {
        &self.raw
    }

    fn grouped(group: &MethodGroup, channel: MethodChannel, raw: RawBody) -> Self {
        let details = channel.channel;
        let text = |of: fn(&crate::generated::types::ChannelDetails) -> &Option<String>| {
            details.as_ref().and_then(|details| of(details).clone())
        };
        Self {
            outer_id: channel.id,
            inner_id: details.as_ref().and_then(|details| details.id),
            name: text(|details| &details.name),
            code: text(|details| &details.code),
            kind: text(|details| &details.payment_method),
            image_location: text(|details| &details.image_location),
            status: details.as_ref().and_then(|details| details.status.clone()),
            group: group.name.clone(),
            processor: channel.payment_option,
            method_type: channel.payment_method_type,
            raw,
            ..Self::default()
        }
    }

    fn flat(method: FlatMethod, raw: RawBody) -> Self {
        Self {
            flat_id: method.channel_id,
            name: method.channel_name,
            country: method.country_code,
            currency: method.currency_code,
            raw,
            ..Self::default()
        }
    }
}

/// Reads either shape.
pub(crate) fn read(answer: &Answer) -> Result<Vec<PaymentMethod>, DecodeError> {
    Ok(match json(&answer.body)? {
        PaymentMethodsAnswer::Grouped(grouped) => {
            let raw = raw_channels(&answer.body)?;
            let channels = (grouped.data.groups.into_iter())
                .flat_map(|mut group| {
                    let channels = std::mem::take(&mut group.channels);
                    channels.into_iter().map(move |channel| (group.clone(), channel))
                })
                .zip(raw);
            channels.map(|((group, channel), raw)| PaymentMethod::grouped(&group, channel, raw)).collect()
        }
        PaymentMethodsAnswer::Flat(list) => {
            let raw: Vec<Box<RawValue>> = json(&answer.body)?;
            list.into_iter().zip(raw).map(|(method, raw)| PaymentMethod::flat(method, body(&raw))).collect()
        }
    })
}

/// The channels of all groups as they came, in their order.
fn raw_channels(bytes: &[u8]) -> Result<Vec<RawBody>, DecodeError> {
    #[derive(Deserialize)]
    struct Groups {
        groups: Vec<Group>,
    }
    #[derive(Deserialize)]
    struct Group {
        #[serde(default)]
        channels: Option<Vec<Box<RawValue>>>,
    }
    let outer = members(bytes)?;
    let data = outer.get("data").ok_or_else(|| DecodeError::new("data", "is missing"))?;
    let groups: Groups = json(data.get().as_bytes())?;
    Ok(groups.groups.iter().flat_map(|group| group.channels.iter().flatten()).map(|raw| body(raw)).collect())
}

fn body(raw: &RawValue) -> RawBody {
    RawBody::new(raw.get().to_owned())
}
