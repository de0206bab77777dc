//! Checks the crate's assumptions against a real account: `live_check [COUNTRY] [--create]`.
//!
//! Pay1st's documents contradict each other and leave things out. Each line of the table is one reading of them:
//! confirmed, contradicted, or not exercised. It only reads, unless `--create` is given: then it creates one payment that nobody
//! pays (never in production). No secret and no personal value is printed.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, also where something is contradicted; 1 if a call failed; 2 if nothing was tried.

use pay1st::{Builder, ChannelStatus, Client, Customer, Error, Item, Kind, Money, NewPayment, Outcome};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// What reading can tell.
const READINGS: [&str; 10] = [
    "the log-in answer tells no lifetime",
    "reads need no signature",
    "reads may be signed",
    "the method list is grouped",
    "channels have an outer and an inner id",
    "outer and inner ids differ",
    "requiredParameters is JSON in a string",
    "channels are ACTIVE or SUSPENDED",
    "an unknown reference is answered 404",
    "errors carry a sessionId",
];

/// What only a payment can.
const NEED_A_PAYMENT: [&str; 8] = [
    "a payment is answered as it was asked for",
    "a new payment is NEW",
    "its reference ends in -P",
    "creating tells no transactionReference",
    "the query repeats the metadata",
    "callback URLs come back under other names",
    "the partner's reference is no question",
    "the same partnerReference again is refused",
];

/// What a program like this one cannot see.
const OUT_OF_REACH: [(&str, &str); 5] = [
    ("webhooks are signed as requests are", "needs a server that receives one: webhook_server"),
    ("a refund takes the transaction's reference", "needs a paid payment: refund"),
    ("links outlive a refresh of the token", "needs somebody who opens one"),
    ("tokens live for four minutes", "needs the time"),
    ("a refresh needs no Authorization", "the client falls back to a log-in by itself"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let (flags, given): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|text| text.starts_with("--"));
    let create = flags.as_slice() == ["--create"];
    if given.len() > 1 || (!flags.is_empty() && !create) {
        return stop("usage: live_check [COUNTRY] [--create]");
    }
    if create && std::env::var("PAY1ST_ENVIRONMENT").as_deref() == Ok("production") {
        return stop("--create makes a payment that nobody wants: not in production");
    }
    let country = given.first().map_or("NG", String::as_str);
    let (client, signing) = match (Client::from_env(), Builder::from_env().and_then(|b| b.sign_reads(true).build())) {
        (Ok(client), Ok(signing)) => (client, signing),
        (Err(error), _) | (_, Err(error)) => return stop(&error.to_string()),
    };
    let mut table = Table::default();
    let log_in = log_in(&client, &mut table).await;
    if table.keep("log in", log_in).is_none() {
        return table.print();
    }
    let methods = methods(&client, &signing, country, &mut table).await;
    table.keep("read the methods", methods);
    let unknown = unknown(&signing, &mut table).await;
    table.keep("ask for an unknown payment", unknown);
    if create {
        let payment = payment(&signing, country, &mut table).await;
        table.keep("create a payment", payment);
    } else {
        NEED_A_PAYMENT.iter().for_each(|item| table.add(item, None, "needs --create"));
    }
    OUT_OF_REACH.iter().for_each(|(item, why)| table.add(item, None, *why));
    table.print()
}

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

async fn log_in(client: &Client, table: &mut Table) -> Result<(), Error> {
    let known = client.check_credentials().await?;
    let names: Vec<_> = known.extra.iter().map(|(name, _)| name.as_str()).collect();
    let lifetime = names.iter().any(|name| name.to_ascii_lowercase().contains("expir"));
    table.add(
        "the log-in answer tells no lifetime",
        Some(!lifetime),
        format!("{} other members {}", names.len(), names.join(", ")),
    );
    Ok(())
}

async fn methods(client: &Client, signing: &Client, country: &str, table: &mut Table) -> Result<(), Error> {
    let plain = client.payment_methods(country).send().await;
    let refused = plain.as_ref().err().filter(|error| error.outcome() == Outcome::Refused).map(Error::to_string);
    match &refused {
        Some(why) => table.add("reads need no signature", Some(false), why.as_str()),
        None => table.add("reads need no signature", Some(plain.is_ok()), ""),
    }
    let signed = signing.payment_methods(country).send().await;
    table.add("reads may be signed", Some(signed.is_ok()), "");
    let methods = plain.or(signed)?;
    let count = format!("{} methods in {country}", methods.len());
    let grouped = methods.iter().any(|method| method.group.is_some() || method.outer_id.is_some());
    table.add("the method list is grouped", (!methods.is_empty()).then_some(grouped), count);
    if !grouped {
        return Ok(());
    }
    let ids = methods.iter().map(|method| method.outer_id.is_some() && method.inner_id.is_some());
    table.all("channels have an outer and an inner id", ids);
    table.all("outer and inner ids differ", methods.iter().map(|method| method.outer_id != method.inner_id));
    let texts = methods
        .iter()
        .filter(|method| method.method_type.as_ref().is_some_and(|kind| kind.required_parameters.is_some()));
    table.all("requiredParameters is JSON in a string", texts.map(|method| method.required_parameters().is_ok()));
    let known = methods.iter().filter_map(|method| method.status.as_ref());
    table.all("channels are ACTIVE or SUSPENDED", known.map(|status| !matches!(status, ChannelStatus::Unknown(_))));
    Ok(())
}

async fn unknown(client: &Client, table: &mut Table) -> Result<(), Error> {
    match client.payment("C-000000000000000-P").send().await {
        Ok(_) => table.add("an unknown reference is answered 404", Some(false), "there is such a payment"),
        Err(error) if error.status().is_some() => {
            let status = error.status().map_or(0, |status| status.as_u16());
            table.add("an unknown reference is answered 404", Some(error.kind() == Kind::NotFound), status.to_string());
            table.add("errors carry a sessionId", Some(error.request_id().is_some()), "");
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// One payment that nobody pays, and the same once more.
async fn payment(client: &Client, country: &str, table: &mut Table) -> Result<(), Error> {
    let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let reference = format!("live-check-{millis}");
    let price = || -> Result<Money, Error> {
        let amount = "100.00".parse().map_err(|_| Error::invalid("live_check", "no amount"))?;
        let currency = match country {
            "ZA" => "ZAR",
            "KE" => "KES",
            "EG" => "EGP",
            "MA" => "MAD",
            "GH" => "GHS",
            _ => "NGN",
        };
        Ok(Money { amount, currency: currency.into() })
    };
    let item = Item { title: "Live check".into(), sku: "live-check".into(), price: price()?, quantity: 1 };
    let customer = Customer { id: "live-check".into(), country: country.into() };
    let wanted = NewPayment::new(&reference, price()?, customer, item).success_url("https://shop.example/done");

    let created = match client.create_payment(wanted.clone()).send().await {
        Ok(created) => created,
        Err(error) if error.kind() == Kind::Decode => {
            table.add("a payment is answered as it was asked for", Some(false), error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    table.add("a payment is answered as it was asked for", Some(true), "");
    table.add("a new payment is NEW", Some(created.status().as_str() == "NEW"), created.status().as_str());
    table.add("its reference ends in -P", Some(created.reference().ends_with("-P")), "");
    let told = created.body().expose_str().is_some_and(|text| text.contains("transactionReference"));
    table.add("creating tells no transactionReference", Some(!told), "");

    let found = client.payment(created.reference()).send().await?;
    let repeated = found.metadata.iter().any(|one| one.key.as_deref() == Some("customerId"));
    table.add("the query repeats the metadata", Some(repeated), "");
    let settings = found.partner_settings;
    let renamed = settings.is_some_and(|settings| settings.success_callback_url.is_some());
    table.add("callback URLs come back under other names", Some(renamed), "successCallbackUrl");

    let ours = client.payment(&reference).send().await;
    table.add("the partner's reference is no question", Some(ours.is_err()), "");
    let seen = match client.create_payment(wanted).send().await {
        Ok(again) if again.reference() == created.reference() => (false, "it answers the first payment".to_owned()),
        Ok(_) => (false, "it makes a second payment".to_owned()),
        Err(error) => {
            (error.outcome() == Outcome::Refused, error.status().map_or_else(String::new, |s| s.as_u16().to_string()))
        }
    };
    table.add("the same partnerReference again is refused", Some(seen.0), seen.1);
    Ok(())
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

    /// Something that should hold for each of many.
    fn all(&mut self, assumed: &str, each: impl Iterator<Item = bool>) {
        let each: Vec<bool> = each.collect();
        let (holds, of) = (each.iter().filter(|holds| **holds).count(), each.len());
        self.add(assumed, (of > 0).then_some(holds == of), format!("{holds} of {of}"));
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
        let out_of_reach = OUT_OF_REACH.iter().map(|(item, _)| item);
        for item in READINGS.iter().chain(&NEED_A_PAYMENT).chain(out_of_reach) {
            if !self.lines.iter().any(|(assumed, ..)| assumed == item) {
                self.add(item, None, "");
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
