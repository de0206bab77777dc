//! A client of Pagamio in the hands of a shop: each operation as its users would write it.

use crate::leaks::{AWKWARD, At, DIGITS, PLAIN, Plant};
use crate::{Broken, Eye, Kept, Limits, Run, Said, Session};
use pagamio::{
    Account, Amount, BillLookupRequest, Builder, Client, Error, Kind, LookupName, Pacing, Purchase, Purchased,
    RawRequest, Schedule, Settled, Sought, TransactionQuery,
};
use pay_sandbox::Sandbox;
use std::fmt::Debug;
use std::time::Duration;

const METER: &str = "00001100000";
const BILL_ACCOUNT: &str = "81715524";
const PHONE: &str = "+27821234567";

/// Everything that a client is told and that is nobody else's business.
pub(super) struct Facts {
    username: String,
    password: String,
    sub_username: String,
    sub_password: String,
    user_type_id: String,
    phone: String,
    meter: String,
    bill_account: String,
    /// What the sandbox takes as it is.
    key_word: String,
    email: String,
    note: String,
}

/// The fields to hide, and where the sandbox's own values stand.
pub(super) fn plants() -> Vec<Plant> {
    let instead = |value: &str| At::Instead(value.to_owned());
    let answered = |path, member| At::Answered { path, member };
    vec![
        Plant::new("user name", PLAIN, instead("sandbox-merchant")),
        Plant::new("password", AWKWARD, instead("sandbox-merchant-password")),
        Plant::new("sub-merchant's user name", PLAIN, instead("sandbox-sub-merchant")),
        Plant::new("sub-merchant's password", AWKWARD, instead("sandbox-sub-merchant-password")),
        Plant::new("account id of the history", PLAIN, instead("sbx-merchant_01-Zk3vQ8wT5yB1nD7hJ4mP6rA")),
        Plant::new("phone number", "+27######################", instead(PHONE)),
        Plant::new("meter number", DIGITS, instead(METER)),
        Plant::new("account at the biller", DIGITS, instead(BILL_ACCOUNT)),
        Plant::new("customer's name", PLAIN, instead("JANE SMITH")),
        Plant::new("access token", PLAIN, answered("/auth/token", "token")),
        Plant::new("refresh token", PLAIN, answered("/auth/token", "refreshToken")),
        Plant::new("electricity token", DIGITS, answered("/purchase", "token")),
        Plant::new("PIN", DIGITS, answered("", "pin")),
        Plant::new("serial number of a PIN", DIGITS, answered("", "serialNumber")),
        Plant::new(
            "consumer's mobile number",
            "+27######################",
            answered("/lookup/bill-payment", "cellNumber"),
        ),
        Plant::new("key word of a search", PLAIN, At::Sent),
        Plant::new("e-mail address", "********************@example.com", At::Sent),
        Plant::new("note to a purchase", AWKWARD, At::Sent),
    ]
}

impl Facts {
    /// As the sandbox has them.
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let (merchant, sub) = (sandbox.pagamio().merchant(), sandbox.pagamio().sub_merchant());
        Self {
            username: merchant.username().to_owned(),
            password: merchant.password().to_owned(),
            sub_username: sub.username().to_owned(),
            sub_password: sub.password().to_owned(),
            user_type_id: merchant.user_type_id().to_owned(),
            phone: PHONE.to_owned(),
            meter: METER.to_owned(),
            bill_account: BILL_ACCOUNT.to_owned(),
            key_word: String::new(),
            email: "somebody@example.com".to_owned(),
            note: "none".to_owned(),
        }
    }

    /// Markers in place of all of them.
    pub(super) fn marked(marker: &dyn Fn(&str) -> String) -> Self {
        Self {
            username: marker("user name"),
            password: marker("password"),
            sub_username: marker("sub-merchant's user name"),
            sub_password: marker("sub-merchant's password"),
            user_type_id: marker("account id of the history"),
            phone: marker("phone number"),
            meter: marker("meter number"),
            bill_account: marker("account at the biller"),
            key_word: marker("key word of a search"),
            email: marker("e-mail address"),
            note: marker("note to a purchase"),
        }
    }
}

pub(super) struct Shop {
    client: Client,
    sub: Client,
    facts: Facts,
    builder: Box<dyn Fn() -> Builder + Send + Sync>,
    amount: Amount,
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
        let (merchant, sub) = (sandbox.pagamio().merchant(), sandbox.pagamio().sub_merchant());
        let base = sandbox.pagamio().base_url().replacen(&sandbox.url(), origin, 1);
        let (username, password) = (facts.username.clone(), facts.password.clone());
        let user_type_id = facts.user_type_id.clone();
        let kept = kept.clone();
        let builder = move || {
            let builder = Client::builder()
                .local(base.clone())
                .credentials(username.clone(), password.clone())
                .account(Account::Merchant(merchant.account_id().to_owned()))
                .channel(merchant.channel_id())
                .user_type_id(user_type_id.clone())
                .pacing(Pacing::Off);
            limited!(builder, limits, kept)
        };
        let client = builder().build()?;
        let sub = client
            .with_credentials(facts.sub_username.clone(), facts.sub_password.clone())
            .account(Account::SubMerchant(sub.account_id().to_owned()))
            .channel(sub.channel_id())
            .build()?;
        Ok(Self { client, sub, facts, builder: Box::new(builder), amount: "50.00".parse()?, patience: limits.deadline })
    }

    /// What an operation buys.
    fn order(&self, operation: &str, reference: &str) -> Purchase {
        let facts = &self.facts;
        let order = match operation {
            "buy_electricity" => Purchase::electricity("ELE-FLS-001", self.amount, &facts.meter),
            "buy_voucher" => Purchase::new("VCH-STM-001", self.amount),
            "buy_bill" => Purchase::bill("BIL-DST-001", self.amount, &facts.bill_account),
            _ => Purchase::airtime("AIR-VOD-001", self.amount, &facts.phone),
        };
        order.reference(reference).additional_info("note", facts.note.clone())
    }

    async fn purchase(&self, operation: &str, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let order = self.order(operation, reference);
        eye(&order);
        let mut call = self.client.purchase(order.clone());
        eye(&call);
        let bought = match operation {
            "resend" => {
                let prepared = call.prepare().await?;
                eye(&prepared);
                self.client.resend(&prepared).reply().await?
            }
            _ => call.reply().await?,
        };
        eye(&bought);
        Ok(match bought.model {
            Purchased::Completed(receipt) => {
                eye(&(receipt.electricity_tokens(), receipt.pins(), receipt.amount(), receipt.body()));
                Said::Completed
            }
            Purchased::Pending(_) => Said::Pending,
        })
    }

    async fn every_page(&self, eye: &Eye) -> Result<Said, Error> {
        let query = TransactionQuery::new();
        eye(&query);
        let mut pages = self.client.transaction_pages(query);
        let mut count = 0;
        while let Some(page) = pages.next().await {
            let page = page?;
            eye(&page);
            count += page.items.len();
        }
        Ok(Said::Read(format!("{count} records")))
    }

    async fn settle(&self, reference: &str, eye: &Eye) -> Said {
        let schedule = Schedule::every(Duration::from_millis(150));
        let settle = self.client.settle(reference).schedule(schedule).within(self.patience / 3).pages(1);
        eye(&settle);
        let settled = settle.await;
        eye(&settled);
        said(&settled)
    }

    async fn check(&self, eye: &Eye) -> Result<Said, Error> {
        eye(&(self.builder)());
        let who = self.client.check_credentials().await?;
        eye(&who);
        eye(&(&self.client, &self.sub));
        Ok(Said::Read("logged in".to_owned()))
    }
}

fn said(settled: &Settled) -> Said {
    match settled {
        Settled::Completed(_) => Said::Completed,
        Settled::Failed(_) => Said::Failed,
        Settled::StillUnknown(_) => Said::Unknown,
    }
}

/// A read's answer, shown and told.
fn read<T: Debug>(value: T, eye: &Eye) -> Said {
    eye(&value);
    Said::Read(format!("{value:?}"))
}

/// Bytes as they came: what they mean is their reader's business.
fn received() -> Said {
    Said::Read("bytes".to_owned())
}

/// The sandbox has no such endpoint, because no document says more than its name.
fn undocumented<T>(ended: Result<T, Error>) -> Result<Said, Error> {
    match ended {
        Err(error) if error.kind() == Kind::NotFound => Ok(received()),
        other => other.map(|_| received()),
    }
}

impl Session for Shop {
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        let client = if operation == "sub_merchant_products" { &self.sub } else { &self.client };
        Box::pin(async { client.check_credentials().await.map(|_| ()) })
    }

    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        let (client, facts) = (&self.client, &self.facts);
        let meter = || format!(r#"{{"meterNumber":"{}"}}"#, facts.meter);
        let account = || format!(r#"{{"accountNumber":"{}"}}"#, facts.bill_account);
        let email = || format!(r#"{{"email":"{}"}}"#, facts.email);
        Box::pin(async move {
            Ok(match operation {
                "check_credentials" => self.check(eye).await?,
                "lease" => {
                    eye(&client.lease().await?);
                    Said::Read("leased".to_owned())
                }
                "forgot_password" => undocumented(client.forgot_password(email()).send().await)?,
                "reset_password" => undocumented(client.reset_password(email()).send().await)?,
                "categories" => read(client.categories().send().await?, eye),
                "category_fields" => read(client.category_fields("1001").send().await?, eye),
                "category_products" => read(client.category_products("1001").send().await?, eye),
                "products" => read(client.products().send().await?, eye),
                "sub_merchant_products" => read(self.sub.products().send().await?, eye),
                "lookups" => read(client.lookups(&LookupName::Brands).send().await?, eye),
                "lookup_bill_payment" => {
                    let builder =
                        BillLookupRequest::builder().account_number(&facts.bill_account).product_code("BIL-DST-001");
                    eye(&builder);
                    let request = builder.build()?;
                    eye(&request);
                    let found = client.lookup_bill_payment(&request).send().await?;
                    eye(&found);
                    // Each answer has a number of its own.
                    Said::Read(format!("{:?}", found.look_up_receipt.map(|receipt| receipt.amount)))
                }
                "lookup_money_transfer" => {
                    eye(&client.lookup_money_transfer(account()).send().await?);
                    received()
                }
                "lookup_electricity" => {
                    eye(&client.lookup_electricity(meter()).send().await?);
                    received()
                }
                "transactions" => {
                    let query = TransactionQuery::new().key_word(&facts.key_word);
                    eye(&query);
                    let reply = client.transactions(&query, 0).reply().await?;
                    eye(&reply);
                    Said::Read(format!("{:?}", reply.model))
                }
                "transaction_pages" => self.every_page(eye).await?,
                "raw" => {
                    let request = RawRequest::get("/products/categories").query("q", &facts.email);
                    eye(&request);
                    let body = client.raw(request).send().await?;
                    eye(&body);
                    received()
                }
                "settle" => self.settle(reference, eye).await,
                _ => self.purchase(operation, reference, eye).await?,
            })
        })
    }

    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            let order = Purchase::airtime("AIR-VOD-001", self.amount, customer).reference(reference);
            let sought = match self.client.purchase(order).send().await {
                Ok(Purchased::Completed(_)) => return Said::Completed,
                Ok(Purchased::Pending(pending)) => Sought::from(&pending),
                Err(error) if error.outcome() == pagamio::Outcome::Unknown => Sought::from(&error),
                Err(_) => return Said::Failed,
            };
            let schedule = Schedule::every(Duration::from_millis(50));
            let settle = self.client.settle(sought).schedule(schedule).within(Duration::from_secs(3)).pages(1);
            said(&settle.await)
        })
    }
}
