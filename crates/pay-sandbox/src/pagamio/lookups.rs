//! The account lookups before a sale. Only the one for bills is documented whole.

use super::answers::{Refusal, bad_format, envelope_d, not_json};
use super::catalogue::{self, BILL_ACCOUNTS, Family, METERS};
use super::modes::{Modes, Timestamps};
use super::state::{Call, NotJson, Object};
use super::timestamps::timestamp;
use crate::json::Node;
use crate::provider::Reply;

/// `POST /lookup/bill-payment`.
pub(super) fn bill_payment(modes: &Modes, call: &Call<'_>) -> Reply {
    answer(modes, call, call.object(), |body| {
        call.check(body)?;
        let account = body.text("accountNumber").unwrap_or_default();
        let code = body.text("productCode").unwrap_or_default();
        let product = catalogue::product(&code).filter(|product| product.family == Family::Bill);
        product.ok_or_else(|| Refusal::new("1000", "Product not supported"))?;
        if !BILL_ACCOUNTS.contains(&account.as_str()) {
            return Err(Refusal::new("1100", "The Account is invalid"));
        }
        Ok(account)
    })
}

/// `POST /lookup/money-transfer`: the documents show the name `accountNumber`, and nothing of the answer.
pub(super) fn money_transfer(modes: &Modes, call: &Call<'_>) -> Reply {
    answer(modes, call, call.any_json(), |body| {
        let account = body.text("accountNumber").unwrap_or_default();
        if !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad_format("accountNumber"));
        }
        Ok(account)
    })
    .assume("money-transfer lookup")
}

/// `POST /lookup/electricity`: the documents show the path only, so a body without `meterNumber` is taken too.
pub(super) fn electricity(modes: &Modes, call: &Call<'_>) -> Reply {
    answer(modes, call, call.any_json(), |body| match body.text("meterNumber") {
        Some(meter) if !METERS.contains(&meter.as_str()) => Err(Refusal::new("1104", "Invalid meter number")),
        meter => Ok(meter.unwrap_or_default()),
    })
    .assume("electricity lookup")
}

fn answer(
    modes: &Modes,
    call: &Call<'_>,
    body: Result<Object, NotJson>,
    account: impl FnOnce(&Object) -> Result<String, Refusal>,
) -> Reply {
    match body.map(|body| account(&body)) {
        Ok(Ok(account)) => found(&account, modes, call),
        Ok(Err(refusal)) => envelope_d(&refusal, modes, &call.full_path(), call.now),
        Err(why) => not_json(why),
    }
}

/// The documented success, with its traps: numbers where other answers have texts, and a capital U.
fn found(account: &str, modes: &Modes, call: &Call<'_>) -> Reply {
    let serial = fastrand::i64(1_000_000_000..10_000_000_000);
    let reference = format!("BAL-{serial:013}");
    let biller = Node::Object(vec![
        ("code", "1001".into()),
        ("name", "Example Biller".into()),
        ("callCentre", "000 000 0000".into()),
    ]);
    let consumer = Node::Object(vec![
        ("name", "JANE SMITH".into()),
        ("accountNo", account.into()),
        ("accountStatus", "".into()),
        ("cellNumber", "".into()),
    ]);
    let date = timestamp(call.now, modes.timestamps, Timestamps::Slashed);
    let receipt = Node::Object(vec![
        ("amount", Node::Int(10_000)),
        ("biller", biller),
        ("consumer", consumer),
        ("responseCode", Node::Int(0)),
        ("responseMessage", "Success".into()),
        ("accountNumber", account.into()),
        ("reference", Node::text(&reference)),
        ("transactionDate", Node::Text(date)),
        ("transactionId", Node::Int(serial)),
        ("metadata", Node::Object(Vec::new())),
    ]);
    Reply::ok(&Node::Object(vec![
        ("successful", Node::Bool(true)),
        ("message", Node::Null),
        ("validationReference", Node::Text(reference)),
        ("lookUpReceipt", receipt),
    ]))
}
