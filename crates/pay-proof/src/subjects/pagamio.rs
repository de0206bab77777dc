//! Pagamio.

use crate::faults::{Acts, Fault, Hits, How};
use crate::{Broken, Limits, Operation, Run, Said, Session, Subject};
use pagamio::{
    Account, Amount, Client, Error, Pacing, Purchase, Purchased, Schedule, Settled, Sought, TransactionQuery,
};
use pay_sandbox::{Acting, Sandbox, StatusFault};
use std::sync::Arc;
use std::time::Duration;

const fn operation(name: &'static str, request: &'static str, path: &'static str, money: bool) -> Operation {
    Operation { name, request, path, money, again: false }
}

const TOKEN: Operation = operation("check_credentials", "token", "/auth/token", false);
const PURCHASE: Operation = operation("purchase", "purchase", "/purchase", true);
const OPERATIONS: [Operation; 8] = [
    TOKEN,
    operation("categories", "categories", "/products/categories", false),
    operation("category_fields", "category_fields", "/fields", false),
    operation("products", "merchant_products", "/products", false),
    operation("transactions", "transactions", "/transactions", false),
    operation("transaction_pages", "transactions", "/transactions", false),
    PURCHASE,
    Operation { again: true, ..operation("resend", "purchase", "/purchase", true) },
];
const PRODUCT: &str = "AIR-VOD-001";
const NUMBER: &str = "+27821234567";

/// Pagamio, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct Pagamio;

impl Subject for Pagamio {
    fn name(&self) -> &'static str {
        "pagamio"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        TOKEN
    }

    fn purchase(&self) -> Operation {
        PURCHASE
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("success without a code", r#"{"successful":true}"#),
            ("success with a code that refuses", r#"{"responseCode":"1103","successful":true}"#),
            ("a code that nobody documents", r#"{"responseCode":"9999","responseMessage":"?","successful":false}"#),
            ("failure without a code", r#"{"successful":false}"#),
            ("an object without anything", "{}"),
        ];
        let answer = |text: &str| How::Sandbox(StatusFault::new(200, Acting::After).body(text).into());
        bodies.iter().map(|(name, text)| Fault::new(name, Hits::Money, Acts::Yes, answer(text))).collect()
    }

    fn customer(&self, n: usize) -> String {
        format!("+2782{n:07}")
    }

    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        sandbox.set_modes("pagamio", &[("rate_limits", "off")])?;
        // Records with a reference and answers to it: a question can then be asked of every sale.
        let known = [("record_reference", "present"), ("transaction_filter", "honoured")];
        Ok(sandbox.set_modes("pagamio", &known)?)
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        let seeded = sandbox.pagamio().merchant();
        let base = sandbox.pagamio().base_url().replacen(&sandbox.url(), origin, 1);
        let client = Client::builder()
            .local(base)
            .credentials(seeded.username(), seeded.password())
            .account(Account::Merchant(seeded.account_id().to_owned()))
            .channel(seeded.channel_id())
            .user_type_id(seeded.user_type_id())
            .pacing(Pacing::Off)
            .attempts(limits.attempts)
            .attempt_timeout(limits.attempt)
            .connect_timeout(limits.attempt)
            .deadline(limits.deadline)
            .max_body(limits.max_body)
            .build()?;
        Ok(Arc::new(Shop { client, amount: "10.00".parse()? }))
    }
}

struct Shop {
    client: Client,
    amount: Amount,
}

impl Shop {
    fn airtime(&self, customer: &str, reference: &str) -> Purchase {
        Purchase::airtime(PRODUCT, self.amount, customer).reference(reference)
    }

    async fn every_page(&self) -> Result<Said, Error> {
        let mut pages = self.client.transaction_pages(TransactionQuery::new());
        let mut count = 0;
        while let Some(page) = pages.next().await {
            count += page?.items.len();
        }
        Ok(Said::Read(format!("{count} records")))
    }
}

fn bought(purchased: Purchased) -> Said {
    match purchased {
        Purchased::Completed(_) => Said::Completed,
        Purchased::Pending(_) => Said::Pending,
    }
}

impl Session for Shop {
    fn log_in(&self) -> Run<'_, Result<(), Error>> {
        Box::pin(async { self.client.check_credentials().await.map(|_| ()) })
    }

    fn run<'a>(&'a self, operation: &'a str, reference: &'a str) -> Run<'a, Result<Said, Error>> {
        let client = &self.client;
        let purchase = self.airtime(NUMBER, reference);
        Box::pin(async move {
            Ok(match operation {
                "check_credentials" => {
                    client.check_credentials().await?;
                    Said::Read("logged in".to_owned())
                }
                "categories" => Said::Read(format!("{:?}", client.categories().send().await?)),
                "category_fields" => Said::Read(format!("{:?}", client.category_fields("1001").send().await?)),
                "products" => Said::Read(format!("{:?}", client.products().send().await?)),
                "transactions" => {
                    Said::Read(format!("{:?}", client.transactions(&TransactionQuery::new(), 0).send().await?))
                }
                "transaction_pages" => self.every_page().await?,
                "resend" => {
                    let prepared = client.purchase(purchase).prepare().await?;
                    bought(client.resend(&prepared).send().await?)
                }
                _ => bought(client.purchase(purchase).send().await?),
            })
        })
    }

    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            let sought = match self.client.purchase(self.airtime(customer, reference)).send().await {
                Ok(Purchased::Completed(_)) => return Said::Completed,
                Ok(Purchased::Pending(pending)) => Sought::from(&pending),
                Err(error) if error.outcome() == pagamio::Outcome::Unknown => Sought::from(&error),
                Err(_) => return Said::Failed,
            };
            let schedule = Schedule::every(Duration::from_millis(50));
            let settle = self.client.settle(sought).schedule(schedule).within(Duration::from_secs(3)).pages(1);
            match settle.await {
                Settled::Completed(_) => Said::Completed,
                Settled::Failed(_) => Said::Failed,
                Settled::StillUnknown(_) => Said::Unknown,
            }
        })
    }
}
