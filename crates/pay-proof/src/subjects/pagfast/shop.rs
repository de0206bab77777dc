//! A client of PagFast in the hands of a shop: each operation as its users would write it.

use super::events;
use super::facts::Facts;
use crate::{Broken, Eye, Kept, Limits, Run, Said, Session};
use pagfast::webhook::Received;
use pagfast::{
    Amount, Builder, Client, Cpf, Error, NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, OrderQuery, Outcome,
    Payer, PixKey, PixKeyType, RawRequest, ReceiverQuery, Recipient, Schedule, Settle, Settled, Simulate, Sought,
    Withdrawal,
};
use pay_sandbox::Sandbox;
use pay_sandbox::pagfast::{Kind, PagFast, TransactionRecord};
use std::time::{Duration, SystemTime};

pub(super) struct Shop {
    client: Client,
    /// Banks and payers, and the books: which id a transaction has is known to whoever was answered.
    pagfast: PagFast,
    facts: Facts,
    payer: Payer,
    cpf: Cpf,
    recipient: Recipient,
    builder: Box<dyn Fn() -> Builder + Send + Sync>,
    price: Amount,
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
        let pagfast = sandbox.pagfast();
        let base = pagfast.base_url().replacen(&sandbox.url(), origin, 1);
        let ((key, secret), (company, other)) = (facts.keys.clone(), facts.company_keys.clone());
        let kept = kept.clone();
        let builder = move || {
            let builder = Client::builder()
                .local(base.clone())
                .credentials(key.clone(), secret.clone())
                .company_credentials(company.clone(), other.clone());
            limited!(builder, limits, kept)
        };
        Ok(Self {
            client: builder().build()?,
            pagfast,
            payer: facts.payer()?,
            cpf: facts.cpf()?,
            recipient: facts.recipient(None)?,
            facts,
            builder: Box::new(builder),
            price: "12.50".parse()?,
            patience: limits.deadline,
        })
    }

    fn deposit(&self, reference: &str) -> NewPixDeposit {
        let deposit = NewPixDeposit::identified(reference, self.price, self.payer.clone());
        deposit.description(&self.facts.description).notify(self.facts.notify())
    }

    fn withdrawal(&self, reference: &str, recipient: Recipient) -> NewPixWithdrawal {
        let withdrawal = NewPixWithdrawal::new(reference, self.price, recipient);
        withdrawal.description(&self.facts.description).notify(self.facts.notify())
    }

    /// The transactions of an order, as the books have them.
    fn made(&self, reference: &str) -> Vec<TransactionRecord> {
        let mut made = self.pagfast.transactions();
        made.retain(|transaction| transaction.order_id.as_deref() == Some(reference));
        made
    }

    /// PagFast's id of a transaction that was made before.
    fn id(&self, reference: &str) -> String {
        self.made(reference).pop().map(|transaction| transaction.id).unwrap_or_default()
    }

    async fn cash_in(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let deposit = self.deposit(reference);
        eye(&(&deposit, deposit.sought(SystemTime::now())));
        let mut call = self.client.pix_cash_in(deposit);
        eye(&call.prepare().await?);
        eye(&call);
        let reply = call.reply().await?;
        eye(&(&reply, Sought::from(&reply.model)));
        // A deposit is opened, which is all that is asked for.
        Ok(Said::Completed)
    }

    async fn cash_out(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let key = &self.facts.pix_key;
        eye(&[PixKey::phone(key), PixKey::random(key), PixKey::other(PixKeyType::Cpf, key), PixKey::cpf(&self.cpf)]);
        let withdrawal = self.withdrawal(reference, self.recipient.clone());
        eye(&withdrawal);
        let mut call = self.client.pix_cash_out(withdrawal);
        eye(&call.prepare().await?);
        eye(&call);
        let reply = call.reply().await?;
        eye(&reply);
        Ok(match reply.model {
            Withdrawal::Completed(_) => Said::Completed,
            Withdrawal::Pending(_) => Said::Pending,
            Withdrawal::Failed(_) => Said::Failed,
        })
    }

    async fn open_finance(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let deposit = NewOpenFinanceDeposit::new(reference, self.price, self.cpf.clone());
        let deposit = deposit.redirect_url(&self.facts.return_url).notify(self.facts.notify());
        eye(&deposit);
        let reply = self.client.open_finance_cash_in(deposit).reply().await?;
        eye(&(&reply, Sought::from(&reply.model)));
        Ok(Said::Completed)
    }

    async fn found_out(&self, settle: Settle, eye: &Eye) -> Said {
        let settle = settle.schedule(Schedule::every(Duration::from_millis(150))).within(self.patience / 3);
        eye(&settle);
        let settled = settle.await;
        eye(&settled);
        said(&settled)
    }

    /// What a simulator says of the transaction must be so.
    async fn simulate(&self, simulate: Simulate, reference: &str, eye: &Eye) -> Result<Said, Error> {
        eye(&simulate);
        let simulated = simulate.await?;
        eye(&simulated);
        let (told, booked) = (simulated.state.map(|state| state.as_str().to_owned()), self.made(reference).pop());
        let booked = booked.map(|transaction| format!("{:?}", transaction.state));
        Ok(Said::Read(if told == booked { "as the books".into() } else { format!("{told:?}, and it is {booked:?}") }))
    }

    /// Asks whether an event is true.
    async fn confirm(&self, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let event = events::event("a key of this shop", &self.id(reference), reference);
        let Ok(Received::Verified(event)) = event else { return Ok(Said::Read("no event".to_owned())) };
        let confirmation = self.client.confirm(&event).await?;
        eye(&confirmation);
        Ok(Said::Read(match confirmation {
            pagfast::webhook::Confirmation::Confirmed(_) => "so it is".to_owned(),
            other => format!("{other:?}"),
        }))
    }

    async fn check(&self, eye: &Eye) -> Result<Said, Error> {
        eye(&(self.builder)());
        let who = self.client.check_credentials().await?;
        eye(&(&who, &self.client, self.client.with_credentials(&self.facts.keys.0, self.facts.keys.1.clone())));
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
    fn log_in<'a>(&'a self, operation: &'a str) -> Run<'a, Result<(), Error>> {
        Box::pin(async move {
            self.client.check_credentials().await?;
            if operation == "receivers" {
                // Another key pair has another token, which comes with its first call.
                self.client.companies().receivers(&ReceiverQuery::new()).send().await?;
            }
            Ok(())
        })
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
                "pix_cash_in" => self.cash_in(reference, eye).await?,
                "open_finance_cash_in" => self.open_finance(reference, eye).await?,
                "transaction" => {
                    let reply = client.transaction(self.id(reference)).reply().await?;
                    eye(&reply);
                    Said::Read(format!("{:?} of {:?}", reply.model.transaction.state, reply.model.transaction.amount))
                }
                "transactions" => {
                    let day = OrderQuery::new(reference, SystemTime::now() - Duration::from_secs(3600));
                    eye(&day);
                    let reply = client.transactions(&day).reply().await?;
                    eye(&reply);
                    Said::Read(format!("{} transactions", reply.model.items.len()))
                }
                "find_by_order_id" => {
                    let find = client.find_by_order_id(reference, SystemTime::now());
                    eye(&find);
                    let found = find.await?;
                    eye(&found);
                    Said::Read(format!("{} transactions", found.len()))
                }
                "settle" => {
                    let withdrawal = self.withdrawal(reference, self.recipient.clone());
                    let sought = withdrawal.sought(SystemTime::now());
                    eye(&sought);
                    self.found_out(client.settle(sought), eye).await
                }
                "settle_id" => {
                    let sought = Sought::id(self.id(reference)).order_id(reference).amount(self.price);
                    self.found_out(client.settle(sought), eye).await
                }
                "simulate_pix" => {
                    let simulate = client.simulate_pix(self.id(reference)).payer("Ana Exemplo", &self.cpf);
                    self.simulate(simulate, reference, eye).await?
                }
                "simulate_open_finance" => {
                    self.simulate(client.simulate_open_finance(self.id(reference)), reference, eye).await?
                }
                "confirm" => self.confirm(reference, eye).await?,
                "receivers" => {
                    let companies = client.companies();
                    let reply = companies.receivers(&ReceiverQuery::new()).reply().await?;
                    eye(&(&companies, &reply));
                    Said::Read(format!("{} of {:?}", reply.model.items.len(), reply.model.total))
                }
                "raw" => {
                    let path = format!("{}/receivers", self.pagfast.service_prefix());
                    let request = RawRequest::get(path).query("dataset.limit", "10").query("dataset.offset", "0");
                    eye(&request);
                    eye(&client.raw(request).send().await?);
                    Said::Read("bytes".to_owned())
                }
                _ => self.cash_out(reference, eye).await?,
            })
        })
    }

    fn buy<'a>(&'a self, customer: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            let Ok(recipient) = self.facts.recipient(Some(customer)) else { return Said::Failed };
            let withdrawal = self.withdrawal(reference, recipient);
            let sent = withdrawal.sought(SystemTime::now());
            let sought = match self.client.pix_cash_out(withdrawal).send().await {
                Ok(withdrawal) => Sought::from(&withdrawal),
                // Looking it up by the order id is the way out, and "not found" is no answer.
                Err(error) if error.outcome() == Outcome::Unknown => sent,
                Err(_) => return Said::Failed,
            };
            // The banks, which pay out whatever was taken.
            for made in self.made(reference).iter().filter(|made| made.kind == Kind::Withdrawal) {
                if self.pagfast.complete(&made.id).is_err() {
                    return Said::Unknown;
                }
            }
            let schedule = Schedule::every(Duration::from_millis(100));
            said(&self.client.settle(sought).schedule(schedule).within(Duration::from_millis(400)).await)
        })
    }
}
