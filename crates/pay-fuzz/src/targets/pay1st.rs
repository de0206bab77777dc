//! Pay1st's replies: whatever comes, an answer or an error that fits on a line, and no success that is none.

use crate::worlds::{pay1st, run};
use pay_core::script::{Play, Script};
use pay1st::{
    Customer, Error, FulfilledProduct, Fulfilment, FulfilmentStatus, Item, Money, NewPayment, NewRefund, Outcome,
    RefundOf, Settled, Sought,
};
use std::fmt::Debug;

const TOKEN: &str = r#"{"role":"API_USER","accessToken":"access-1=","refreshToken":"refresh-1="}"#;
const STATUSES: [u16; 14] = [200, 200, 201, 201, 201, 204, 302, 400, 401, 403, 404, 405, 429, 500];
const REFERENCE: &str = "C-113976984708914-P";

fn status(byte: u8) -> u16 {
    STATUSES[usize::from(byte) % STATUSES.len()]
}

fn printed<T: Debug>(result: &Result<T, Error>) {
    match result {
        Ok(value) => {
            let shown = format!("{value:?}");
            assert!(!shown.contains("access-1"), "a token is shown");
        }
        Err(error) => {
            let line = format!("{error}");
            assert!(!line.chars().any(char::is_control), "a log line can be forged: {line:?}");
            drop(format!("{error:?} {error:#}"));
        }
    }
}

fn order() -> NewPayment {
    let price = || Money { amount: "100".parse().expect("an amount"), currency: "NGN".into() };
    let item = Item { title: "10 Credits".into(), sku: "12345".into(), price: price(), quantity: 1 };
    NewPayment::new("order-1", price(), Customer { id: "1".into(), country: "NG".into() }, item)
}

/// The first byte chooses the operation, the second the status; the rest is the body.
pub(super) fn reply(data: &[u8]) {
    let [operation, code, body @ ..] = data else { return };
    let (code, body) = (status(*code), body.to_vec());
    let script = Script::new(move |sent| {
        if sent.path.contains("/auth/") { Play::answer(200, TOKEN) } else { Play::answer(code, body.clone()) }
    });
    let client = pay1st(&script);
    let success = |done: bool| assert!(!done || code < 300, "a {code} is no success");
    run(async {
        match operation % 6 {
            0 => {
                let methods = client.payment_methods("NG").send().await;
                printed(&methods);
                success(methods.is_ok());
                methods.iter().flatten().for_each(|method| drop(format!("{:?}", method.required_parameters())));
            }
            1 => {
                let created = client.create_payment(order()).send().await;
                printed(&created);
                success(created.is_ok());
                if let Ok(created) = created {
                    assert_eq!(
                        (created.partner_reference(), created.payment().currency_code.as_str()),
                        ("order-1", "NGN")
                    );
                    assert_eq!(created.payment().amount, order().amount());
                    let url = created.checkout_link().expose_url();
                    assert!(url.is_ascii() && url.ends_with("accessToken=access-1%3D") && !url.contains('+'), "{url}");
                }
            }
            2 => {
                let found = client.payment(REFERENCE).send().await;
                printed(&found);
                success(found.is_ok());
                assert!(found.as_ref().map_or(true, |payment| payment.reference == REFERENCE));
                assert!(!matches!(found, Err(error) if error.outcome() == Outcome::Unknown), "a read has no effect");
            }
            3 => {
                let product = FulfilledProduct::new("12345", FulfilmentStatus::Fulfilled, 1);
                let told = client.report_fulfilment(Fulfilment::new(REFERENCE, product)).send().await;
                printed(&told);
                success(told.is_ok());
            }
            4 => {
                let of =
                    RefundOf { transaction_reference: "C-1-T".into(), partner_refund_reference: "refund-1".into() };
                let refunded = client.refund(NewRefund::full(of)).send().await;
                printed(&refunded);
                success(refunded.is_ok());
            }
            _ => {
                let settled = client.settle(Sought::reference(REFERENCE)).await;
                success(!matches!(settled, Settled::StillUnknown(_)));
                drop(format!("{settled:?}"));
            }
        }
    });
    let calls = script.seen().iter().filter(|sent| !sent.path.contains("/auth/")).count();
    let tries = if (operation % 6) == 5 { 200 } else { 5 };
    assert!(calls <= tries, "{calls} requests for one call");
}

/// The first byte chooses the status; the rest is the body.
pub(super) fn token(data: &[u8]) {
    let [code, body @ ..] = data else { return };
    let (code, body) = (status(*code), body.to_vec());
    let script = Script::new(move |_| Play::answer(code, body.clone()));
    let client = pay1st(&script);
    run(async {
        let leased = client.lease().await;
        printed(&leased);
        assert!(leased.is_err() || code < 300, "a {code} gives no token");
    });
    assert!(script.seen().len() <= 5, "{} log-ins for one call", script.seen().len());
}
