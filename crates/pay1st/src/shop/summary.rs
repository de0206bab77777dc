//! Summary: the Shop reports a sale. Signed over the trimmed body, without a timestamp.

use super::cents::Cents;
use crate::PaymentStatus;
use base64::Engine as _;
use http::HeaderMap;
use pay_core::decode::{self, Id, LooseText};
use pay_core::webhook::{EventKey, Header, Keys, OtherEvent, Received, Receiver, header};
use pay_core::{Error, ExposeSecret, RawBody, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::time::SystemTime;

/// Apart from the Gateway's, so that no event of one is taken for the other's.
const PROVIDER: &str = "pay1st-shop";

/// Verifies the Shop's summaries: `X-SIGNATURE` is the HMAC-SHA256 of the body without the white space around it; the key
/// is the text `base64(username:password)` of the product's Basic Auth settings.
///
/// Nothing in it is a time, so nothing is ever stale, and **a delivery that somebody else once saw can be sent again for
/// ever**: act once per [`Sale::key`].
#[derive(Debug, Clone)]
pub struct Summaries(Keys);

impl Summaries {
    /// With the Basic Auth settings of the product.
    ///
    /// # Errors
    /// `Kind::Config` where the name or the password is empty, or the name holds a colon.
    pub fn new(username: &str, password: &SecretString) -> Result<Self, Error> {
        let password = password.expose_secret();
        if username.is_empty() || username.contains(':') {
            return Err(Error::config("username", "must not be empty, nor hold a colon"));
        }
        if password.is_empty() {
            return Err(Error::config("password", "is empty"));
        }
        let key = base64::engine::general_purpose::STANDARD.encode(format!("{username}:{password}"));
        Keys::new("password", &key.into()).map(Self)
    }

    /// Verifies one delivery. Nothing is parsed before the signature is found right; `Stale` cannot happen.
    pub fn verify(&self, body: &[u8], headers: &HeaderMap) -> Received<Summary, Infallible> {
        let body = body.trim_ascii();
        match header(headers, "x-signature") {
            Header::Missing => Received::Unsigned,
            Header::Once(signature) if self.0.verify(&[body], signature) => Received::Verified(Summary::read(body)),
            Header::Once(_) | Header::Several => Received::Forged,
        }
    }
}

impl Receiver for Summaries {
    type Event = Summary;
    type Stale = Infallible;

    fn receive(&self, body: &[u8], headers: &HeaderMap, _: SystemTime) -> Received<Summary, Infallible> {
        self.verify(body, headers)
    }
}

/// What a summary says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Summary {
    /// A sale has a status.
    Sale(Sale),
    /// Signed, but not of the shape of the sample. Its raw body is without the white space around it.
    Other(OtherEvent),
}

impl Summary {
    fn read(body: &[u8]) -> Self {
        let raw = RawBody::new(body.to_vec());
        // A member that nobody reads is not looked at for UTF-8, and then its text could not be handed out.
        match decode::members(body).and_then(|_| decode::json::<Wire>(body)) {
            Ok(wire) => Self::Sale(Sale {
                reference: wire.reference,
                player_id: wire.player_id,
                product_bundle_id: wire.product_bundle_id,
                amount: wire.amount,
                currency: wire.currency,
                tokens_purchased: wire.tokens_purchased,
                digital_currency: wire.digital_currency,
                status: wire.status,
                raw,
            }),
            Err(problem) => Self::Other(OtherEvent::new(PROVIDER, raw, problem)),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    reference: String,
    player_id: LooseText,
    #[serde(default, deserialize_with = "decode::lenient")]
    product_bundle_id: Option<Id>,
    amount: Cents,
    currency: String,
    #[serde(default, deserialize_with = "decode::lenient")]
    tokens_purchased: Option<u64>,
    #[serde(default, deserialize_with = "decode::lenient")]
    digital_currency: Option<DigitalCurrency>,
    status: PaymentStatus,
}

/// A sale in the Shop. Its members are those of the sample; which of them are always there could not be read.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sale {
    /// Pay1st's reference. Opaque.
    pub reference: String,
    /// The player, as the partner calls them.
    pub player_id: LooseText,
    /// Pay1st's id of what was sold.
    pub product_bundle_id: Option<Id>,
    /// The price, in cents.
    pub amount: Cents,
    /// Its currency.
    pub currency: String,
    /// How many units of the digital currency.
    pub tokens_purchased: Option<u64>,
    /// Of which digital currency.
    pub digital_currency: Option<DigitalCurrency>,
    /// Where the sale stands. The sample shows `SUCCESSFUL`; that the other names are the Gateway's is assumed.
    pub status: PaymentStatus,
    /// The body without the white space around it.
    pub raw: RawBody,
}

/// What the player gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct DigitalCurrency {
    /// Its name.
    pub name: String,
    /// Its code.
    pub code: String,
}

impl Sale {
    /// What one effect belongs to: reference and status, apart from the Gateway's.
    pub fn key(&self) -> EventKey {
        EventKey::new(PROVIDER, &[&self.reference, self.status.as_str()])
    }

    /// All members as raw text, those too that no field of this type names.
    pub fn extra(&self) -> BTreeMap<String, Box<RawValue>> {
        decode::members(self.raw.expose()).unwrap_or_default()
    }
}

impl fmt::Debug for Sale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sale")
            .field("reference", &self.reference)
            .field("player_id", &"[REDACTED]")
            .field("amount", &self.amount)
            .field("currency", &self.currency)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
