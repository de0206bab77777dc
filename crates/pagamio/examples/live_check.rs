//! Checks the crate's assumptions against a real account: `live_check [--buy]`.
//!
//! Pagamio's documents contradict each other and leave things out. Each line of the table is one reading of them:
//! confirmed, contradicted, or not exercised. It only reads, unless `--buy` is given: then it makes one purchase of the
//! documented test data (never in production). No secret and no personal value is printed.
//! Settings come from the environment, as the crate's README lists them.
//! Exit status: 0, also where something is contradicted; 1 if a call failed; 2 if nothing was tried.

use pagamio::{Client, LookupName, Outcome, Purchase, Purchased, RawRequest, Repeat, Settled, Sought, Transaction};
use pagamio::{TransactionQuery, TransactionStatus, Unit};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json, value::RawValue};
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

type Failed = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let buy = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--buy") => true,
        Some(_) => return stop("usage: live_check [--buy]"),
    };
    if buy && production() {
        return stop("--buy buys the provider's test data for a stranger's number: not in production");
    }
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => return stop(&error.to_string()),
    };
    let mut table = Table::default();
    let log_in = log_in(&client, &mut table).await;
    if table.keep("log in", log_in).is_none() {
        return table.print();
    }
    let catalogue = catalogue(&client, &mut table).await;
    table.keep("read the catalogue", catalogue);
    let mut reference = None;
    if buy {
        let bought = purchase(&client, &mut table).await;
        reference = table.keep("purchase", bought);
    } else {
        NEED_A_PURCHASE.iter().for_each(|item| table.add(item, None, "needs --buy"));
    }
    let history = history(&client, &mut table, reference.as_deref()).await;
    table.keep("read the history", history);
    table.print()
}

/// What reading can tell.
const READINGS: [&str; 22] = [
    "the log-in answer holds userTypeId",
    "the token stands in data.token",
    "expiresIn is 1800",
    "a refresh token comes along",
    "a refresh brings a new refresh token",
    "the old refresh token is void then",
    "reads accept GET",
    "category ids are numbers",
    "product ids are strings",
    "fixedAmount says the same as min = max",
    "fields never list channelId, merchantReference",
    "the documented enumerations are words or objects",
    "lookup/electricity takes meterNumber, productCode",
    "the history takes query parameters on POST",
    "the first page is page 0",
    "the newest record comes first",
    "dates carry no zone",
    "status codes are 0 to 3",
    "records carry merchantReference",
    "completed records carry the receipt",
    "the filter transactionId is honoured",
    "the filter merchantReference is honoured",
];

/// The enumerations that the documents list.
const ENUMERATIONS: [&str; 12] = [
    "brands",
    "providers",
    "transaction-status",
    "transaction-item-status",
    "channel-types",
    "partner-types",
    "funding-methods",
    "funding-request-status",
    "integrations",
    "environments",
    "authentication-types",
    "simple-entity-types",
];

/// What only a purchase can.
const NEED_A_PURCHASE: [&str; 8] = [
    "a refusal has status 200",
    "a pending answer is understood",
    "a purchase answer is flat",
    "responseCode is a string",
    "receipt amounts are in cents",
    "the same reference answers the original",
    "a sale is found by its transaction id",
    "a sale is found by its reference alone",
];

fn stop(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::from(2)
}

/// What the token endpoint answers. Asked raw, because the client shows no token to anybody.
async fn log_in(client: &Client, table: &mut Table) -> Result<(), Failed> {
    let known = client.check_credentials().await?;
    let user_type = known.extra.iter().any(|(name, _)| name.eq_ignore_ascii_case("userTypeId"));
    let names: Vec<_> = known.extra.iter().map(|(name, _)| name.as_str()).collect();
    table.add(
        "the log-in answer holds userTypeId",
        Some(user_type),
        format!("{} other members {}", names.len(), names.join(", ")),
    );

    let body =
        json!({ "username": std::env::var("PAGAMIO_USERNAME")?, "password": std::env::var("PAGAMIO_PASSWORD")? });
    let answer = post(client, "/auth/token", &body).await?;
    let data = &answer["data"];
    let nested = data["token"].is_string();
    table.add("the token stands in data.token", Some(nested), "else in accessToken");
    let pair = if nested { data } else { &answer };
    let seconds = pair["expiresIn"].as_u64();
    table.add("expiresIn is 1800", Some(seconds == Some(1800)), told(seconds));
    let Some(refresh) = pair["refreshToken"].as_str() else {
        table.add("a refresh token comes along", Some(false), "none");
        return Ok(());
    };
    table.add("a refresh token comes along", Some(true), "");
    let body = json!({ "refreshToken": refresh });
    let renewed = post(client, "/auth/token/refresh", &body).await?;
    let rotated = renewed.pointer("/data/refreshToken").or(renewed.get("refreshToken")).and_then(Value::as_str);
    table.add("a refresh brings a new refresh token", Some(rotated.is_some_and(|new| new != refresh)), "");
    let again = post(client, "/auth/token/refresh", &body).await;
    let status = again.as_ref().err().and_then(|error| error.downcast_ref::<pagamio::Error>()?.status());
    let void = if again.is_ok() { Some(false) } else { status.map(|status| status.is_client_error() && status != 429) };
    table.add("the old refresh token is void then", void, told(status.map(|status| status.as_u16())));
    Ok(())
}

async fn catalogue(client: &Client, table: &mut Table) -> Result<(), Failed> {
    const GET: &str = "reads accept GET";
    let categories = match client.categories().send().await {
        Err(error) if error.status().is_some_and(|status| status == 405) => {
            table.add(GET, Some(false), "405: nothing of the catalogue could be read");
            return Ok(());
        }
        answer => answer?,
    };
    let products = client.products().send().await?;
    // Where the setting says POST, nothing is learned about GET.
    let get = std::env::var("PAGAMIO_READ_METHOD").map_or(Some(true), |method| (method == "get").then_some(true));
    table.add(GET, get, format!("{} categories, {} products", categories.len(), products.len()));
    let numbers = categories.iter().map(|category| serde_json::to_value(&category.id).is_ok_and(|id| id.is_number()));
    table.all("category ids are numbers", numbers);
    let texts = products.iter().filter_map(|product| product.id.as_ref());
    table.all("product ids are strings", texts.map(|id| serde_json::to_value(id).is_ok_and(|id| id.is_string())));
    let flags = products.iter().filter_map(|product| Some((product.fixed_amount?, product.fixed_price().is_some())));
    table.all("fixedAmount says the same as min = max", flags.map(|(flag, same)| flag == same));
    let mut hidden = Vec::new();
    for category in &categories {
        let fields = client.category_fields(category.id.clone()).send().await?.fields;
        hidden.push(!fields.iter().any(|field| ["channelId", "merchantReference"].contains(&field.name.as_str())));
    }
    table.all("fields never list channelId, merchantReference", hidden.into_iter());

    let mut read = Vec::new();
    for name in ENUMERATIONS {
        read.push(client.lookups(&LookupName::from(name)).send().await.is_ok());
    }
    table.all("the documented enumerations are words or objects", read.into_iter());

    const LOOKUP: &str = "lookup/electricity takes meterNumber, productCode";
    if production() {
        table.add(LOOKUP, None, "test data only");
        return Ok(());
    }
    let body = json!({ "meterNumber": "00001100000", "productCode": "ELE-FLS-001" }).to_string();
    match client.lookup_electricity(body).send().await {
        Ok(answer) => table.add(LOOKUP, Some(true), names(&members(answer.expose())?)),
        Err(error) if error.outcome() == Outcome::Refused => table.add(LOOKUP, Some(false), error.to_string()),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// One purchase of the documented test data, and one that is refused. Gives the reference of the first.
async fn purchase(client: &Client, table: &mut Table) -> Result<String, Failed> {
    const PENDING: &str = "a pending answer is understood";
    let asked = "10.00".parse()?;
    let reference = format!("live-check-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis());
    let airtime = Purchase::airtime("AIR-VOD-001", asked, "+27821234567").reference(&reference);

    let unknown = Purchase::new("LIVE-CHECK-NONE", asked).reference(format!("{reference}-none"));
    match client.purchase(unknown).send().await {
        Err(error) if error.outcome() == Outcome::Refused => {
            let status = error.status().map(|status| status.as_u16());
            let seen = format!("status {}, code {}", told(status), told(error.provider_code()));
            table.add("a refusal has status 200", Some(status == Some(200)), seen);
        }
        Err(error) => return Err(error.into()),
        Ok(_) => table.add("a refusal has status 200", None, "an invented product was not refused"),
    }

    let mut call = client.purchase(airtime);
    let prepared = call.prepare().await?;
    let receipt = match call.send().await {
        Ok(Purchased::Completed(receipt)) => receipt,
        Ok(Purchased::Pending(pending)) => {
            table.add(PENDING, Some(true), names(&members(pending.body().expose())?));
            return Ok(reference);
        }
        // An answer came, and none of our rules knew it: that is the finding.
        Err(error) if error.outcome() == Outcome::Unknown && error.status().is_some_and(|status| status == 200) => {
            table.add(PENDING, Some(false), error.to_string());
            return Ok(reference);
        }
        Err(error) => return Err(error.into()),
    };
    table.add(PENDING, None, "the purchase was completed at once");
    let answer = members(receipt.body().expose())?;
    table.add("a purchase answer is flat", Some(answer.contains_key("receipt")), names(&answer));
    let code = answer.get("responseCode").map(|code| code.get().starts_with('"'));
    table.add("responseCode is a string", code, "");
    let unit = receipt.amount_unit(asked);
    table.add(
        "receipt amounts are in cents",
        unit.map(|unit| unit == Unit::Minor),
        unit.map_or(String::new(), |unit| format!("{unit:?} unit")),
    );

    let again = client.resend(&prepared).send().await?;
    let same = matches!(&again, Purchased::Completed(again) if again.transaction_id() == receipt.transaction_id());
    table.add("the same reference answers the original", Some(same), "");
    if let Some(id) = receipt.transaction_id() {
        found(client, table, "a sale is found by its transaction id", Sought::reference(&reference).transaction_id(id))
            .await;
    }
    found(client, table, "a sale is found by its reference alone", Sought::reference(&reference)).await;
    Ok(reference)
}

/// Whether a purchase would be found again after its answer was lost.
async fn found(client: &Client, table: &mut Table, item: &'static str, sought: Sought) {
    match client.settle(sought).within(Duration::from_secs(6)).await {
        Settled::StillUnknown(unknown) => match unknown.error {
            Some(error) => table.add(item, None, error.to_string()),
            None => table.add(item, Some(false), format!("{:?}", unknown.reason)),
        },
        settled => table.add(item, Some(matches!(settled, Settled::Completed(_))), ""),
    }
}

async fn history(client: &Client, table: &mut Table, bought: Option<&str>) -> Result<(), Failed> {
    const QUERY: &str = "the history takes query parameters on POST";
    let Ok(user_type_id) = std::env::var("PAGAMIO_USER_TYPE_ID") else {
        table.add(QUERY, None, "PAGAMIO_USER_TYPE_ID is not set");
        return Ok(());
    };
    let page = |number| client.transactions(&TransactionQuery::new().size(20), number).send();
    let (first, second) = (page(0).await?, page(1).await?);
    let records = &first.items;
    let other_style = std::env::var("PAGAMIO_TRANSACTIONS_STYLE").is_ok_and(|style| style != "post_query");
    table.add(QUERY, (!other_style).then_some(true), format!("{} records", records.len()));
    let ids = |records: &[Transaction]| records.iter().map(|record| record.transaction_id.clone()).collect::<Vec<_>>();
    let tells = records.len() > 1;
    table.add("the first page is page 0", tells.then(|| ids(records) != ids(&second.items)), "");
    let dates: Vec<_> = records.iter().filter_map(|record| record.response_date.as_deref()).collect();
    table.all("the newest record comes first", dates.windows(2).map(|pair| pair[0] >= pair[1]));
    table.all("dates carry no zone", dates.iter().map(|date| !date.ends_with('Z') && !date.contains('+')));
    let code = |record: &Transaction| !matches!(record.status, None | Some(TransactionStatus::Unknown(_)));
    table.all("status codes are 0 to 3", records.iter().map(code));
    table.all("records carry merchantReference", records.iter().map(|record| record.merchant_reference.is_some()));
    let completed = records.iter().filter(|record| record.status == Some(TransactionStatus::Completed));
    table.all("completed records carry the receipt", completed.map(|record| record.receipt().is_some()));

    // The last record of the page, so that a filter that is ignored shows.
    let last = records.last();
    let id = last.and_then(|record| record.transaction_id.as_deref()).filter(|_| tells);
    let reference = last.and_then(|record| record.merchant_reference.as_deref()).or(bought).filter(|_| tells);
    for (item, name, value) in [
        ("the filter transactionId is honoured", "transactionId", id),
        ("the filter merchantReference is honoured", "merchantReference", reference),
    ] {
        let Some(value) = value else {
            table.add(item, None, "too few records to tell");
            continue;
        };
        let merchant = std::env::var("PAGAMIO_MERCHANT_ID").is_ok();
        let request = RawRequest::new("POST".parse()?, "/transactions", Repeat::Safe)
            .query("userType", if merchant { "MERCHANT" } else { "SUB_MERCHANT" })
            .query("userTypeId", &user_type_id)
            .query(name, value);
        let answer: Listing = serde_json::from_slice(client.raw(request).send().await?.expose())?;
        let found = answer.content.len();
        table.add(item, Some(found == 1), format!("{found} found"));
    }
    Ok(())
}

/// How many records came; they hold money, and are not read.
#[derive(Deserialize)]
struct Listing {
    content: Vec<IgnoredAny>,
}

/// For token calls only.
async fn post(client: &Client, path: &str, body: &Value) -> Result<Value, Failed> {
    let request = RawRequest::new("POST".parse()?, path, Repeat::Safe).body("application/json", body.to_string());
    Ok(serde_json::from_slice(client.raw(request).send().await?.expose())?)
}

/// The members of an answer as raw text: money never passes through a JSON value.
fn members(body: &[u8]) -> Result<BTreeMap<String, Box<RawValue>>, serde_json::Error> {
    serde_json::from_slice(body)
}

fn production() -> bool {
    std::env::var("PAGAMIO_ENVIRONMENT").is_ok_and(|environment| environment == "production")
}

fn told(value: Option<impl ToString>) -> String {
    value.map_or("none".to_owned(), |value| value.to_string())
}

/// Names only: values can be secret or personal.
fn names(members: &BTreeMap<String, Box<RawValue>>) -> String {
    members.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
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

    fn keep<T>(&mut self, what: &str, outcome: Result<T, Failed>) -> Option<T> {
        outcome
            .map_err(|error| {
                self.failed = true;
                self.lines.push((what.to_owned(), "FAILED", error.to_string()));
            })
            .ok()
    }

    fn print(mut self) -> ExitCode {
        for item in READINGS.iter().chain(&NEED_A_PURCHASE) {
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
