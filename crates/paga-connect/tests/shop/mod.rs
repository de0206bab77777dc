//! A merchant's side against the sandbox: users who consented, charges, and what the books say.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

pub mod child;

use paga_connect::auth::{FileStore, TokenStore};
use paga_connect::{
    Client, Error, Kind, MerchantPayment, Outcome, PaymentReferences, Scope, TokenAnswer, UserData, UserSession,
};
use pay_sandbox::Sandbox;
use pay_sandbox::paga_connect::PagaConnect;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub struct Shop {
    pub sandbox: Sandbox,
    pub paga: PagaConnect,
}

impl Shop {
    pub async fn open() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let paga = sandbox.paga_connect();
        paga.set_mode("consent_without_browser", "on").unwrap();
        // Each consent of these tests is one of its own, also where a user consents twice.
        paga.set_mode("consent_again", "new_token").unwrap();
        Self { sandbox, paga }
    }

    /// A client as a process of the merchant's has it. It sees the sandbox's time.
    pub fn client(&self, store: Option<Arc<dyn TokenStore>>) -> Client {
        let id = self.paga.client_id();
        let secret = self.paga.client_secret(&id).unwrap();
        let clock = self.sandbox.clock();
        let mut builder = Client::builder().local(self.paga.base_url()).credentials(id, secret);
        builder = builder.redirect_uri(self.paga.redirect_uri()).wall_clock(move || clock.now());
        if let Some(store) = store {
            builder = builder.token_store(store);
        }
        builder.build().unwrap()
    }

    /// What `user` of the sandbox consents to for this client.
    pub async fn consent(&self, client: &Client, user: &str) -> TokenAnswer {
        let (url, mut pending) = client
            .consent([Scope::MerchantPayment, Scope::MoneyTransfer, Scope::UserDetailsRequest])
            .user_data([UserData::FirstName])
            // Servers that do not know it ignore it; the sandbox's stricter mode wants it.
            .pkce()
            .start()
            .unwrap();
        let back = self.paga.approve(url.expose_url(), user).unwrap();
        let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
        client.exchange(code).await.unwrap()
    }

    /// The session of one who consented; both sides call the user by the same name.
    pub async fn session(&self, client: &Client, user: &str) -> UserSession {
        let session = client.user(user);
        session.keep(&self.consent(client, user).await).await.unwrap();
        session
    }

    pub fn refreshes(&self, user: &str) -> u32 {
        self.paga.refreshes(user).unwrap()
    }

    /// Access tokens of an hour have ended, refresh tokens have not.
    pub fn later(&self) {
        self.sandbox.clock().advance(Duration::from_secs(13 * 3600));
    }

    pub fn set_access_life(&self, access: Duration) {
        self.paga.set_lives(Duration::from_secs(300), access, Duration::from_secs(30 * 86_400));
    }
}

pub fn files(dir: &Path) -> Arc<dyn TokenStore> {
    Arc::new(FileStore::plain_text(dir).unwrap())
}

/// One naira.
pub async fn charge(session: &UserSession, reference: &str) -> Result<(), Error> {
    let references = PaymentReferences { reference: reference.to_owned(), customer: "customer-1".to_owned() };
    let payment = MerchantPayment::new(references, "1.00".parse().unwrap());
    session.merchant_payment(payment).send().await.map(|_| ())
}

/// The user must consent again, and nothing was charged.
pub async fn needs_consent(session: &UserSession, reference: &str) {
    let error = charge(session, reference).await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::ConsentRequired, Outcome::NotDone), "{error}");
    assert!(error.to_string().contains("consent page"), "{error}");
}
