//! What every new transaction has: an order id, an amount, and where its events go.

use crate::generated::types::{OrderFields, TransactionType, WebhookFields};
use crate::settle::Sought;
use http::{HeaderName, HeaderValue, Uri};
use pay_core::{Amount, ExposeSecret, SecretString};
use std::fmt;

/// Where PagFast sends the events of one transaction. Neither the URL nor the header's value prints.
#[derive(Clone)]
pub struct Notify {
    url: String,
    header: Option<(String, SecretString)>,
}

impl Notify {
    /// To an absolute URL that PagFast can reach.
    pub fn to(url: impl Into<String>) -> Self {
        Self { url: url.into(), header: None }
    }

    /// With a header that comes back on each event, so that you recognise it. A signature proves more: see `webhook`.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.header = Some((name.into(), value.into()));
        self
    }

    pub(crate) fn check(&self) -> Result<(), &'static str> {
        absolute(&self.url).map_err(|()| "the webhook's URL must be absolute, such as https://shop.example/pagfast")?;
        if let Some((name, value)) = &self.header {
            HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| "the webhook's header has a name that none can have")?;
            HeaderValue::from_str(value.expose_secret())
                .map_err(|_| "the webhook's header has a value that none can have")?;
        }
        Ok(())
    }

    pub(crate) fn fields(&self) -> WebhookFields {
        let (name, value) = self.header.clone().unzip();
        WebhookFields { url: self.url.clone(), custom_header_name: name, custom_header_value: value }
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").field("header", &self.header.as_ref().map(|(name, _)| name)).finish_non_exhaustive()
    }
}

/// Whether a text is an absolute URL of http or https.
pub(crate) fn absolute(url: &str) -> Result<(), ()> {
    let uri: Uri = url.parse().map_err(|_| ())?;
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    if scheme && uri.host().is_some_and(|host| !host.is_empty()) { Ok(()) } else { Err(()) }
}

/// Your own words for a transaction, and how much.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) amount: Amount,
    /// What is paid must be `amount`: not so where the payer may change it.
    pub(crate) fixed: bool,
    direction: TransactionType,
    pub(crate) description: Option<String>,
    pub(crate) notify: Option<Notify>,
}

impl Order {
    pub(crate) fn deposit(id: String, amount: Amount) -> Self {
        Self { id, amount, fixed: true, direction: TransactionType::Credit, description: None, notify: None }
    }

    pub(crate) fn withdrawal(id: String, amount: Amount) -> Self {
        Self { direction: TransactionType::Debit, ..Self::deposit(id, amount) }
    }

    /// What its record must say.
    pub(crate) fn expected(&self, sought: Sought) -> Sought {
        let sought = sought.direction(self.direction.clone());
        if self.fixed { sought.amount(self.amount) } else { sought }
    }

    /// What would be refused, or would be another amount than the one that was meant. The provider's own limits are unknown.
    pub(crate) fn check(&self, needs_notify: bool) -> Result<(), &'static str> {
        if self.id.trim().is_empty() || self.id.chars().any(char::is_control) {
            return Err("the order id is empty or holds control characters: it is what a lost answer is looked up by");
        }
        if !self.amount.is_positive() {
            return Err("the amount must be more than nothing");
        }
        if self.amount.decimals() > 2 {
            return Err("the amount has more than two decimals: nothing is rounded here");
        }
        match &self.notify {
            Some(notify) => notify.check(),
            None if needs_notify => {
                Err("`webhook.url` is missing, which PagFast requires: call `.notify(Notify::to(url))`")
            }
            None => Ok(()),
        }
    }

    pub(crate) fn fields(&self) -> OrderFields {
        OrderFields { order_id: Some(self.id.clone()), order_description: self.description.clone() }
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("id", &self.id)
            .field("amount", &self.amount)
            .field("notify", &self.notify)
            .finish_non_exhaustive()
    }
}

/// The methods of every new transaction, on a type with a field `order`.
macro_rules! order {
    () => {
        /// Free text of yours, which comes back with the transaction. It does not print.
        #[must_use]
        pub fn description(mut self, text: impl Into<String>) -> Self {
            self.order.description = Some(text.into());
            self
        }

        /// Where its events go.
        #[must_use]
        pub fn notify(mut self, notify: $crate::order::Notify) -> Self {
            self.order.notify = Some(notify);
            self
        }

        /// Your order id.
        pub fn order_id(&self) -> &str {
            &self.order.id
        }

        /// How much.
        pub fn amount(&self) -> pay_core::Amount {
            self.order.amount
        }

        /// What to settle it by where its answer is lost: order id, amount and direction, and when you sent it. Write that time down
        /// first.
        pub fn sought(&self, sent_at: std::time::SystemTime) -> $crate::settle::Sought {
            self.order.expected($crate::settle::Sought::order(&self.order.id, sent_at))
        }
    };
}
pub(crate) use order;
