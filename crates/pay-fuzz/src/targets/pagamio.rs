//! Pagamio's replies: whatever comes, an answer or an error that fits on a line, and no success that is none.

use crate::worlds::{pagamio, run};
use pagamio::{Error, Purchase, Purchased, Sought, TransactionQuery};
use pay_core::script::{Play, Script};
use std::fmt::Debug;

const TOKEN: &str = r#"{"successful":true,"data":{"token":"access-1","refreshToken":"refresh-1","expiresIn":1800}}"#;

const STATUSES: [u16; 12] = [200, 200, 200, 201, 400, 401, 403, 404, 409, 422, 429, 500];

fn status(byte: u8) -> u16 {
    STATUSES[usize::from(byte) % STATUSES.len()]
}

fn printed<T: Debug>(result: &Result<T, Error>) {
    match result {
        Ok(value) => drop(format!("{value:?}")),
        Err(error) => {
            let line = format!("{error}");
            assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
            drop(format!("{error:?} {error:#}"));
        }
    }
}

/// The first byte chooses the operation, the second the status; the rest is the body.
pub(super) fn reply(data: &[u8]) {
    let [operation, code, body @ ..] = data else { return };
    let (code, body) = (status(*code), body.to_vec());
    let script = Script::new(move |sent| {
        if sent.path.contains("/auth/") { Play::answer(200, TOKEN) } else { Play::answer(code, body.clone()) }
    });
    let client = pagamio(&script);
    run(async {
        match operation % 6 {
            0 => printed(&client.categories().send().await),
            1 => printed(&client.category_fields(1).send().await),
            2 => printed(&client.products().send().await),
            3 => printed(&client.transactions(&TransactionQuery::new(), 0).send().await),
            4 => drop(format!("{:?}", client.settle(Sought::reference("R-1")).await)),
            _ => {
                let amount = "50.00".parse().expect("an amount");
                let sale = Purchase::airtime("AIR-VOD-001", amount, "+27821234567").reference("R-1");
                let bought = client.purchase(sale).send().await;
                printed(&bought);
                let completed = matches!(bought, Ok(Purchased::Completed(_)));
                assert!(!completed || code < 400, "a {code} is no completed purchase");
            }
        }
    });
}

/// The first byte chooses the status; the rest is the body.
pub(super) fn token(data: &[u8]) {
    let [code, body @ ..] = data else { return };
    let (code, body) = (status(*code), body.to_vec());
    let script = Script::new(move |_| Play::answer(code, body.clone()));
    let client = pagamio(&script);
    run(async {
        let leased = client.lease().await;
        printed(&leased);
        assert!(leased.is_err() || code < 400, "a {code} gives no token");
    });
    assert!(script.seen().len() <= 5, "{} log-ins for one call", script.seen().len());
}
