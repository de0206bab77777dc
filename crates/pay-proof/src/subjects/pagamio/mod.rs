//! Pagamio: its operations, its own faults, and the modes of its sandbox.

mod shop;

use crate::Effect::{self, Changes, Charges, Reads, Resends, Settles};
use crate::faults::{self, Acts, Fault, Hits, How};
use crate::leaks::Plant;
use crate::proxy::Trick;
use crate::{Broken, Kept, Limits, Modes, Operation, Session, Subject};
use pay_sandbox::{Acting, Sandbox, StatusFault};
use shop::{Facts, Shop};
use std::sync::Arc;

const fn operation(name: &'static str, request: &'static str, path: &'static str, effect: Effect) -> Operation {
    Operation { name, request, path, effect, public: false }
}

const fn public(operation: Operation) -> Operation {
    Operation { public: true, ..operation }
}

const TOKEN: Operation = operation("check_credentials", "token", "/auth/token", Reads);
const PURCHASE: Operation = operation("purchase", "purchase", "/purchase", Charges);
const OPERATIONS: [Operation; 22] = [
    TOKEN,
    operation("lease", "token", "/auth/token", Reads),
    public(operation("forgot_password", "forgot_password", "/users/forgotpassword", Changes)),
    public(operation("reset_password", "reset_password", "/users/resetpassword", Changes)),
    operation("categories", "categories", "/products/categories", Reads),
    operation("category_fields", "category_fields", "/fields", Reads),
    operation("category_products", "category_products", "/products/category/1001", Reads),
    operation("products", "merchant_products", "/products", Reads),
    operation("sub_merchant_products", "sub_merchant_products", "/products", Reads),
    operation("lookups", "lookups", "/lookups/brands", Reads),
    operation("lookup_bill_payment", "lookup_bill_payment", "/lookup/bill-payment", Reads),
    operation("lookup_money_transfer", "lookup_money_transfer", "/lookup/money-transfer", Reads),
    operation("lookup_electricity", "lookup_electricity", "/lookup/electricity", Reads),
    operation("transactions", "transactions", "/transactions", Reads),
    operation("transaction_pages", "transactions", "/transactions", Reads),
    operation("raw", "categories", "/products/categories", Reads),
    PURCHASE,
    operation("buy_electricity", "purchase", "/purchase", Charges),
    operation("buy_voucher", "purchase", "/purchase", Charges),
    operation("buy_bill", "purchase", "/purchase", Charges),
    operation("resend", "purchase", "/purchase", Resends),
    operation("settle", "transactions", "/transactions", Settles),
];

/// What the pages of the documents disagree on or leave open, and what could move the books.
const MODES: [Modes; 8] = [
    ("as set up", &[]),
    (
        "access_token, no refresh token, no lifetime",
        &[("token_shape", "access_token"), ("refresh_token", "off"), ("expires_in", "absent")],
    ),
    (
        "nested answers, codes as numbers, rand",
        &[
            ("purchase_answer", "nested"),
            ("response_code", "number"),
            ("receipt_amount", "rand"),
            ("pending_answer", "code_0"),
        ],
    ),
    (
        "envelope B, refusals with 400",
        &[("error_envelope", "B"), ("failure_status", "400"), ("pending_answer", "status_object")],
    ),
    ("envelope C, a repeat answers as at first", &[("error_envelope", "C"), ("replay_answer", "first")]),
    ("envelope D, pages from 1", &[("error_envelope", "D"), ("page_base", "1"), ("timestamps", "slashed")]),
    ("records without references", &[("record_reference", "absent"), ("record_receipt", "present")]),
    ("filters ignored, texts as ids", &[("transaction_filter", "ignored"), ("ids", "strings")]),
];

/// Pagamio, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct Pagamio;

impl Subject for Pagamio {
    fn name(&self) -> &'static str {
        "pagamio"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        TOKEN
    }

    fn purchase(&self) -> Operation {
        PURCHASE
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("success without a code", r#"{"successful":true}"#),
            ("success with a code that refuses", r#"{"responseCode":"1103","successful":true}"#),
            ("a code that nobody documents", r#"{"responseCode":"9999","responseMessage":"?","successful":false}"#),
            ("failure without a code", r#"{"successful":false}"#),
            ("an object without anything", "{}"),
        ];
        let answer = |text: &str| How::Sandbox(StatusFault::new(200, Acting::After).body(text).into());
        let bodies = bodies.iter().map(|(name, text)| Fault::new(name, Hits::Money, Acts::Yes, answer(text)));
        let altered = |name, hits, member| Fault::new(name, hits, Acts::Yes, How::Proxy(Trick::Altered(member)));
        let settle = Hits::Only("settle");
        let altered = [
            // A purchase's answer does not say the caller's reference, and its amount may be in cents or rand.
            altered("another amount in the answer", Hits::Money, "amount").ends(&["completed"]),
            altered("another id in the answer", Hits::Money, "transactionId").ends(&["completed"]),
            // Somebody else's record must never end a purchase.
            altered("another reference in the record", settle, "merchantReference").ends(&["unknown"]),
            altered("another amount in the record", settle, "totalAmount").ends(&["completed"]),
        ];
        bodies.chain(altered).chain(faults::pending()).collect()
    }

    fn customer(&self, n: usize) -> String {
        format!("+2782{n:07}")
    }

    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        sandbox.set_modes("pagamio", &[("rate_limits", "off")])?;
        // Records with a reference and answers to it: a question can then be asked of every sale.
        let known = [("record_reference", "present"), ("transaction_filter", "honoured")];
        Ok(sandbox.set_modes("pagamio", &known)?)
    }

    fn modes(&self) -> &'static [Modes] {
        &MODES
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, &Kept::default(), Facts::of(sandbox))?))
    }

    fn plants(&self) -> Vec<Plant> {
        shop::plants()
    }

    fn marked(
        &self,
        sandbox: &Sandbox,
        origin: &str,
        limits: Limits,
        kept: &Kept,
        marker: &dyn Fn(&str) -> String,
    ) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, kept, Facts::marked(marker))?))
    }

    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let flat = format!(
            r#"{{"responseCode":"{text}","responseMessage":"{text}","transactionId":"{text}","successful":false}}"#
        );
        let refused = format!(r#"{{"responseCode":"1103","responseMessage":"{text}","transactionId":"{text}"}}"#);
        let done = format!(
            r#"{{"responseCode":"0","responseMessage":"{text}","transactionId":"{text}","successful":true,"status":"{text}"}}"#
        );
        let pending = format!(
            r#"{{"responseCode":"1","responseMessage":"{text}","transactionId":"{text}","status":"PENDING","successful":false}}"#
        );
        let nested = format!(r#"{{"success":false,"error":{{"code":"{text}","message":"{text}"}}}}"#);
        let spring = format!(
            r#"{{"timestamp":"{text}","status":"{text}","error":"{text}","errorCode":1100,"message":"{text}","path":"{text}"}}"#
        );
        let record = format!(
            r#"{{"content":[{{"id":"{text}","transactionId":"{text}","merchantReference":"{text}","productName":"{text}","status":{{"code":9,"label":"{text}"}}}}],"totalElements":1}}"#
        );
        vec![(200, flat), (200, refused), (200, done), (200, pending), (400, nested), (400, spring), (200, record)]
    }
}
