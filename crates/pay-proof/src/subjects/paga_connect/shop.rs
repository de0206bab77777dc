//! A client of Paga Connect in the hands of a shop: one user's consent, and what is done on behalf of that user.

use super::facts::Facts;
use crate::{Broken, Eye, Kept, Limits, Run, Said, Session};
use paga_connect::{
    Amount, AuthorizationCode, Builder, Client, Consent, DetailsShape, Error, Kind, MerchantPayment, MoneyTransfer,
    Outcome, PaymentForm, PaymentReferences, RawRequest, Repeat, Scope, TransferTo, UserData, UserSession,
};
use pay_sandbox::Sandbox;
use pay_sandbox::paga_connect::PagaConnect;
use std::fmt::Debug;

/// Who consents.
const WHO: &str = "ada";

pub(super) struct Shop {
    client: Client,
    /// The same, which sends payments as forms.
    forms: Client,
    /// The user, at a browser.
    paga: PagaConnect,
    facts: Facts,
    builder: Box<dyn Fn() -> Builder + Send + Sync>,
    price: Amount,
}

/// The query of an address.
fn query(url: &str) -> &str {
    url.split_once('?').map_or("", |(_, query)| query)
}

impl Shop {
    pub(super) fn new(
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        facts: Facts,
    ) -> Result<Self, Broken> {
        let paga = sandbox.paga_connect();
        let base = paga.base_url().replacen(&sandbox.url(), origin, 1);
        let (id, secret, clock) = (paga.client_id(), facts.client_secret.clone(), sandbox.clock());
        let kept = kept.clone();
        let builder = move || {
            let clock = clock.clone();
            let builder = Client::builder()
                .local(base.clone())
                .credentials(id.clone(), secret.clone())
                .redirect_uri("https://shop.example/paga/callback")
                .wall_clock(move || clock.now());
            limited!(builder, limits, kept)
        };
        let forms = builder().payment_form(PaymentForm::Body).build()?;
        let price = "12.50".parse()?;
        Ok(Self { client: builder().build()?, forms, paga, facts, builder: Box::new(builder), price })
    }

    fn user(&self) -> UserSession {
        self.client.user(&self.facts.user)
    }

    fn consent(&self) -> Consent {
        use UserData::{AccountBalance, Email, FirstName, LastName, MobileNumber, Username};
        let scopes =
            [Scope::MerchantPayment, Scope::MoneyTransfer, Scope::UserDetailsRequest, Scope::UserRequestAccountBalance];
        let data = [FirstName, LastName, MobileNumber, Email, Username, AccountBalance];
        self.client.consent(scopes).user_data(data).pkce()
    }

    /// Sends the user through the consent page.
    fn approved(&self, eye: &Eye) -> Result<AuthorizationCode, Error> {
        let consent = self.consent();
        eye(&consent);
        let (url, mut pending) = consent.start()?;
        eye(&(&url, &pending));
        let wrong = format!("code={}&state={}", self.facts.code, self.facts.state);
        eye(&pending.finish(&wrong));
        let mistake = |what| Error::invalid("consent", what);
        let back = self.paga.approve(url.expose_url(), WHO).map_err(|_| mistake("the sandbox does not consent"))?;
        let code = pending.finish(query(&back)).map_err(|_| mistake("the browser brought no code"))?;
        let again = pending.finish(query(&back));
        eye(&(&code, &pending, again));
        Ok(code)
    }

    /// A code of nobody's, as a browser may bring one.
    fn invented(&self) -> Result<AuthorizationCode, Error> {
        let (url, mut pending) = self.consent().start()?;
        let state = query(url.expose_url()).split('&').find(|pair| pair.starts_with("state=")).unwrap_or_default();
        let back = format!("code={}&{state}", self.facts.code);
        pending.finish(&back).map_err(|_| Error::invalid("consent", "the browser brought no code"))
    }

    /// Changes a code for tokens, and keeps them.
    async fn join(&self, eye: &Eye) -> Result<(), Error> {
        let tokens = self.client.exchange(self.approved(eye)?).await?;
        eye(&tokens);
        self.user().keep(&tokens).await?;
        self.forms.user(&self.facts.user).keep(&tokens).await
    }

    /// The session of the user, who has consented by then: here, where nothing has logged in before.
    async fn joined(&self) -> Result<UserSession, Error> {
        let user = self.user();
        if !user.is_kept().await? {
            self.join(&|_| {}).await?;
        }
        Ok(user)
    }

    async fn exchange(&self, eye: &Eye) -> Result<Said, Error> {
        self.join(eye).await?;
        let user = self.user();
        eye(&(&user, user.lease().await?));
        show(eye, &self.client.exchange(self.invented()?).await);
        // The user ends it at Paga: there is one kind of error for that, and it tells nobody who the user is.
        if self.paga.revoke(WHO).is_ok() {
            let ended = user.user_details(DetailsShape::Bare).send().await;
            show(eye, &ended);
            show(eye, &self.client.user("nobody").merchant_payment(self.payment("nobody-1")).send().await);
            let over = ended.is_err_and(|error| error.kind() == Kind::ConsentRequired);
            return Ok(Said::Read(if over { "consent, and its end" } else { "consent" }.to_owned()));
        }
        Ok(Said::Read("consent".to_owned()))
    }

    async fn check(&self, eye: &Eye) -> Result<Said, Error> {
        eye(&(self.builder)());
        self.client.check_credentials().await?;
        eye(&self.client);
        Ok(Said::Read("known".to_owned()))
    }

    fn payment(&self, reference: &str) -> MerchantPayment {
        let (reference, customer) = (reference.to_owned(), self.facts.customer.clone());
        MerchantPayment::new(PaymentReferences { reference, customer }, self.price)
    }

    async fn pay(&self, user: &UserSession, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let payment = self.payment(reference);
        eye(&payment);
        let mut call = user.merchant_payment(payment);
        eye(&call.prepare().await?);
        eye(&call);
        let reply = call.reply().await?;
        eye(&reply);
        Ok(Said::Completed)
    }

    async fn give(&self, user: &UserSession, reference: &str, eye: &Eye) -> Result<Said, Error> {
        let to = TransferTo { reference: reference.to_owned(), recipient: self.facts.recipient.clone() };
        let transfer = MoneyTransfer::new(to.clone(), self.price).skip_messaging(true);
        eye(&(&to, &transfer));
        let mut call = user.money_transfer(transfer);
        eye(&call.prepare().await?);
        let reply = call.reply().await?;
        eye(&reply);
        Ok(Said::Completed)
    }
}

/// An answer that nobody waits for, and its error in every form.
fn show<T: Debug + Send + Sync>(eye: &Eye, answer: &Result<T, Error>) {
    eye(answer);
    if let Err(error) = answer {
        eye(&format!("{error} {error:#}"));
    }
}

impl Session for Shop {
    /// The one who consents is the user.
    fn log_in<'a>(&'a self, _: &'a str) -> Run<'a, Result<(), Error>> {
        Box::pin(async { self.joined().await.map(|_| ()) })
    }

    fn run<'a>(&'a self, operation: &'a str, reference: &'a str, eye: &'a Eye) -> Run<'a, Result<Said, Error>> {
        Box::pin(async move {
            match operation {
                "check_credentials" => return self.check(eye).await,
                "exchange" => return self.exchange(eye).await,
                _ => {}
            }
            let user = self.joined().await?;
            Ok(match operation {
                "merchant_payment_form" => self.pay(&self.forms.user(&self.facts.user), reference, eye).await?,
                "money_transfer" => self.give(&user, reference, eye).await?,
                "user_details" => {
                    let reply = user.user_details(DetailsShape::Bare).reply().await?;
                    eye(&(&reply, &user));
                    Said::Read(format!("{:?} with {:?}", reply.model.details.account_status, reply.model.extra))
                }
                "one_time_token" => {
                    eye(&user.one_time_token(reference).reply().await?);
                    Said::Read("a token".to_owned())
                }
                "raw" => {
                    let path = "/paga-webservices/oauth2/secure/getUserDetails";
                    let request = RawRequest::new(http::Method::POST, path, Repeat::Safe);
                    eye(&request);
                    eye(&user.raw(request).send().await?);
                    Said::Read("bytes".to_owned())
                }
                _ => self.pay(&user, reference, eye).await?,
            })
        })
    }

    fn buy<'a>(&'a self, _: &'a str, reference: &'a str) -> Run<'a, Said> {
        Box::pin(async move {
            match self.user().merchant_payment(self.payment(reference)).send().await {
                Ok(_) => Said::Completed,
                // There is no question by reference.
                Err(error) if error.outcome() == Outcome::Unknown => Said::Unknown,
                Err(_) => Said::Failed,
            }
        })
    }
}
