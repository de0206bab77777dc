//! The fixtures: clients, users and one recipient, all invented and worthless anywhere else.

use crate::money::Cents;
use serde::Serialize;

/// Which of Paga's hosts a client id belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Host {
    /// The host for tests.
    Test,
    /// The host where money moves.
    Live,
}

/// An OAuth client, which is also the merchant that is paid.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) id: &'static str,
    pub(super) secret: String,
    /// As the consent page shows it.
    pub(super) name: &'static str,
    /// Its wallet in the books.
    pub(super) account: &'static str,
    pub(super) host: Host,
    /// Matched exactly.
    pub(super) redirects: Vec<String>,
    pub(super) scopes: &'static [&'static str],
}

/// A Paga user.
#[derive(Clone)]
pub(super) struct User {
    /// The name to sign in with, and the wallet in the books.
    pub(super) username: &'static str,
    pub(super) password: &'static str,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: &'static str,
    pub(super) mobile: &'static str,
    pub(super) public_id: &'static str,
    pub(super) locked: bool,
    pub(super) deposit: Cents,
}

/// Where a merchant's own site would listen; more are registered with the control plane.
pub(super) const REDIRECT: &str = "http://127.0.0.1:4080/paga/callback";
const REDIRECTS: [&str; 2] = [REDIRECT, "https://shop.example/paga/callback"];

/// What each merchant has for transfers at the start.
pub(super) const MERCHANT_DEPOSIT: Cents = 10_000_000;

const ALL_SCOPES: &[&str] = &[
    "MERCHANT_PAYMENT",
    "USER_REQUEST_ACCOUNT_BALANCE",
    "MONEY_TRANSFER",
    "USER_DETAILS_REQUEST",
    "USER_DEPOSIT_FROM_CARD",
    "PAGA_ACCOUNT_NUBAN",
];

/// The clients; the second one's secret has every character that is spelt differently in form encoding.
pub(super) fn clients() -> Vec<Client> {
    let client = |id, secret: &str, name, account, host, scopes| Client {
        id,
        secret: secret.to_owned(),
        name,
        account,
        host,
        redirects: REDIRECTS.map(str::to_owned).to_vec(),
        scopes,
    };
    vec![
        client(
            "5a4db0c5-0000-4000-8000-000000000001",
            "sandbox-paga-connect-secret",
            "Sample Shop",
            "sample-shop",
            Host::Test,
            ALL_SCOPES,
        ),
        client(
            "5a4db0c5-0000-4000-8000-000000000002",
            "S@nd%40b+x#=p%ga",
            "Obi & Daughters <Books>",
            "obi-books",
            Host::Test,
            &ALL_SCOPES[..4],
        ),
        client(
            "5a4db0c5-0000-4000-8000-000000000003",
            "sandbox-paga-connect-live-secret",
            "Sample Shop, live",
            "sample-shop-live",
            Host::Live,
            ALL_SCOPES,
        ),
    ]
}

/// The users: two with money, one without, one locked.
pub(super) fn users() -> Vec<User> {
    let user = |username, password, names: (&'static str, &'static str), email, mobile, public_id, deposit| User {
        username,
        password,
        first_name: names.0,
        last_name: names.1,
        email,
        mobile,
        public_id,
        locked: false,
        deposit,
    };
    vec![
        user(
            "ada",
            "sandbox-password-ada",
            ("Ada", "Obi"),
            "ada.obi@paga.example",
            "08000000001",
            "SANDBOX-USER-1",
            25_000_000,
        ),
        user(
            "ngozi",
            "sandbox-password-ngozi",
            ("Ngozi", "Bello"),
            "ngozi.bello@paga.example",
            "08000000002",
            "SANDBOX-USER-2",
            5_000_000,
        ),
        user(
            "emeka",
            "sandbox-password-emeka",
            ("Emeka", "Eze"),
            "emeka.eze@paga.example",
            "08000000003",
            "SANDBOX-USER-3",
            0,
        ),
        User {
            locked: true,
            ..user(
                "bola",
                "sandbox-password-bola",
                ("Bola", "Ade"),
                "bola.ade@paga.example",
                "08000000004",
                "SANDBOX-USER-4",
                1_000_000,
            )
        },
    ]
}

/// Somebody who receives money and never signs in.
pub(super) const RECIPIENT: (&str, &str) = ("recipient", "08000000009");
