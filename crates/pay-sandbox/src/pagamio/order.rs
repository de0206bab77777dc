//! Reads and validates a purchase, in the provider's own codes.

use super::accounts::{ACCOUNTS, Account, Role};
use super::answers::{Refusal, bad_amount, bad_format, bad_phone, missing};
use super::book::Request;
use super::catalogue::{self, BILL_ACCOUNTS, Family, METERS, Product, Standing};
use super::state::Object;
use crate::money;

/// A purchase whose general fields are there and well formed.
pub(super) struct Draft {
    pub(super) reference: String,
    pub(super) fingerprint: String,
    product_code: String,
    channel_id: String,
    /// `None`: a number, but no amount.
    amount_cents: Option<i64>,
}

/// Reads the general fields, which the document's schema has already checked.
pub(super) fn draft(body: &Object) -> Result<Draft, Refusal> {
    let text = |name: &str| body.text(name).ok_or_else(|| bad_format(name));
    Ok(Draft {
        reference: text("merchantReference")?,
        fingerprint: fingerprint(body),
        product_code: text("productCode")?,
        channel_id: text("channelId")?,
        amount_cents: money::cents(body.raw("amount").unwrap_or_default()),
    })
}

/// Checks the product and everything that hangs on it.
pub(super) fn validate(draft: Draft, body: &Object, account: &Account) -> Result<Request, Refusal> {
    let product =
        catalogue::product(&draft.product_code).ok_or_else(|| Refusal::new("1000", "Product not supported"))?;
    if product.standing == Standing::Inactive {
        return Err(Refusal::new("1002", "Product inactive"));
    }
    if !product.is_open_to(list_owner(account)) {
        return Err(Refusal::new("1009", "Product not available for the account"));
    }
    if draft.channel_id != account.channel_id() {
        return Err(Refusal::new("1003", "Product not available on channel"));
    }
    let customer = customer(body, product)?;
    let amount_cents = draft
        .amount_cents
        .filter(|cents| (product.min_cents..=product.max_cents).contains(cents))
        .ok_or_else(bad_amount)?;
    Ok(Request {
        account: account.index,
        reference: draft.reference,
        product,
        amount_cents,
        customer,
        fingerprint: draft.fingerprint,
    })
}

/// Whose product list counts: a sub-merchant inherits its parent's.
pub(super) fn list_owner(account: &Account) -> usize {
    match (account.role(), account.parent) {
        (Role::SubMerchant, Some(parent)) => ACCOUNTS[parent].index,
        _ => account.index,
    }
}

/// The phone, meter or account that a product is for; empty for vouchers.
fn customer(body: &Object, product: &Product) -> Result<String, Refusal> {
    let text = |name: &str| {
        body.raw(name).ok_or_else(|| missing(name))?;
        body.text(name).ok_or_else(|| bad_format(name))
    };
    match product.family {
        Family::Airtime | Family::Data => {
            let number = text("mobileNumber")?;
            if !is_phone(&number) {
                return Err(bad_phone());
            }
            Ok(number)
        }
        Family::Electricity => {
            let meter = text("meterNumber")?;
            if !meter.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(bad_format("meterNumber"));
            }
            if !METERS.contains(&meter.as_str()) {
                return Err(Refusal::new("1104", "Invalid meter number"));
            }
            Ok(meter)
        }
        Family::Bill => {
            let account = text("accountNumber")?;
            if !BILL_ACCOUNTS.contains(&account.as_str()) {
                return Err(Refusal::new("1100", "Invalid account details"));
            }
            Ok(account)
        }
        Family::Voucher => Ok(String::new()),
    }
}

fn is_phone(number: &str) -> bool {
    number.strip_prefix("+27").is_some_and(|rest| rest.len() == 9 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What makes two purchases the same: every field, whatever their order; amounts by value (assumed).
fn fingerprint(body: &Object) -> String {
    let mut print = String::new();
    for (name, value) in body.iter().filter(|(name, _)| body.raw(name).is_some()) {
        let cents = (name == "amount").then(|| money::cents(value)).flatten();
        let value = cents.map_or_else(|| value.to_owned(), |cents| cents.to_string());
        // Lengths keep ("a", "bc") and ("ab", "c") apart.
        print += &format!("{}:{name}={}:{value};", name.len(), value.len());
    }
    print
}

#[cfg(test)]
mod tests {
    use super::super::answers::against_schema;
    use super::super::state;
    use super::*;

    const TEXTS: [&str; 4] = ["productCode", "paymentMethod", "channelId", "merchantReference"];
    const GOOD: &str = r#"{"productCode":"AIR-VOD-001","amount":10.00,"mobileNumber":"+27821234567",
        "paymentMethod":"cash","channelId":"F5YZP7","merchantReference":"r-1","additionalInfo":{}}"#;

    fn outcome(body: &str) -> Result<Request, String> {
        let body = Object::parse(body.as_bytes()).unwrap();
        let fits = state::check("purchase", &body).map_err(|violation| against_schema(&violation.flaw));
        let request = fits.and_then(|()| draft(&body)).and_then(|draft| validate(draft, &body, &ACCOUNTS[0]));
        request.map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_good_purchase_passes() {
        let request = outcome(GOOD).unwrap();
        assert_eq!((request.amount_cents, request.customer.as_str()), (1000, "+27821234567"));
    }

    #[test]
    fn every_mistake_has_its_code() {
        let airtime = |from: &str, to: &str| outcome(&GOOD.replace(from, to)).err().unwrap();
        for name in TEXTS {
            assert_eq!(airtime(&format!("\"{name}\""), "\"gone\""), "1001", "{name}");
        }
        assert_eq!(airtime("\"amount\"", "\"gone\""), "1001");
        assert_eq!(airtime("\"mobileNumber\"", "\"gone\""), "1001");
        assert_eq!(airtime("\"r-1\"", "\"\""), "1001");
        assert_eq!(airtime("\"cash\"", "null"), "1001");
        for name in ["r-1", "cash", "F5YZP7", "AIR-VOD-001"] {
            assert_eq!(airtime(&format!("\"{name}\""), "7"), "1008", "{name}");
        }
        assert_eq!(airtime("\"+27821234567\"", "27821234567"), "1005");
        assert_eq!(airtime("{}", "[]"), "1008");
        assert_eq!(airtime("{}", r#"{"a":["nested"]}"#), "1008");
        assert_eq!(airtime("\"additionalInfo\"", "\"accountNumber\""), "1008");
        let long = format!("10.{}1", "0".repeat(400));
        for amount in
            ["4.99", "1000.01", "10.001", "-10", "0", "1e30", "1e400", "\"10.00\"", "true", "{}", "[10]", &long]
        {
            assert_eq!(airtime("10.00", amount), "1004", "{amount}");
        }
        for number in ["0821234567", "27821234567", "+2782123456", "+27 82123456"] {
            assert_eq!(airtime("+27821234567", number), "1005", "{number}");
        }
        assert_eq!(airtime("AIR-VOD-001", "AIR-XXX-001"), "1000");
        assert_eq!(airtime("AIR-VOD-001", "DAT-MTN-037"), "1002");
        assert_eq!(airtime("AIR-VOD-001", "DAT-MTN-002"), "1009");
        assert_eq!(airtime("F5YZP7", "F5YZPX"), "1003");
        assert_eq!(airtime("AIR-VOD-001", "ELE-FLS-001"), "1001");
        let meter = |number: &str| {
            let body = GOOD.replace("AIR-VOD-001", "ELE-FLS-001");
            let body = body.replace("mobileNumber", "meterNumber");
            outcome(&body.replace("+27821234567", number)).map(|request| request.customer)
        };
        assert_eq!(meter("00001100000").unwrap(), "00001100000");
        assert_eq!(meter("00001100001").unwrap_err(), "1104");
        assert_eq!(meter("0000110000x").unwrap_err(), "1008");
    }

    #[test]
    fn the_same_order_in_other_words_is_the_same() {
        let print = |body: &str| fingerprint(&Object::parse(body.as_bytes()).unwrap());
        assert_eq!(print(r#"{"amount":10,"a":"b"}"#), print(r#"{"a":"b","amount":10.00,"c":null}"#));
        assert_ne!(print(r#"{"amount":10}"#), print(r#"{"amount":11}"#));
        assert_ne!(print(r#"{"a":"bc"}"#), print(r#"{"ab":"c"}"#));
    }
}
