//! Paga Connect: whatever comes, an answer or an error that fits on a line, no payment that nobody confirmed, and no code of another's.

use crate::worlds::{paga_connect, run};
use paga_connect::{
    Client, ConsentError, DetailsShape, Error, MerchantPayment, MoneyTransfer, Outcome, PaymentReferences, Scope,
    TransferTo, UserSession,
};
use pay_core::script::{Play, Script};
use std::fmt::Debug;

const TOKEN: &str = r#"{"access_token":"access-1","refresh_token":"refresh-1","expires_in":3600}"#;
const STATUSES: [u16; 14] = [200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500];

fn printed<T: Debug>(result: &Result<T, Error>) {
    let shown = match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            let line = format!("{error}");
            assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
            format!("{error:?} {error:#}")
        }
    };
    assert!(!shown.contains("access-1") && !shown.contains("refresh-1"), "a token is shown");
}

/// Where the browser comes back to, with this as its code and the right state.
fn back(code: &str, url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let state = query.split('&').find(|pair| pair.starts_with("state=")).unwrap_or_default();
    format!("code={code}&{state}")
}

async fn joined(client: &Client) -> Result<UserSession, Error> {
    let (url, mut pending) = client.consent([Scope::MerchantPayment]).start()?;
    let code = pending.finish(&back("A1b2C3", url.expose_url())).expect("the right state");
    let tokens = client.exchange(code).await?;
    let user = client.user("user-1");
    user.keep(&tokens).await?;
    Ok(user)
}

/// The first byte chooses the operation, the second the status; the rest is the body.
pub(super) fn reply(data: &[u8]) {
    let [operation, code, body @ ..] = data else { return };
    let code = STATUSES[usize::from(*code) % STATUSES.len()];
    let sent = body.to_vec();
    let script = Script::new(move |seen| {
        let token = seen.path.split('?').next().is_some_and(|path| path.ends_with("/oauth2/token"));
        if token { Play::answer(200, TOKEN) } else { Play::answer(code, sent.clone()) }
    });
    let client = paga_connect(&script);
    let price = || "12.50".parse().expect("an amount");
    let success = |done: bool| assert!(!done || code < 300, "a {code} is no success");
    run(async {
        let user = joined(&client).await.expect("a user");
        match operation % 4 {
            0 => {
                let references = PaymentReferences { reference: "pay-1".into(), customer: "customer-1".into() };
                let paid = user.merchant_payment(MerchantPayment::new(references, price())).send().await;
                printed(&paid);
                success(paid.is_ok());
                assert!(paid.is_err() || body.len() > 10, "nobody said that it is paid");
            }
            1 => {
                let to = TransferTo { reference: "pay-1".into(), recipient: "08000000009".into() };
                let given = user.money_transfer(MoneyTransfer::new(to, price())).send().await;
                printed(&given);
                success(given.is_ok());
                assert!(given.is_err() || body.len() > 10, "nobody said that it is done");
            }
            2 => {
                let details = user.user_details(DetailsShape::Bare).send().await;
                printed(&details);
                success(details.is_ok());
                assert!(!matches!(details, Err(error) if error.outcome() == Outcome::Unknown), "a read has no effect");
            }
            _ => printed(&user.one_time_token("pay-1").send().await),
        }
    });
    // A consent's token call, a refresh, and the same once more; reads are tried again.
    let most = if operation % 4 == 2 { 12 } else { 5 };
    assert!(script.seen().len() <= most, "{} requests for one call", script.seen().len());
}

/// The first byte chooses the status; the rest is what the token endpoint answers to a code.
pub(super) fn token(data: &[u8]) {
    let [code, body @ ..] = data else { return };
    let code = STATUSES[usize::from(*code) % STATUSES.len()];
    let sent = body.to_vec();
    let script = Script::new(move |_| Play::answer(code, sent.clone()));
    let client = paga_connect(&script);
    run(async {
        let joined = joined(&client).await;
        printed(&joined);
        assert!(joined.is_err() || code < 300, "a {code} brings no token");
        let failed = |error: &Error| error.outcome() == Outcome::NotDone;
        assert!(joined.as_ref().err().is_none_or(failed), "a consent moves no money");
        let known = client.check_credentials().await;
        printed(&known);
    });
    assert!(script.seen().len() <= 2, "a code is sent once, and so is the question");
}

/// What a browser brings back: without the right state there is no code.
pub(super) fn back_from_consent(data: &[u8]) {
    let Ok(query) = std::str::from_utf8(data) else { return };
    let client = paga_connect(&Script::new(|_| Play::answer(200, TOKEN)));
    let (url, mut pending) = client.consent([Scope::MerchantPayment]).start().expect("a consent");
    let returned = pending.finish(query);
    assert!(returned.is_err(), "nobody knows the state");
    if let Err(error) = &returned {
        let line = format!("{error} {error:?}");
        assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
    }
    // With it, whatever came is used up, and works once.
    let with = format!("{query}&{}", back("x", url.expose_url()).trim_start_matches("code=x&"));
    let used = !matches!(
        pending.finish(&with),
        Err(ConsentError::StateMissing | ConsentError::StateWrong | ConsentError::Repeated { parameter: "state" })
    );
    let again = pending.finish(&back("A1b2C3", url.expose_url()));
    assert!(again.is_ok() != used, "a return works once: {again:?}");
}
