//! Receipts: raw, because their shape differs by aggregator, with typed accessors for what a shop needs.

use pay_core::decode::LooseText;
use pay_core::provider::members;
use pay_core::{Amount, RawAmount, RawBody, SecretString, Unit, printable};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::fmt;

/// The receipt of a completed purchase. Tokens and PINs in it are worth money: keep it durably and encrypted, and log
/// none of it. There is no documented way to have it printed again.
#[derive(Clone)]
#[non_exhaustive]
pub struct Receipt {
    reference: String,
    transaction_id: Option<String>,
    message: Option<String>,
    date: Option<String>,
    raw: Option<RawBody>,
    body: RawBody,
}

/// A prepaid electricity token.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ElectricityToken {
    /// The digits to key into the meter. Leading zeros count.
    pub token: SecretString,
    /// What the token is for, in the provider's words.
    pub description: Option<String>,
    /// How much of [`unit`](Self::unit) it brings, as received.
    pub quantity: Option<RawAmount>,
    /// The unit, such as `kWh`.
    pub unit: Option<String>,
    /// Whether it is a free basic token, which can stand beside a paid one.
    pub free: Option<bool>,
}

/// A voucher or recharge PIN.
#[derive(Clone)]
#[non_exhaustive]
pub struct Pin {
    /// The PIN. Leading zeros count.
    pub pin: SecretString,
    /// Its serial number.
    pub serial_number: Option<String>,
    /// Its expiry date, as received.
    pub expiry_date: Option<String>,
}

impl Receipt {
    pub(crate) fn new(
        reference: String,
        transaction_id: Option<String>,
        message: Option<String>,
        date: Option<String>,
        raw: Option<Box<RawValue>>,
        body: RawBody,
    ) -> Self {
        let raw = raw.map(|raw| RawBody::new(raw.get().to_owned()));
        Self { reference, transaction_id, message, date, raw, body }
    }

    /// A receipt that a transaction record carries.
    pub(crate) fn from_record(reference: String, transaction_id: Option<String>, raw: RawBody) -> Self {
        Self { reference, transaction_id, message: None, date: None, raw: Some(raw.clone()), body: raw }
    }

    /// Your reference.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The provider's transaction id.
    pub fn transaction_id(&self) -> Option<&str> {
        self.transaction_id.as_deref()
    }

    /// The provider's message. It may reveal balances: for logs, not for customers.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// When the provider answered, as text: four formats occur, and the zone of those without one is not documented.
    pub fn date(&self) -> Option<&str> {
        self.date.as_deref()
    }

    /// The receipt object as JSON; `None` where the answer had none. Holds tokens and PINs.
    pub fn raw(&self) -> Option<&RawBody> {
        self.raw.as_ref()
    }

    /// The whole answer as it came. Holds tokens and PINs.
    pub fn body(&self) -> &RawBody {
        &self.body
    }

    /// The receipt's amount. **Its unit is not known**: cents in some of the provider's samples, rand in others. Book
    /// the amount that you asked for.
    pub fn amount(&self) -> Option<RawAmount> {
        self.member("amount")
    }

    /// Whether the receipt's amount seems to be in rand or cents, seen beside what was asked for.
    pub fn amount_unit(&self, asked: Amount) -> Option<Unit> {
        self.amount().map(|raw| raw.unit_beside(asked))
    }

    /// Who fulfilled it, such as `FLASH`.
    pub fn aggregator(&self) -> Option<String> {
        self.text("aggregator")
    }

    /// The meter number.
    pub fn meter_number(&self) -> Option<String> {
        self.text("meterNumber")
    }

    /// All electricity tokens, free ones included: from `token`, `tokens[]` and `details[].tokens[]`.
    pub fn electricity_tokens(&self) -> Vec<ElectricityToken> {
        let mut tokens = Vec::new();
        if let Some(raw) = &self.raw
            && let Ok(single) = serde_json::from_slice::<SingleToken>(raw.expose())
        {
            tokens.extend(single.token());
        }
        let mut listed: Vec<Box<RawValue>> = self.member("tokens").unwrap_or_default();
        for detail in self.member::<Vec<Box<RawValue>>>("details").unwrap_or_default() {
            listed.extend(member::<Vec<Box<RawValue>>>(detail.get().as_bytes(), "tokens").unwrap_or_default());
        }
        tokens.extend(listed.iter().filter_map(|raw| serde_json::from_str::<ListedToken>(raw.get()).ok()?.token()));
        tokens
    }

    /// All voucher and recharge PINs: from `pin` and `voucher.pin`.
    pub fn pins(&self) -> Vec<Pin> {
        let own = self.raw.as_ref().and_then(|raw| serde_json::from_slice::<PinWire>(raw.expose()).ok());
        let voucher = self.member::<PinWire>("voucher");
        [own, voucher].into_iter().flatten().filter_map(PinWire::pin).collect()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.member::<LooseText>(name).map(LooseText::into_string)
    }

    fn member<T: for<'a> Deserialize<'a>>(&self, name: &str) -> Option<T> {
        member(self.raw.as_ref()?.expose(), name)
    }
}

fn member<T: for<'a> Deserialize<'a>>(body: &[u8], name: &str) -> Option<T> {
    serde_json::from_str(members(body).ok()?.get(name)?.get()).ok()
}

// A token or PIN is worth money: whatever stands beside it, in whatever form, must not hide it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SingleToken {
    token: Option<LooseText>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    units: Option<RawAmount>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    unit_type: Option<String>,
}

impl SingleToken {
    fn token(self) -> Option<ElectricityToken> {
        Some(ElectricityToken {
            token: self.token?.into_string().into(),
            description: None,
            quantity: self.units,
            unit: self.unit_type,
            free: None,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedToken {
    token: Option<LooseText>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    token_description: Option<String>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    quantity: Option<RawAmount>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    unit: Option<String>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    free: Option<bool>,
}

impl ListedToken {
    fn token(self) -> Option<ElectricityToken> {
        Some(ElectricityToken {
            token: self.token?.into_string().into(),
            description: self.token_description,
            quantity: self.quantity,
            unit: self.unit,
            free: self.free,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PinWire {
    pin: Option<LooseText>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    serial_number: Option<LooseText>,
    #[serde(deserialize_with = "pay_core::decode::lenient", default)]
    expiry_date: Option<String>,
}

impl PinWire {
    fn pin(self) -> Option<Pin> {
        Some(Pin {
            pin: self.pin?.into_string().into(),
            serial_number: self.serial_number.map(LooseText::into_string),
            expiry_date: self.expiry_date,
        })
    }
}

/// Neither the PIN nor the serial number that belongs to it prints.
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pin").field("expiry_date", &self.expiry_date).finish_non_exhaustive()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("reference", &self.reference)
            .field("transaction_id", &self.transaction_id)
            .field("message", &self.message.as_deref().map(printable))
            .field("raw", &self.raw)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pay_core::ExposeSecret;

    fn receipt(json: &str) -> Receipt {
        Receipt::from_record("R-1".into(), None, RawBody::new(json.to_owned()))
    }

    #[test]
    fn tokens_come_from_all_three_places_with_their_zeros() {
        let receipt = receipt(
            r#"{"token":"00012345678901234567","units":100,"unitType":"kWh",
                "tokens":[{"token":"01","tokenDescription":"Normal","quantity":55.4,"unit":"kWh","free":false},{"token":"02","free":true},{"note":1}],
                "details":[{"tokens":[{"token":"03","serialNumber":"s"}]}]}"#,
        );
        let tokens = receipt.electricity_tokens();
        let digits: Vec<_> = tokens.iter().map(|t| t.token.expose_secret()).collect();
        assert_eq!(digits, ["00012345678901234567", "01", "02", "03"]);
        assert_eq!(tokens[1].quantity.unwrap().as_received().to_string(), "55.4");
        assert_eq!(tokens[2].free, Some(true));
        assert!(!format!("{receipt:?}{tokens:?}").contains("0001234"));
    }

    #[test]
    fn pins_come_flat_and_from_a_voucher() {
        let pins =
            receipt(r#"{"pin":"0012","serialNumber":77,"voucher":{"pin":"0034","expiryDate":"2027-01-31"}}"#).pins();
        let got: Vec<_> = pins
            .iter()
            .map(|p| (p.pin.expose_secret(), p.serial_number.as_deref(), p.expiry_date.as_deref()))
            .collect();
        assert_eq!(got, [("0012", Some("77"), None), ("0034", None, Some("2027-01-31"))]);
        let shown = format!("{pins:?}");
        assert!(shown.contains("2027-01-31") && !shown.contains("77") && !shown.contains("0012"), "{shown}");
    }

    #[test]
    fn the_unit_of_the_amount_is_told_and_nothing_is_scaled() {
        let receipt = receipt(r#"{"amount":1000,"aggregator":"FLASH"}"#);
        assert_eq!(receipt.amount_unit("10.00".parse().unwrap()), Some(Unit::Minor));
        assert_eq!(receipt.amount().unwrap().as_received().to_string(), "1000");
        assert_eq!(receipt.aggregator().as_deref(), Some("FLASH"));
    }

    #[test]
    fn odd_receipts_give_nothing_rather_than_fail() {
        for json in ["{}", r#"{"tokens":"x","details":5,"voucher":[],"pin":null,"amount":"many"}"#] {
            let receipt = receipt(json);
            assert!(receipt.electricity_tokens().is_empty() && receipt.pins().is_empty() && receipt.amount().is_none());
        }
    }
}
