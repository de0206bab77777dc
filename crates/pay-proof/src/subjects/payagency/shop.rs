//! A client of Pay Agency in the hands of a shop: each operation as its users would write it.

use super::facts::Facts;
use crate::{Broken, Eye, Kept, Limits, Run, Said, Session};
use pay_core::{Amount, Error, Money, Outcome, RawRequest, Schedule};
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::{Environment, PayAgency};
use payagency::{
    Builder, CardPayment, Client, Coin, CryptoLink, CryptoLinkOf, Estimate, ListQuery, Order, PagePayment, Payin,
    Payment, PaymentLink, Payout, Ramp, RampEnds, Refund, Settle, Settled,
};
use std::fmt::Debug;
use std::time::Duration;

pub(super) struct Shop {
    client: Client,
    /// The books: which id a payment has is known to whoever was answered.
    books: PayAgency,
    facts: Facts,
    builder: Box<dyn Fn() -> Builder + Send + Sync>,
    price: Amount,
    /// A wallet that pays out, and holds enough.
    wallet_id: String,
    template_id: String,
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
        let books = sandbox.payagency();
        let base = books.base_url().replacen(&sandbox.url(), origin, 1);
        let (secret_key, encryption_key) = facts.keys();
        let kept = kept.clone();
        let builder = move || {
            let builder = Client::builder().local(base.clone()).credentials(secret_key.clone(), encryption_key.clone());
            limited!(builder, limits, kept)
        };
        let mut wallets = books.wallets();
        wallets.retain(|wallet| wallet.environment == Environment::Test && wallet.active && wallet.currency == "USD");
        let wallet = wallets.into_iter().max_by_key(|wallet| wallet.cents).ok_or("no wallet pays out")?;
        let template = books.templates().into_iter().next().ok_or("there is no template")?;
        Ok(Self {
            client: builder().build()?,
            books,
            facts,
            builder: Box::new(builder),
            price: "12.50".parse()?,
            wallet_id: wallet.wallet_id,
            template_id: template.payment_template_id,
            patience: limits.deadline,
        })
    }

    fn money(&self, currency: &str) -> Money {
        Money { amount: self.price, currency: currency.to_owned() }
    }

    fn order(&self, reference: &str, currency: &str) -> Order {
        let order = Order::new(reference, self.money(currency));
        match &self.facts.webhook_url {
            Some(url) => order.webhook_url(url),
            None => order,
        }
    }

    /// Pay Agency's id of a payment that was made before.
    fn transaction_id(&self, reference: &str) -> String {
        self.books.payment(reference).map(|payment| payment.transaction_id).unwrap_or_default()
    }

    fn card_payment(&self, email: &str, reference: &str) -> Result<CardPayment, Error> {
        let (order, payer) = (self.order(reference, "GBP"), self.facts.payer(email)?);
        Ok(CardPayment::new(order, payer, self.facts.card()?, &self.facts.return_url))
    }

    fn page_payment(&self, reference: &str) -> Result<PagePayment, Error> {
        let payer = self.facts.payer(&self.facts.email)?;
        Ok(PagePayment::new(self.order(reference, "GBP"), payer, &self.facts.return_url))
    }

    async fn card(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let payment = self.card_payment(&self.facts.email, reference)?;
        eye(&(&payment, payment.intent()));
        let call = self.client.card(payment);
        eye(&call);
        let reply = call.reply().await?;
        eye(&reply);
        Ok(money(&reply.model))
    }

    async fn page(&self, of: &str, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let payment = self.page_payment(reference)?;
        eye(&payment);
        let mut call = if of == "apm" { self.client.apm(payment) } else { self.client.hosted_card(payment) };
        eye(&call.prepare().await?);
        eye(&call);
        let reply = call.reply().await?;
        eye(&reply);
        Ok(opened(&reply.model))
    }

    async fn crypto(&self, of: &str, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let (order, payer) = (self.order(reference, "GBP"), self.facts.payer(&self.facts.email)?);
        let reply = if of == "crypto_payin" {
            let payin = Payin::new(order, payer, Coin::ether(), &self.facts.return_url);
            eye(&payin);
            self.client.crypto_payin(payin).reply().await?
        } else {
            let ends = RampEnds::wallet(&self.facts.wallet).redirect_url(&self.facts.return_url);
            let ramp = Ramp::on(order, payer, Coin::bitcoin(), ends);
            eye(&ramp);
            self.client.crypto_ramp(ramp).reply().await?
        };
        eye(&reply);
        Ok(opened(&reply.model))
    }

    async fn payout(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let (order, payee) = (self.order(reference, "USD"), self.facts.payer(&self.facts.email)?);
        let payout = Payout::new(&self.wallet_id, order, payee, self.facts.payout_card()?);
        eye(&(&payout, payout.intent()));
        let reply = self.client.payout(payout).reply().await?;
        eye(&reply);
        Ok(money(&reply.model))
    }

    async fn refund(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let refund = Refund::of(self.transaction_id(reference)).because(&self.facts.reason);
        // A reason is what the merchant wrote, and prints.
        let reply = self.client.refund(refund).reply().await?;
        eye(&reply);
        Ok(money(&reply.model))
    }

    async fn found_out(&self, settle: Settle, eye: &Eye) -> Said {
        let schedule = Schedule::every(Duration::from_millis(150));
        let settle = settle.schedule(schedule).within(self.patience / 3);
        eye(&settle);
        let settled = settle.await;
        eye(&settled);
        said(&settled)
    }

    async fn estimate(&self, eye: &Eye) -> Result<Said, Error> {
        let estimate = Estimate::new(&self.wallet_id, self.price, self.facts.pan()?).sealed(true);
        eye(&estimate);
        let reply = self.client.estimate_payout(estimate).reply().await?;
        eye(&reply);
        Ok(read(&reply.model))
    }

    async fn check(&self, eye: &Eye) -> Result<Said, Error> {
        eye(&(self.builder)());
        self.client.check_credentials().await?;
        eye(&self.client);
        Ok(Said::Read("taken".to_owned()))
    }
}

/// Whether a payment that is paid at once is.
fn money(payment: &Payment) -> Said {
    match payment {
        Payment::Completed(_) => Said::Completed,
        Payment::Refused(_) => Said::Failed,
        Payment::Redirect(_) | Payment::Pending(_) => Said::Pending,
    }
}

/// Whether a page was opened, which is all that is asked for.
fn opened(payment: &Payment) -> Said {
    match payment {
        Payment::Redirect(_) => Said::Completed,
        other => money(other),
    }
}

fn said(settled: &Settled) -> Said {
    match settled {
        Settled::Completed(_) => Said::Completed,
        Settled::Failed(_) => Said::Failed,
        Settled::StillUnknown(_) => Said::Unknown,
    }
}

fn read(answer: &dyn Debug) -> Said {
    Said::Read(format!("{answer:?}"))
}

impl Session for Shop {
    fn log_in<'a>(&'a self, _: &'a str) -> Run<'a, Result<(), Error>> {
        Box::pin(async { Ok(()) })
    }

    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        let client = &self.client;
        Box::pin(async move {
            Ok(match operation {
                "check_credentials" => self.check(eye).await?,
                "hosted_card" | "apm" => self.page(operation, reference, eye).await?,
                "crypto_ramp" | "crypto_payin" => self.crypto(operation, reference, eye).await?,
                "payout" => self.payout(reference, eye).await?,
                "refund" => self.refund(reference, eye).await?,
                "settle" => self.found_out(client.settle(reference), eye).await,
                "settle_payout" => self.found_out(client.settle_payout(reference), eye).await,
                "status" | "payout_status" => {
                    let call =
                        if operation == "status" { client.status(reference) } else { client.payout_status(reference) };
                    let reply = call.reply().await?;
                    eye(&reply);
                    Said::Read(format!("{:?} of {:?}", reply.model.status(), reply.model.order_id()))
                }
                "estimate_payout" => self.estimate(eye).await?,
                "wallets" => read(&shown(eye, client.wallets().reply().await?)),
                "transactions" => {
                    let page = shown(eye, client.transactions(&ListQuery::new()).reply().await?);
                    Said::Read(format!("{} payments", page.items.len()))
                }
                "wallet_transactions" => {
                    let page = shown(eye, client.wallet_transactions(&ListQuery::new()).reply().await?);
                    Said::Read(format!("{} payouts", page.items.len()))
                }
                "payment_link" => {
                    let link = PaymentLink::new(reference).price(self.money("GBP"));
                    eye(&link);
                    shown(eye, client.payment_link(link).reply().await?);
                    Said::Read("a link".to_owned())
                }
                "crypto_payment_link" => {
                    let link = CryptoLink::new(reference, CryptoLinkOf::PayIn(self.money("GBP")), Coin::ether());
                    let link = link.template(&self.template_id);
                    eye(&link);
                    shown(eye, client.crypto_payment_link(link).reply().await?);
                    Said::Read("a link".to_owned())
                }
                "payment_templates" => read(&shown(eye, client.payment_templates().reply().await?)),
                "crypto_currencies" => read(&shown(eye, client.crypto_currencies("GB", self.price).reply().await?)),
                "raw" => {
                    let request = RawRequest::get("/api/v1/wallet");
                    eye(&request);
                    eye(&client.raw(request).send().await?);
                    Said::Read("bytes".to_owned())
                }
                _ => self.card(reference, eye).await?,
            })
        })
    }

    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            let Ok(payment) = self.card_payment(customer, reference) else { return Said::Failed };
            let lost = match self.client.card(payment).send().await {
                Ok(Payment::Completed(_)) => return Said::Completed,
                Ok(Payment::Refused(_)) => return Said::Failed,
                Ok(_) => reference.to_owned(),
                Err(error) if error.outcome() == Outcome::Unknown => reference.to_owned(),
                Err(_) => return Said::Failed,
            };
            // The status call by the order id is the way out, and "not found" is no answer.
            let schedule = Schedule::every(Duration::from_millis(100));
            said(&self.client.settle(lost).schedule(schedule).within(Duration::from_millis(400)).await)
        })
    }
}

/// The model of a reply, whose whole is shown.
fn shown<T: Debug + Send + Sync>(eye: &Eye, reply: pay_core::Reply<T>) -> T {
    eye(&reply);
    reply.model
}
