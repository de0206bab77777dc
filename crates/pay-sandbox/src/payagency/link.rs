//! Payment links, fiat and crypto, and the templates that they take their URLs from.

use super::account::Environment;
use super::amounts::Amount;
use super::payment::{Crypto, Kind};
use crate::Error;
use crate::control::Fields;
use serde::Serialize;
use serde_json::Value;
use time::Date;

/// A template. Its URLs are empty until somebody sets them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Template {
    /// The id that links name.
    pub payment_template_id: String,
    /// Another id; links do not name it.
    pub template_id: String,
    /// Its name.
    pub template_name: String,
    /// Where its payers go afterwards; may be empty.
    pub redirect_url: String,
    /// Where its webhooks go; may be empty.
    pub webhook_url: String,
}

impl Template {
    pub(super) fn seeded((id, other, name): (&str, &str, &str)) -> Self {
        Self {
            payment_template_id: id.to_owned(),
            template_id: other.to_owned(),
            template_name: name.to_owned(),
            redirect_url: String::new(),
            webhook_url: String::new(),
        }
    }

    /// Reads what is given; what is left out stays as it is.
    pub(super) fn changed(&self, value: Value) -> Result<Self, Error> {
        let (mut fields, mut template) = (Fields::new(value, "")?, self.clone());
        for (name, url) in [("redirect_url", &mut template.redirect_url), ("webhook_url", &mut template.webhook_url)] {
            if let Some(text) = fields.text(name)? {
                *url = text;
            }
        }
        fields.finish()?;
        Ok(template)
    }
}

/// A link that was made. It is paid once, or not at all: ours, since no document says.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// `PAY_LINK_` and 17 digits.
    pub(super) id: String,
    pub(super) environment: Environment,
    pub(super) kind: Kind,
    /// The template that it takes its URLs from; a test key names none.
    pub(super) template: Option<String>,
    pub(super) order_id: Option<String>,
    /// `None`: the payer says how much.
    pub(super) amount: Option<Amount>,
    pub(super) currency: Option<String>,
    pub(super) crypto: Option<Crypto>,
    /// Its last day.
    pub(super) expires: Option<Date>,
    /// What came of it.
    pub(super) payments: Vec<String>,
}

/// A link as a test may look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LinkRecord {
    /// Its id, which is a part of its address.
    pub link_id: String,
    /// Test or live.
    pub environment: Environment,
    /// The merchant's order id.
    pub order_id: Option<String>,
    /// How much, as it was sent; `None`: the payer says.
    pub amount: Option<String>,
    /// The payment that came of it.
    pub transaction_id: Option<String>,
}

impl Link {
    pub(super) fn record(&self) -> LinkRecord {
        LinkRecord {
            link_id: self.id.clone(),
            environment: self.environment,
            order_id: self.order_id.clone(),
            amount: self.amount.as_ref().map(|amount| amount.text.clone()),
            transaction_id: self.payments.last().cloned(),
        }
    }
}
