//! Whatever is sent to whatever endpoint: an answer in JSON that is no fault of the server, and sound books.

use super::*;
use crate::Ledger;
use crate::generated::Route;
use crate::generated::pagamio::ROUTES;
use fastrand::Rng;
use std::collections::BTreeMap;

const REQUESTS: usize = 6_000;
/// Any number; a failure names the request's own, which repeats it.
const SEED: u64 = 20_260_731;

const NAMES: [&str; 14] = [
    "username",
    "password",
    "refreshToken",
    "productCode",
    "amount",
    "mobileNumber",
    "meterNumber",
    "accountNumber",
    "paymentMethod",
    "channelId",
    "merchantReference",
    "additionalInfo",
    "userType",
    "a/b~c",
];
const TEXTS: [&str; 16] = [
    "",
    "cash",
    "AIR-VOD-001",
    "ELE-FLS-001",
    "BIL-DST-001",
    "VCH-STM-001",
    "F5YZP7",
    "+27821234567",
    "00001100000",
    "81715524",
    "MERCHANT",
    "sbx-merchant_01-Zk3vQ8wT5yB1nD7hJ4mP6rA",
    "r-1",
    "\u{0}\u{7f}",
    "\u{1f600}",
    "%2F..%00",
];
/// JSON texts; the last ones are none.
const VALUES: [&str; 22] = [
    "null",
    "true",
    "0",
    "-0.0",
    "10",
    "10.00",
    "1e1",
    "1e400",
    "-1e400",
    "1e-400",
    "99999999999999999999999999",
    "0.000000000000000000000000000000000000001",
    "9223372036854775807",
    "92233720368547758.07",
    "[]",
    "{}",
    "[[[]]]",
    r#""\ud800""#,
    r#"{"a":{"b":[1,2,{"c":null}]}}"#,
    "NaN",
    "01",
    "{",
];
const PARAMETERS: [&str; 9] =
    ["userType", "userTypeId", "page", "size", "status", "exportAll", "keyWord", "transactionId", "x"];

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

/// A JSON text, sometimes not quite one.
fn json_text(rng: &mut Rng, deeper: u32) -> String {
    match rng.u32(..10) {
        0..=3 => pick(rng, &VALUES).to_owned(),
        4..=6 => serde_json::to_string(pick(rng, &TEXTS)).unwrap(),
        7 => rng.i64(..).to_string(),
        8 if deeper > 0 => {
            let items: Vec<String> = (0..rng.usize(..4)).map(|_| json_text(rng, deeper - 1)).collect();
            format!("[{}]", items.join(","))
        }
        _ if deeper > 0 => object(rng, deeper - 1),
        _ => "1".to_owned(),
    }
}

fn object(rng: &mut Rng, deeper: u32) -> String {
    let members: Vec<String> = (0..rng.usize(..14))
        .map(|_| format!("{}:{}", serde_json::to_string(pick(rng, &NAMES)).unwrap(), json_text(rng, deeper)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A purchase that is whole but for one thing.
fn almost_a_purchase(rng: &mut Rng) -> String {
    let mut members = BTreeMap::from([
        ("productCode", r#""AIR-VOD-001""#.to_owned()),
        ("amount", "10.00".to_owned()),
        ("mobileNumber", r#""+27821234567""#.to_owned()),
        ("paymentMethod", r#""cash""#.to_owned()),
        ("channelId", r#""F5YZP7""#.to_owned()),
        ("merchantReference", format!("\"r-{}\"", rng.u32(..40))),
    ]);
    members.insert(pick(rng, &NAMES), json_text(rng, 3));
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn body(rng: &mut Rng) -> Vec<u8> {
    match rng.u32(..10) {
        0 => (0..rng.usize(..200)).map(|_| rng.u8(..)).collect(),
        1 => Vec::new(),
        2 => {
            let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
            if rng.bool() { deep.into() } else { format!("{{\"{}\":{deep}}}", pick(rng, &NAMES)).into() }
        }
        3 => {
            let mut cut = object(rng, 4).into_bytes();
            cut.truncate(rng.usize(..=cut.len()));
            cut
        }
        4 => json_text(rng, 4).into(),
        5 | 6 => object(rng, 4).into(),
        _ => almost_a_purchase(rng).into(),
    }
}

fn request(rng: &mut Rng, route: &Route, token: &str) -> Request {
    let path: Vec<String> = route
        .template
        .split('/')
        .map(|part| match part.starts_with('{') {
            true => [pick(rng, &TEXTS), "1001", "brands", "SBXM01"][rng.usize(..4)].to_owned(),
            false => part.to_owned(),
        })
        .collect();
    let method = if rng.u32(..8) == 0 { pick(rng, &["GET", "POST", "DELETE", "BREW"]) } else { route.method };
    let media_type = if rng.u32(..10) == 0 { pick(rng, &["", "text/plain", "*"]) } else { "application/json" };
    let mut request = Request::new(method, &path.join("/")).body(media_type, body(rng));
    for _ in 0..rng.usize(..6) {
        let value = if rng.bool() { json_text(rng, 2) } else { pick(rng, &TEXTS).to_owned() };
        request = request.query(pick(rng, &PARAMETERS), &value);
    }
    if rng.u32(..4) > 0 {
        request = request.query("userType", "MERCHANT").query("userTypeId", ACCOUNTS[MERCHANT].user_type_id());
    }
    if rng.u32(..10) == 0 { request } else { request.token(token) }
}

/// Other modes than before, but no rate limits: those would answer most of it.
fn shuffle_modes(rng: &mut Rng, provider: &PagamioProvider) {
    for mode in provider.modes().iter().filter(|mode| mode.name != "rate_limits") {
        let value = mode.allowed[rng.usize(..mode.allowed.len())].value;
        provider.set_modes(&[(mode.name, value)]).unwrap();
    }
}

#[test]
fn nothing_makes_it_fail() {
    let provider = provider();
    let token = merchant(&provider);
    let mut taken = BTreeMap::new();
    for number in 0..REQUESTS {
        let mut rng = Rng::with_seed(SEED + number as u64);
        // Half of the time the defaults, so that good requests get through.
        match number % 100 {
            0 => shuffle_modes(&mut rng, &provider),
            50 => {
                provider.modes().iter().filter(|mode| mode.name != "rate_limits").for_each(|mode| {
                    provider.set_modes(&[(mode.name, mode.default)]).unwrap();
                });
            }
            _ => {}
        }
        let route = &ROUTES[rng.usize(..ROUTES.len())];
        let reply = request(&mut rng, route, &token).send(&provider);
        assert!(reply.status.as_u16() < 500, "request {number}, {route:?}: {reply:?}");
        let json: Result<Value, _> = serde_json::from_slice(&reply.body);
        assert!(json.is_ok(), "request {number}, {route:?}: {reply:?}");
        if reply.status == 200 {
            *taken.entry(route.operation).or_insert(0) += 1;
        }
    }
    let ledger = provider.ledger();
    assert!(!ledger.sales.is_empty(), "none of the purchases was good: the test shows too little");
    assert!(ledger.sales.iter().all(|sale| sale.amount_cents > 0 && sale.charges == 1));
    let ledger = Ledger { providers: BTreeMap::from([(super::super::NAME, ledger)]) };
    assert_eq!(ledger.check(), Vec::<String>::new());
    // Log-ins and refreshes need secrets that this test does not guess.
    assert!(taken.len() >= 9, "{taken:?}");
}
