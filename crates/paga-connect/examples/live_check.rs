//! Checks the crate's assumptions against a real client id: `live_check [--user] [--charge AMOUNT]`.
//!
//! Most of what is known about Paga Connect was read in libraries and third parties' code. Each line of the table is one reading:
//! confirmed, contradicted, or not exercised. Without flags it only asks the token endpoint, with an invented token. `--user` prints the
//! address of the consent page and reads, from standard input, the address at which the browser ends; then it only reads. `--charge` also
//! charges that user, once. No secret and no personal value is printed, names of members are.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, also where something is contradicted; 1 if a call failed; 2 if nothing was tried.

use paga_connect::ExposeSecret as _;
use paga_connect::{
    Amount, BasicEncoding, Builder, Client, DetailsShape, Error, Kind, MerchantPayment, PaymentReferences, Scope,
    TokenAnswer, TokenParameters, UserData, UserSession,
};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What the token endpoint alone can tell.
const ALONE: [&str; 4] = [
    "id and secret are taken as they are",
    "token parameters are taken from a form body",
    "token parameters are taken from the query",
    "form-encoded id and secret are refused",
];

/// What only a user's consent can.
const NEED_A_USER: [&str; 13] = [
    "the consent page is where third parties say",
    "the state comes back as it was sent",
    "a code has six letters and digits",
    "the access token has the shape of a UUID",
    "a refresh token comes along",
    "expires_in tells a lifetime",
    "scope is what was asked for",
    "the token answer has other members",
    "a refresh token can be used",
    "details are answered without a reference",
    "details are answered by the path",
    "details are answered by a JSON body",
    "details have members that no library models",
];

/// What only a charge can.
const NEED_A_CHARGE: [&str; 4] = [
    "a payment is taken in the form that is set",
    "the result stands in merchantPaymentResult",
    "success has transactionId and confirmationCode",
    "the amount comes back as it was sent",
];

/// What a program like this one cannot see.
const OUT_OF_REACH: [(&str, &str); 5] = [
    ("a used reference charges nothing", "would charge a second time where it is wrong"),
    ("whose money a transfer moves", "needs two wallets and somebody who looks"),
    ("what a one-time token is for", "needs Paga's word"),
    ("refresh tokens stay as they are", "compare what the token store holds before and after"),
    ("a revoked consent is invalid_token, then invalid_grant", "needs a user who revokes it at Paga"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let given: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let (user, charge) = match words.as_slice() {
        [] => (false, None),
        ["--user"] => (true, None),
        ["--user", "--charge", amount] | ["--charge", amount] => match amount.parse::<Amount>() {
            Ok(amount) => (true, Some(amount)),
            Err(error) => return stop(&error.to_string()),
        },
        _ => return stop("usage: live_check [--user] [--charge AMOUNT]"),
    };
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return stop(&error.to_string()),
    };
    let mut table = Table::default();
    let known = alone(&mut table).await;
    if table.keep("ask the token endpoint", known).is_none() {
        return table.print();
    }
    if user {
        let session = consent(&client, &mut table).await;
        if let Some(session) = table.keep("consent", session) {
            let details = details(&session, &mut table).await;
            table.keep("ask for details", details);
            if let Some(amount) = charge {
                let paid = pay(&session, amount, &mut table).await;
                table.keep("charge", paid);
            }
        }
    }
    table.print()
}

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

/// Whether the client is known, in each form that a source shows.
async fn alone(table: &mut Table) -> Result<(), Error> {
    let ask =
        |change: fn(Builder) -> Builder| async move { change(Builder::from_env()?).build()?.check_credentials().await };
    let form = ask(|b| b.basic_encoding(BasicEncoding::Raw).token_parameters(TokenParameters::Form)).await;
    let query = ask(|b| b.basic_encoding(BasicEncoding::Raw).token_parameters(TokenParameters::Query)).await;
    let encoded = ask(|b| b.basic_encoding(BasicEncoding::Rfc6749).token_parameters(TokenParameters::Form)).await;
    let seen = |result: &Result<(), Error>| {
        result.as_ref().err().map_or_else(String::new, |error| {
            let status = error.status().map_or(0, |status| status.as_u16());
            format!("{status} {}", error.provider_code().unwrap_or("no known error"))
        })
    };
    table.add(ALONE[0], Some(form.is_ok() || query.is_ok()), "");
    table.add(ALONE[1], Some(form.is_ok()), seen(&form));
    table.add(ALONE[2], Some(query.is_ok()), seen(&query));
    // A secret of plain letters and digits is written alike in both.
    let secret = std::env::var("PAGA_CONNECT_CLIENT_SECRET").unwrap_or_default();
    let plain = secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte));
    let refused = encoded.as_ref().is_err_and(|error| error.kind() == Kind::Login);
    table.add(ALONE[3], (!plain).then_some(refused), if plain { "the secret is written alike in both" } else { "" });
    form.or(query)
}

async fn consent(client: &Client, table: &mut Table) -> Result<UserSession, Error> {
    use UserData::{AccountBalance, Email, FirstName, LastName, MobileNumber, Username};
    let scopes = [Scope::MerchantPayment, Scope::UserDetailsRequest, Scope::UserRequestAccountBalance];
    let consent = client.consent(scopes.clone());
    let consent = consent.user_data([FirstName, LastName, MobileNumber, Email, Username, AccountBalance]);
    let (url, mut pending) = consent.start()?;
    println!("open {}", url.expose_url());
    println!("then paste the address at which the browser ends:");
    let mut back = String::new();
    let wrong = |text: String| Error::invalid("consent", text);
    std::io::stdin().read_line(&mut back).map_err(|error| wrong(error.to_string()))?;
    let query = back.trim().split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
    let code = pending.finish(query);
    table.add("the consent page is where third parties say", Some(query.contains('=')), "");
    table.add("the state comes back as it was sent", Some(code.is_ok()), "");
    let code = code.map_err(|error| wrong(error.to_string()))?;
    let text = code.expose_code();
    let six = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    table.add("a code has six letters and digits", Some(six), format!("{} characters", text.chars().count()));

    let mut answer = client.exchange(code).await?;
    token_answer(&answer, &scopes, table);
    let user = client.user("live-check");
    // As if it had nearly ended: the first call then refreshes.
    let refreshable = answer.refresh.is_some();
    if refreshable {
        answer.expires_in = Some(Duration::from_secs(1));
        answer.asked_at -= Duration::from_secs(60);
    }
    user.keep(&answer).await?;
    let refreshed = user.lease().await;
    let seen = refreshed.as_ref().err().map_or_else(String::new, ToString::to_string);
    table.add("a refresh token can be used", refreshable.then_some(refreshed.is_ok()), seen);
    refreshed.map(|_| user)
}

fn token_answer(answer: &TokenAnswer, scopes: &[Scope], table: &mut Table) {
    let parts: Vec<_> = answer.access.expose_secret().split('-').map(str::len).collect();
    table.add("the access token has the shape of a UUID", Some(parts == [8, 4, 4, 4, 12]), "");
    table.add("a refresh token comes along", Some(answer.refresh.is_some()), "");
    let seconds = answer.expires_in.map_or_else(|| "none".to_owned(), |life| format!("{} s", life.as_secs()));
    table.add("expires_in tells a lifetime", Some(answer.expires_in.is_some()), seconds);
    let mut granted = answer.scope().unwrap_or_default();
    let mut asked: Vec<_> = scopes.iter().map(ToString::to_string).collect();
    granted.sort();
    asked.sort();
    table.add("scope is what was asked for", Some(granted == asked), granted.join(" "));
    let names: Vec<_> = answer.extra.iter().map(|(name, _)| name.as_str()).collect();
    table.add("the token answer has other members", Some(!names.is_empty()), names.join(", "));
}

async fn details(user: &UserSession, table: &mut Table) -> Result<(), Error> {
    let reference = || reference("details");
    let mut last = None;
    for (item, shape) in [
        ("details are answered without a reference", DetailsShape::Bare),
        ("details are answered by the path", DetailsShape::Path { reference: reference() }),
        ("details are answered by a JSON body", DetailsShape::Body { reference: reference() }),
    ] {
        let answered = user.user_details(shape).send().await;
        let seen = answered.as_ref().err().map_or_else(String::new, brief);
        table.add(item, Some(answered.is_ok()), seen);
        last = Some(match (last, answered) {
            (Some(Ok(profile)), _) => Ok(profile),
            (_, answered) => answered,
        });
    }
    let Some(answered) = last else { return Ok(()) };
    let profile = answered?;
    let names: Vec<_> = profile.extra.iter().map(|(name, _)| name).collect();
    table.add("details have members that no library models", Some(!names.is_empty()), names.join(", "));
    Ok(())
}

async fn pay(user: &UserSession, amount: Amount, table: &mut Table) -> Result<(), Error> {
    let references = PaymentReferences { reference: reference("charge"), customer: "live-check".into() };
    println!("reference {}", references.reference);
    let reply = user.merchant_payment(MerchantPayment::new(references, amount)).reply().await?;
    table.add(
        "a payment is taken in the form that is set",
        Some(true),
        "by the path without /v3, unless `payment_form` says otherwise",
    );
    let wrapped = reply.body.expose_str().is_some_and(|text| text.contains("\"merchantPaymentResult\""));
    table.add("the result stands in merchantPaymentResult", Some(wrapped), "");
    let both = reply.model.transaction_id.is_some() && reply.model.confirmation_code.is_some();
    table.add("success has transactionId and confirmationCode", Some(both), "");
    table.add("the amount comes back as it was sent", Some(reply.model.amount == Some(amount)), "");
    Ok(())
}

fn reference(what: &str) -> String {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    format!("live-check-{what}-{millis}")
}

/// Nothing of the answer's own text.
fn brief(error: &Error) -> String {
    format!("{:?} {}", error.kind(), error.status().map_or(0, |status| status.as_u16()))
}

/// What was assumed, and what was seen.
#[derive(Default)]
struct Table {
    lines: Vec<(String, &'static str, String)>,
    failed: bool,
}

impl Table {
    fn add(&mut self, assumed: &str, holds: Option<bool>, seen: impl Into<String>) {
        let verdict = match holds {
            Some(true) => "confirmed",
            Some(false) => "contradicted",
            None => "not exercised",
        };
        self.lines.push((assumed.to_owned(), verdict, seen.into()));
    }

    fn keep<T>(&mut self, what: &str, outcome: Result<T, Error>) -> Option<T> {
        outcome
            .map_err(|error| {
                self.failed = true;
                self.lines.push((what.to_owned(), "FAILED", error.to_string()));
            })
            .ok()
    }

    fn print(mut self) -> ExitCode {
        let why = |why: &'static str| move |item: &&'static str| (*item, why);
        let rest = ALONE.iter().map(why(""));
        let rest = rest.chain(NEED_A_USER.iter().map(why("needs --user")));
        let rest = rest.chain(NEED_A_CHARGE.iter().map(why("needs --charge"))).chain(OUT_OF_REACH);
        for (item, why) in rest {
            if !self.lines.iter().any(|(assumed, ..)| assumed == item) {
                self.add(item, None, why);
            }
        }
        let width = self.lines.iter().map(|(assumed, ..)| assumed.len()).fold("assumed".len(), usize::max);
        println!("{:<width$}  {:<13}  seen", "assumed", "verdict");
        for (assumed, verdict, seen) in &self.lines {
            println!("{}", format!("{assumed:<width$}  {verdict:<13}  {seen}").trim_end());
        }
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}
