//! One shop at each provider, all on one journal.
#![allow(unreachable_pub, dead_code)]

use crate::support::process::setting;
use crate::support::{NUMBER, airtime, secs};
use paga_connect::{MerchantPayment, PaymentReferences, Scope};
use pagamio::{Account, Pacing};
use pagfast::{Cpf, NewPixDeposit, NewPixWithdrawal, Notify, Recipient};
use pay_core::Money;
use pay_core::auth::FileStore;
use pay_core::journal::Recover;
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Environment;
use pay_store::IntentJournal;
use payagency::{Card, CardPayment, Cvv, Expiry, Order, PagePayment, Pan, Payer, Payout, PayoutCard};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What is done at each provider, by its operations' names.
pub const OPERATIONS: [(&str, &[&str]); 5] = [
    ("pagamio", &["purchase"]),
    ("pay1st", &["create_payment"]),
    ("payagency", &["card", "payout", "apm"]),
    ("pagfast", &["pix_cash_in", "pix_cash_out"]),
    ("paga-connect", &["merchant_payment"]),
];

/// A public test number that is paid at once, in groups.
pub const PAID: &str = "4111 1111 1111 1111";

pub struct Shops {
    journal: IntentJournal,
    pagamio: pagamio::Client,
    pay1st: pay1st::Client,
    payagency: payagency::Client,
    pagfast: pagfast::Client,
    paga: paga_connect::Client,
    ada: paga_connect::UserSession,
    wallet: String,
}

/// Balances that last.
pub fn set_up(sandbox: &Sandbox) {
    let payagency = sandbox.payagency();
    payagency.set_wallet(&wallet(sandbox), "1000000").unwrap();
    payagency.set_times(secs(3600), Duration::ZERO);
    sandbox.pagfast().set_wallet(sandbox.pagfast().account(), "1000000").unwrap();
    sandbox.pagamio().set_float(sandbox.pagamio().merchant().account_id(), "10000000").unwrap();
}

fn wallet(sandbox: &Sandbox) -> String {
    let mut wallets = sandbox.payagency().wallets();
    wallets.retain(|wallet| wallet.environment == Environment::Test && wallet.active && wallet.currency == "USD");
    wallets.into_iter().max_by_key(|wallet| wallet.cents).unwrap().wallet_id
}

/// What a process needs to know.
pub fn environment(sandbox: &Sandbox, tokens: &Path) -> Vec<(&'static str, String)> {
    let (pagamio, pay1st, payagency) = (sandbox.pagamio(), sandbox.pay1st(), sandbox.payagency());
    let (paga, merchant) = (sandbox.paga_connect(), pagamio.merchant());
    vec![
        ("PAGAMIO", pagamio.base_url().to_owned()),
        ("PAGAMIO_USER", merchant.username().to_owned()),
        ("PAGAMIO_PASSWORD", merchant.password().to_owned()),
        ("PAGAMIO_ACCOUNT", merchant.account_id().to_owned()),
        ("PAGAMIO_CHANNEL", merchant.channel_id().to_owned()),
        ("PAGAMIO_TYPE_ID", merchant.user_type_id().to_owned()),
        ("PAY1ST", pay1st.base_url().to_owned()),
        ("PAY1ST_CHECKOUT", pay1st.checkout_url().to_owned()),
        ("PAY1ST_KEY", pay1st.api_key().to_owned()),
        ("PAY1ST_SECRET", pay1st.api_secret().to_owned()),
        ("PAY1ST_SIGNING", pay1st.signing_key()),
        ("PAYAGENCY", payagency.base_url().to_owned()),
        ("PAYAGENCY_KEY", payagency.secret_key(Environment::Test)),
        ("PAYAGENCY_ENCRYPTION", payagency.encryption_key(Environment::Test)),
        ("PAYAGENCY_WALLET", wallet(sandbox)),
        ("PAGFAST", sandbox.pagfast().base_url().to_owned()),
        ("PAGFAST_KEY", sandbox.pagfast().access_key()),
        ("PAGFAST_SECRET", sandbox.pagfast().secret()),
        ("PAGA", paga.base_url().to_owned()),
        ("PAGA_ID", paga.client_id()),
        ("PAGA_SECRET", paga.client_secret(&paga.client_id()).unwrap()),
        ("PAGA_BACK", paga.redirect_uri().to_owned()),
        ("PAGA_TOKENS", tokens.to_str().unwrap().to_owned()),
    ]
}

/// How often each reference was made at the provider, whatever became of it.
pub fn made(sandbox: &Sandbox) -> HashMap<String, u32> {
    let mut made = HashMap::new();
    let ledger = sandbox.ledger();
    for sale in ledger.sales() {
        // A pagamio reference that was debited twice is one sale with two charges.
        *made.entry(sale.reference.clone()).or_default() += sale.charges.max(1);
    }
    let payouts = sandbox.payagency().payouts().into_iter().filter_map(|payout| payout.order_id);
    let transactions = sandbox.pagfast().transactions().into_iter().filter_map(|transaction| transaction.order_id);
    let mut others: HashMap<String, u32> = HashMap::new();
    for reference in payouts.chain(transactions) {
        *others.entry(reference).or_default() += 1;
    }
    made.extend(others);
    made
}

impl Shops {
    pub fn of(sandbox: &Sandbox, tokens: &Path, journal: IntentJournal) -> Self {
        let known: HashMap<_, _> = environment(sandbox, tokens).into_iter().collect();
        Self::with(journal, |name| known[name].clone())
    }

    pub fn from_env(journal: IntentJournal) -> Self {
        Self::with(journal, setting)
    }

    fn with(journal: IntentJournal, get: impl Fn(&'static str) -> String) -> Self {
        let shared = || Arc::new(journal.clone());
        let pagamio = pagamio::Client::builder()
            .local(get("PAGAMIO"))
            .credentials(get("PAGAMIO_USER"), get("PAGAMIO_PASSWORD"))
            .account(Account::Merchant(get("PAGAMIO_ACCOUNT")))
            .channel(get("PAGAMIO_CHANNEL"))
            .user_type_id(get("PAGAMIO_TYPE_ID"))
            .pacing(Pacing::Off)
            .journal(shared())
            .build()
            .unwrap();
        let pay1st = pay1st::Client::builder()
            .local(get("PAY1ST"), get("PAY1ST_CHECKOUT"))
            .credentials(get("PAY1ST_KEY"), get("PAY1ST_SECRET"))
            .signing_key(get("PAY1ST_SIGNING"))
            .journal(shared())
            .build()
            .unwrap();
        let payagency = payagency::Client::builder()
            .local(get("PAYAGENCY"))
            .credentials(get("PAYAGENCY_KEY"), get("PAYAGENCY_ENCRYPTION"))
            .journal(shared())
            .build()
            .unwrap();
        let pagfast = pagfast::Client::builder()
            .local(get("PAGFAST"))
            .credentials(get("PAGFAST_KEY"), get("PAGFAST_SECRET"))
            .journal(shared())
            .build()
            .unwrap();
        let paga = paga_connect::Client::builder()
            .local(get("PAGA"))
            .credentials(get("PAGA_ID"), get("PAGA_SECRET"))
            .redirect_uri(get("PAGA_BACK"))
            .token_store(Arc::new(FileStore::plain_text(get("PAGA_TOKENS")).unwrap()))
            .journal(shared())
            .build()
            .unwrap();
        let ada = paga.user("ada");
        Self { journal, pagamio, pay1st, payagency, pagfast, paga, ada, wallet: get("PAYAGENCY_WALLET") }
    }

    pub async fn log_in(&self) {
        self.pagamio.lease().await.unwrap();
        self.pay1st.lease().await.unwrap();
        self.pagfast.lease().await.unwrap();
        self.ada.lease().await.unwrap();
    }

    /// One operation after the other.
    pub async fn operate(&self, n: usize, reference: &str) {
        let expiry = Expiry::new(12, 2039).unwrap();
        let result = match n % 8 {
            0 => self.pagamio.purchase(airtime(reference)).send().await.map(drop),
            1 => self.pay1st.create_payment(payment(reference)).send().await.map(drop),
            2 => {
                let card = Card::new(Pan::new(PAID).unwrap(), expiry, Cvv::new("029").unwrap());
                let payment = CardPayment::new(order(reference, "GBP"), payer(), card, "https://shop.example/back");
                self.payagency.card(payment).send().await.map(drop)
            }
            3 => {
                // The test number that was seen in use has no right check digit.
                let card = PayoutCard::new(Pan::unchecked("4222 2222 2222 2222").unwrap(), expiry);
                let payout = Payout::new(self.wallet.clone(), order(reference, "USD"), payer(), card);
                self.payagency.payout(payout).send().await.map(drop)
            }
            4 => self
                .pagfast
                .pix_cash_in(NewPixDeposit::identified(reference, brl(), pix_payer()).notify(hook()))
                .send()
                .await
                .map(drop),
            5 => {
                let recipient = Recipient::by_cpf("Ana Exemplo", cpf());
                self.pagfast
                    .pix_cash_out(NewPixWithdrawal::new(reference, brl(), recipient).notify(hook()))
                    .send()
                    .await
                    .map(drop)
            }
            6 => {
                let references = PaymentReferences { reference: reference.into(), customer: "customer-1".into() };
                self.ada.merchant_payment(MerchantPayment::new(references, "1".parse().unwrap())).send().await.map(drop)
            }
            _ => {
                let payment = PagePayment::new(order(reference, "GBP"), payer(), "https://shop.example/back");
                self.payagency.apm(payment).send().await.map(drop)
            }
        };
        if let Err(error) = result {
            // A task that panics would go unseen in a process that is killed anyway.
            eprintln!("{reference}: {error}");
            std::process::abort();
        }
    }

    /// Recovers at all providers; answers how many intents it took.
    pub async fn recover(&self) -> usize {
        let mut taken = 0;
        let clients: [&dyn Recover; 5] = [&self.pagamio, &self.pay1st, &self.payagency, &self.pagfast, &self.paga];
        for client in clients {
            let report = self.journal.recover(client).even_if_busy().run().await.unwrap();
            taken += report.settled.len() + report.waiting.len() + report.unanswered.len();
        }
        taken
    }
}

fn cpf() -> Cpf {
    Cpf::new("123.456.789-09").unwrap()
}

/// Nobody listens there.
fn hook() -> Notify {
    Notify::to("http://127.0.0.1:9/pagfast")
}

fn brl() -> pagfast::Amount {
    "12.50".parse().unwrap()
}

fn pix_payer() -> pagfast::Payer {
    pagfast::Payer::new(cpf()).name("Ana Exemplo")
}

/// The user's consent, kept where all processes find it.
pub async fn consent(sandbox: &Sandbox, shops: &Shops) {
    let paga = sandbox.paga_connect();
    paga.set_balance("ada", "10000000").unwrap();
    paga.set_mode("consent_without_browser", "on").unwrap();
    let (url, mut pending) = shops.paga.consent([Scope::MerchantPayment]).start().unwrap();
    let back = paga.approve(url.expose_url(), "ada").unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    shops.ada.keep(&shops.paga.exchange(code).await.unwrap()).await.unwrap();
}

fn payment(reference: &str) -> pay1st::NewPayment {
    let naira = pay1st::Money { amount: "100".parse().unwrap(), currency: "NGN".into() };
    let customer = pay1st::Customer { id: "1".into(), country: "NG".into() };
    let item = pay1st::Item { title: "10 Credits".into(), sku: "12345".into(), price: naira.clone(), quantity: 1 };
    pay1st::NewPayment::new(reference, naira, customer, item)
}

fn order(id: &str, currency: &str) -> Order {
    Order::new(id, Money { amount: "12.50".parse().unwrap(), currency: currency.to_owned() })
}

fn payer() -> Payer {
    let address =
        Payer::builder().address("1 Analytical Row").country("GB").city("London").state("LND").zip("SW1A 1AA");
    let person = address.first_name("Ada").last_name("Byron").email("ada@example.com");
    person.ip_address("203.0.113.7").phone_number(NUMBER.trim_start_matches('+')).build().unwrap()
}
