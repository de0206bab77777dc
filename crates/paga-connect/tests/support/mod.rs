//! Helpers: clients over a scripted wire or the sandbox, a user who consented, and answers in the shapes that the libraries model.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[path = "../../../pay-core/tests/support/events.rs"]
pub mod events;
#[path = "../../../pay-core/tests/support/golden.rs"]
pub mod golden;

use paga_connect::{
    Amount, AuthorizationCode, Builder, Client, MerchantPayment, MoneyTransfer, PaymentReferences, Scope, TransferTo,
    Transport, UserData, UserSession,
};
use pay_core::script::{Play, Script, Sent};
use std::time::Duration;

/// The members that the Node library's test names; the values are made up.
pub const TOKEN: &str = r#"{"access_token":"00000000-1111-4222-8333-444444444444","token_type":"bearer","refresh_token":"55555555-6666-4777-8888-999999999999","expires_in":43199,"scope":"MERCHANT_PAYMENT USER_DETAILS_REQUEST","user_data":"FIRST_NAME","authorities":[{"authority":"A"}]}"#;

/// A payment that was made, as the libraries' models have it.
pub const PAID: &str = r#"{"merchantPaymentResult":{"errorCode":null,"errorMessage":null,"amount":500.0,"transactionId":"AB12C","confirmationCode":"XY98Z","agentCommission":0.0,"fee":0.0,"currency":"NGN","exchangeRate":null}}"#;

/// A transfer that was made.
pub const TRANSFERRED: &str = r#"{"errorCode":null,"errorMessage":null,"transactionId":"AB12C","amount":200.0,"fee":0.0,"currency":"NGN","exchangeRate":null,"externalReferenceNumber":"transfer-1"}"#;

pub const DETAILS: &str = r#"{"detailsResult":{"errorCode":null,"errorMessage":null,"details":{"accountStatus":"ACTIVE","firstName":"Ada","lastName":"Obi","username":"ada","email":"ada@example.test","accountBalance":"1200.00","publicId":"p-1","authorities":[{"authority":"ROLE"}],"phone":"08000000001"}}}"#;

pub const CALLBACK: &str = "https://shop.example/paga/callback";

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub fn references(reference: &str) -> PaymentReferences {
    PaymentReferences { reference: reference.into(), customer: "customer-1".into() }
}

pub fn payment(reference: &str) -> MerchantPayment {
    MerchantPayment::new(references(reference), amount("500"))
}

pub fn transfer(reference: &str) -> MoneyTransfer {
    let to = TransferTo { reference: reference.into(), recipient: "08000000009".into() };
    MoneyTransfer::new(to, amount("200"))
}

/// A refusal as the libraries' models have it.
pub fn refusal(code: &str) -> String {
    format!(r#"{{"merchantPaymentResult":{{"errorCode":"{code}","errorMessage":"Message of {code}"}}}}"#)
}

pub fn is_token(sent: &Sent) -> bool {
    sent.path.split('?').next().unwrap().ends_with("/oauth2/token")
}

/// A script whose token calls succeed, and that leaves the rest to `answer`.
pub fn consented(answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    Script::new(move |sent| if is_token(sent) { Play::answer(200, TOKEN) } else { answer(sent) })
}

/// A script that answers the calls besides the token calls one by one; the last answer repeats.
pub fn answering(plays: Vec<Play>) -> Script {
    let next = std::sync::atomic::AtomicUsize::new(0);
    consented(move |_| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        plays[index.min(plays.len() - 1)].clone()
    })
}

/// A complete builder for the test host over the script, so that whole URLs are seen.
pub fn builder(script: &Script) -> Builder {
    Client::builder()
        .provider_test()
        .transport(Transport::scripted(script))
        .credentials("client-1", "S@nd%40b+x#=p%ga")
        .redirect_uri(CALLBACK)
}

pub fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

/// A code that a user's consent brought.
pub fn code(client: &Client) -> AuthorizationCode {
    let consent = client.consent([Scope::MerchantPayment, Scope::UserDetailsRequest]).user_data([UserData::FirstName]);
    let (url, mut pending) = consent.start().unwrap();
    pending.finish(&format!("code=kZ3fQp&state={}", state(url.expose_url()))).unwrap()
}

/// The state of a consent's address.
pub fn state(url: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix("state=")).unwrap().to_owned()
}

/// The session of a user who has just consented.
pub async fn of(client: &Client) -> UserSession {
    let tokens = client.exchange(code(client)).await.unwrap();
    let session = client.user("user-1");
    session.keep(&tokens).await.unwrap();
    session
}

pub async fn session(script: &Script) -> UserSession {
    of(&client(script)).await
}

/// The requests that are no token calls.
pub fn calls(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(|sent| !is_token(sent)).collect()
}

/// The token calls.
pub fn token_calls(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(is_token).collect()
}

/// A builder for the sandbox's plain client.
pub fn on(sandbox: &pay_sandbox::Sandbox) -> Builder {
    let paga = sandbox.paga_connect();
    let (id, clock) = (paga.client_id(), sandbox.clock());
    let secret = paga.client_secret(&id).unwrap();
    Client::builder()
        .local(paga.base_url())
        .credentials(id, secret)
        .redirect_uri(paga.redirect_uri())
        .wall_clock(move || clock.now())
}

/// All that the sandbox knows.
pub fn everything(client: &Client) -> paga_connect::Consent {
    use UserData::{AccountBalance, Email, FirstName, LastName, MobileNumber, Username};
    client
        .consent([
            Scope::MerchantPayment,
            Scope::MoneyTransfer,
            Scope::UserDetailsRequest,
            Scope::UserRequestAccountBalance,
        ])
        .user_data([FirstName, LastName, MobileNumber, Email, Username, AccountBalance])
}

/// Consents as a user of the sandbox, by its test switch, and keeps the tokens under the user's name.
pub async fn join(
    sandbox: &pay_sandbox::Sandbox,
    consent: paga_connect::Consent,
    client: &Client,
    user: &str,
) -> UserSession {
    let paga = sandbox.paga_connect();
    paga.set_mode("consent_without_browser", "on").unwrap();
    let (url, mut pending) = consent.start().unwrap();
    let back = paga.approve(url.expose_url(), user).unwrap();
    let code = pending.finish(back.split_once('?').unwrap().1).unwrap();
    let tokens = client.exchange(code).await.unwrap();
    let session = client.user(user);
    session.keep(&tokens).await.unwrap();
    session
}
