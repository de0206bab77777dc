//! A client of Pay1st in the hands of a shop: each operation as its users would write it.

use crate::leaks::{AWKWARD, At, PLAIN, Plant};
use crate::{Broken, Eye, Kept, Limits, Run, Said, Session};
use pay_core::ExposeSecret as _;
use pay_sandbox::Sandbox;
use pay_sandbox::pay1st::Pay1st;
use pay1st::{
    Amount, Builder, Client, Customer, Error, FulfilledProduct, Fulfilment, FulfilmentStatus, Item, Money, NewPayment,
    NewRefund, Outcome, RawRequest, RefundOf, Refunded, Schedule, Settled, Sought,
};
use std::time::Duration;

/// What the provider could answer about somebody else's payment.
pub(super) const ANOTHER: &str = r#"{"reference":"C-100000000000000-P","partnerReference":"somebody-else","countryCode":"NG","currencyCode":"NGN","amount":100,"status":"NEW"}"#;

const METHODS: &str = "application/vnd.carry1st.payments.paymentchannel+json";

/// Everything that a client is told and that is nobody else's business.
pub(super) struct Facts {
    api_key: String,
    api_secret: String,
    signing_key: String,
    customer: String,
    note: String,
    reason: String,
    ticket: String,
}

/// The fields to hide, and where the sandbox's own values stand.
pub(super) fn plants() -> Vec<Plant> {
    let instead = |value: &str| At::Instead(value.to_owned());
    let answered = |member| At::Answered { path: "", member };
    vec![
        Plant::new("API key", PLAIN, instead("sandbox-pay1st-api-key")),
        Plant::new("API secret", AWKWARD, instead("sandbox-pay1st-api-secret")),
        Plant::new("signing key", PLAIN, At::Kept),
        Plant::new("signature", "", At::Computed("x-signature")),
        Plant::new("access token", "****************************+/=", answered("accessToken")),
        Plant::new("refresh token", "****************************+/=", answered("refreshToken")),
        Plant::new("customer's id", PLAIN, At::Sent),
        Plant::new("value of metadata", AWKWARD, At::Sent),
        Plant::new("reason of a refund", AWKWARD, At::Sent),
        Plant::new("query of a URL for browsers", PLAIN, At::Sent),
    ]
}

impl Facts {
    /// As the sandbox has them.
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let pay1st = sandbox.pay1st();
        Self {
            api_key: pay1st.api_key().to_owned(),
            api_secret: pay1st.api_secret().to_owned(),
            signing_key: pay1st.signing_key(),
            customer: "customer-1".to_owned(),
            note: "none".to_owned(),
            reason: "Customer requested refund".to_owned(),
            ticket: "1".to_owned(),
        }
    }

    /// Markers in place of all of them.
    pub(super) fn marked(marker: &dyn Fn(&str) -> String) -> Self {
        Self {
            api_key: marker("API key"),
            api_secret: marker("API secret"),
            signing_key: marker("signing key"),
            customer: marker("customer's id"),
            note: marker("value of metadata"),
            reason: marker("reason of a refund"),
            ticket: marker("query of a URL for browsers"),
        }
    }

    /// With markers in place of what is known of the customer.
    pub(super) fn with_customer(self, marker: &dyn Fn(&str) -> String) -> Self {
        let Self { customer, note, ticket, .. } = Self::marked(marker);
        Self { customer, note, ticket, ..self }
    }

    pub(super) fn signing_key(&self) -> &str {
        &self.signing_key
    }
}

pub(super) struct Shop {
    client: Client,
    /// The customer, and the books: which reference a payment has is known to whoever created it.
    pay1st: Pay1st,
    facts: Facts,
    builder: Box<dyn Fn() -> Builder + Send + Sync>,
    price: Amount,
    part: Amount,
    /// For finding out.
    patience: Duration,
}

impl Shop {
    pub(super) fn new(
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        facts: Facts,
    ) -> Result<Self, Broken> {
        let pay1st = sandbox.pay1st();
        let base = pay1st.base_url().replacen(&sandbox.url(), origin, 1);
        let (key, secret, signing) = (facts.api_key.clone(), facts.api_secret.clone(), facts.signing_key.clone());
        let kept = kept.clone();
        let builder = move || {
            let builder = Client::builder()
                .local(base.clone(), base.clone())
                .credentials(key.clone(), secret.clone())
                .signing_key(signing.clone());
            limited!(builder, limits, kept)
        };
        let (client, price, part) = (builder().build()?, "100.00".parse()?, "50.00".parse()?);
        Ok(Self { client, pay1st, facts, builder: Box::new(builder), price, part, patience: limits.deadline })
    }

    fn order(&self, customer: &str, reference: &str) -> NewPayment {
        let price = || Money { amount: self.price, currency: "NGN".to_owned() };
        let item = Item { title: "10 Credits".into(), sku: "12345".into(), price: price(), quantity: 1 };
        let customer = Customer { id: customer.to_owned(), country: "NG".to_owned() };
        let url = format!("https://shop.example/back?ticket={}", self.facts.ticket);
        NewPayment::new(reference, price(), customer, item).metadata("note", &self.facts.note).success_url(url)
    }

    /// The address of a new payment's checkout, and the token in it.
    pub(super) async fn link(&self, reference: &str) -> Result<(String, String), Error> {
        let created = self.client.create_payment(self.order(&self.facts.customer, reference)).send().await?;
        let token = self.client.lease().await?.token.expose_secret().to_owned();
        Ok((created.checkout_link().expose_url(), token))
    }

    /// Pay1st's reference of a payment that was created before.
    fn reference(&self, own: &str) -> String {
        let payments = self.pay1st.payments();
        let made = payments.into_iter().find(|payment| payment.partner_reference == own);
        made.map(|payment| payment.reference).unwrap_or_default()
    }

    async fn create(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let order = self.order(&self.facts.customer, reference);
        eye(&order);
        let mut call = self.client.create_payment(order);
        eye(&call.prepare().await?);
        eye(&call);
        let reply = call.reply().await?;
        eye(&reply);
        let link = reply.model.checkout_link();
        eye(&(&link, link.rebuild(&self.client).await));
        Ok(Said::Completed)
    }

    async fn settle(&self, reference: &str, eye: &Eye) -> Said {
        let sought =
            Sought::reference(self.reference(reference)).partner_reference(reference).amount(self.price, "NGN");
        eye(&sought);
        let schedule = Schedule::every(Duration::from_millis(150));
        let settle = self.client.settle(sought).schedule(schedule).within(self.patience / 3);
        eye(&settle);
        let settled = settle.await;
        eye(&settled);
        said(&settled)
    }

    async fn refund(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let of = RefundOf {
            transaction_reference: self.reference(reference),
            partner_refund_reference: format!("refund-of-{reference}"),
        };
        let refund = NewRefund::partial(of, self.part).reason(&self.facts.reason);
        eye(&refund);
        let reply = self.client.refund(refund).reply().await?;
        eye(&reply);
        Ok(match reply.model {
            Refunded::Completed(_) => Said::Completed,
            Refunded::Pending(_) => Said::Pending,
        })
    }

    async fn check(&self, eye: &Eye) -> Result<Said, Error> {
        eye(&(self.builder)());
        let who = self.client.check_credentials().await?;
        eye(&(&who, &self.client));
        Ok(Said::Read("logged in".to_owned()))
    }
}

fn said(settled: &Settled) -> Said {
    match settled {
        Settled::Completed(_) => Said::Completed,
        Settled::Failed(_) | Settled::Reversed(_) => Said::Failed,
        Settled::StillUnknown(_) => Said::Unknown,
    }
}

impl Session for Shop {
    fn log_in<'a>(&'a self, _: &'a str) -> Run<'a, Result<(), Error>> {
        Box::pin(async { self.client.check_credentials().await.map(|_| ()) })
    }

    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        let client = &self.client;
        Box::pin(async move {
            Ok(match operation {
                "check_credentials" => self.check(eye).await?,
                "lease" => {
                    eye(&client.lease().await?);
                    Said::Read("leased".to_owned())
                }
                "payment_methods" => {
                    let methods = client.payment_methods("NG").send().await?;
                    eye(&methods);
                    Said::Read(format!("{methods:?}"))
                }
                "raw" => {
                    let request = RawRequest::get("/api/pay1st/payments/methods").query("countryCode", "NG");
                    let request = request.body(METHODS, "");
                    eye(&request);
                    eye(&client.raw(request).send().await?);
                    Said::Read("bytes".to_owned())
                }
                "payment" => {
                    let reply = client.payment(self.reference(reference)).reply().await?;
                    eye(&reply);
                    Said::Read(format!("{:?} {}", reply.model.status, reply.model.amount))
                }
                "settle" => self.settle(reference, eye).await,
                "report_fulfilment" => {
                    let product = FulfilledProduct::new("12345", FulfilmentStatus::Fulfilled, 1);
                    let report = Fulfilment::new(self.reference(reference), product);
                    eye(&report);
                    client.report_fulfilment(report).send().await?;
                    Said::Completed
                }
                "refund" => self.refund(reference, eye).await?,
                _ => self.create(reference, eye).await?,
            })
        })
    }

    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            let created = match self.client.create_payment(self.order(customer, reference)).send().await {
                Ok(created) => created,
                Err(error) if error.outcome() == Outcome::Unknown => return Said::Unknown,
                Err(_) => return Said::Failed,
            };
            // The customer, on the hosted page.
            if self.pay1st.pay(created.reference()).is_err() {
                return Said::Unknown;
            }
            let schedule = Schedule::every(Duration::from_millis(50));
            said(&self.client.settle(&created).schedule(schedule).within(Duration::from_secs(3)).await)
        })
    }
}
