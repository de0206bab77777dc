//! Purchases of every family that end at once.

use crate::support::{NUMBER, amount};
use pagamio::{Client, Code, Error, Kind, Outcome, Purchase, Purchased, Receipt};

/// Buys and expects the receipt.
pub async fn complete(client: &Client, purchase: Purchase) -> Receipt {
    let reference = purchase.merchant_reference().unwrap().to_owned();
    match client.purchase(purchase).send().await.unwrap() {
        Purchased::Completed(receipt) => {
            assert_eq!(receipt.reference(), reference);
            assert!(receipt.transaction_id().is_some());
            receipt
        }
        Purchased::Pending(pending) => panic!("still {pending:?}"),
    }
}

/// Buys and expects a final no with this code.
pub async fn refused(client: &Client, purchase: Purchase, code: Code) -> Error {
    let reference = purchase.merchant_reference().unwrap().to_owned();
    let error = client.purchase(purchase).send().await.unwrap_err();
    assert_eq!(error.outcome(), Outcome::Refused, "{error}");
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    assert_eq!(Code::of(&error), Some(code), "{error}");
    assert_eq!(error.reference(), Some(reference.as_str()));
    error
}

pub fn airtime(reference: &str) -> Purchase {
    Purchase::airtime("AIR-VOD-001", amount("10.00"), NUMBER).reference(reference)
}

pub fn electricity(meter: &str, reference: &str) -> Purchase {
    Purchase::electricity("ELE-FLS-001", amount("200.00"), meter).reference(reference)
}

pub fn bill(account: &str, reference: &str) -> Purchase {
    Purchase::bill("BIL-DST-001", amount("150.00"), account).reference(reference)
}

pub fn voucher(reference: &str) -> Purchase {
    Purchase::new("VCH-STM-001", amount("100.00")).reference(reference)
}

/// The token digits of an electricity receipt, which are worth money: all of them, and none in any output.
pub fn tokens(receipt: &Receipt) -> Vec<(String, Option<String>, Option<bool>)> {
    use pagamio::ExposeSecret;
    let tokens = receipt.electricity_tokens();
    let printed = format!("{receipt:?}{tokens:?}");
    let shown = tokens.iter().map(|token| {
        let digits = token.token.expose_secret().to_owned();
        assert_eq!(digits.len(), 20);
        assert!(!printed.contains(&digits), "a token was printed");
        (digits, token.unit.clone(), token.free)
    });
    shown.collect()
}
