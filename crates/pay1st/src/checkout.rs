//! A created payment, and the link to the page where it is paid.

use crate::client::Client;
use crate::generated::types::{Payment, PaymentStatus};
use crate::payment::NewPayment;
use pay_core::decode::{DecodeError, json};
use pay_core::provider::{Answer, BaseUrl};
use pay_core::{Error, ExposeSecret, RawBody, SecretString};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt;

/// All but RFC 3986's unreserved characters: tokens end in `=`, and a `+` would come out as a space.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A payment that exists and is not paid yet: send the customer to its [`checkout_link`](Self::checkout_link).
///
/// It keeps the token that it was created with, which goes into the link.
#[derive(Clone)]
#[must_use = "nothing is paid yet: the customer pays on the page of the checkout link"]
pub struct CreatedPayment {
    payment: Payment,
    token: SecretString,
    checkout: BaseUrl,
    body: RawBody,
}

impl CreatedPayment {
    pub(crate) fn read(answer: &Answer, asked: &NewPayment, checkout: BaseUrl) -> Result<Self, DecodeError> {
        let payment: Payment = json(&answer.body)?;
        asked.is(&payment)?;
        let lease = answer.lease.as_ref().ok_or_else(|| DecodeError::new("", "the call kept no token"))?;
        Ok(Self { payment, token: lease.token.clone(), checkout, body: RawBody::new(answer.body.clone()) })
    }

    /// The payment as it was answered: reference, amount and currency are those that were asked for.
    pub fn payment(&self) -> &Payment {
        &self.payment
    }

    /// Pay1st's reference: keep it with your order, every later question needs it.
    pub fn reference(&self) -> &str {
        &self.payment.reference
    }

    /// Your reference.
    pub fn partner_reference(&self) -> &str {
        &self.payment.partner_reference
    }

    /// Where it stands: `NEW`.
    pub fn status(&self) -> &PaymentStatus {
        &self.payment.status
    }

    /// The answer as it came: members that no page shows are still there.
    pub fn body(&self) -> &RawBody {
        &self.body
    }

    /// The link to the page where the customer pays, with the token that the payment was created with.
    pub fn checkout_link(&self) -> CheckoutLink {
        CheckoutLink::new(self.checkout.clone(), self.payment.reference.clone(), self.token.clone())
    }
}

impl fmt::Debug for CreatedPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedPayment").field("payment", &self.payment).finish_non_exhaustive()
    }
}

/// The link to the page where a customer pays.
///
/// It holds an access token, so it does not print. The token ends up in the customer's browser: signed calls are protected by the
/// signing key all the same. How long a link works is not documented; [`rebuild`](Self::rebuild) makes one with a newer token.
/// Source: `/reference/building-pay1st-checkout-links`.
#[derive(Clone)]
pub struct CheckoutLink {
    checkout: BaseUrl,
    reference: String,
    token: SecretString,
    channel: Option<u64>,
}

impl CheckoutLink {
    pub(crate) fn new(checkout: BaseUrl, reference: String, token: SecretString) -> Self {
        Self { checkout, reference, token, channel: None }
    }

    /// Preselects a payment method; without it the customer chooses among all.
    ///
    /// Which of a method's ids this is, no page says ([`PaymentMethod`](crate::PaymentMethod) has both): leave it out
    /// until you have seen it work.
    #[must_use]
    pub fn channel(mut self, channel_id: u64) -> Self {
        self.channel = Some(channel_id);
        self
    }

    /// Pay1st's reference of the payment.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The URL, for a redirect. It holds a token: it belongs neither into a log nor into a page that is cached.
    pub fn expose_url(&self) -> String {
        let value = |text: &str| utf8_percent_encode(text, VALUE).to_string();
        let channel = self.channel.map(|id| format!("channelId={id}&")).unwrap_or_default();
        let token = value(self.token.expose_secret());
        format!("{}/checkout?{channel}reference={}&accessToken={token}", self.checkout.as_str(), value(&self.reference))
    }

    /// The same link with the client's newest token: whether a refreshed token kills older ones, which customers
    /// may already hold in a link, is not documented.
    ///
    /// # Errors
    /// Why there is no token; the outcome is always `NotDone`.
    pub async fn rebuild(&self, client: &Client) -> Result<Self, Error> {
        let token = client.lease().await?.token;
        Ok(Self { token, ..self.clone() })
    }
}

impl fmt::Debug for CheckoutLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckoutLink")
            .field("checkout", &self.checkout.as_str())
            .field("reference", &self.reference)
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(reference: &str, token: &str) -> CheckoutLink {
        let checkout = BaseUrl::parse("checkout_url", "https://pay.stage.carry1st.com/").unwrap();
        CheckoutLink::new(checkout, reference.to_owned(), token.into())
    }

    #[test]
    fn every_value_is_encoded() {
        let url = link("C-113976984708914-P", "MTQ+a/b NFRHo=").channel(2).expose_url();
        assert_eq!(
            url,
            "https://pay.stage.carry1st.com/checkout?channelId=2&reference=C-113976984708914-P&accessToken=MTQ%2Ba%2Fb%20NFRHo%3D"
        );
        let url = link("a&accessToken=x#?%ü", "t").expose_url();
        assert_eq!(
            url,
            "https://pay.stage.carry1st.com/checkout?reference=a%26accessToken%3Dx%23%3F%25%C3%BC&accessToken=t"
        );
    }

    #[test]
    fn a_link_does_not_print_its_token() {
        let shown = format!("{:?}", link("C-1-P", "SENTINEL").channel(8));
        assert!(shown.contains("C-1-P") && !shown.contains("SENTINEL"), "{shown}");
    }
}
