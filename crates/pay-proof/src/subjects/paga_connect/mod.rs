//! Paga Connect: its operations, its own faults, and the modes of its sandbox.

mod facts;
mod pages;
mod shop;

use crate::Effect::{self, Changes, Charges, Reads};
use crate::faults::{self, Acts, Fault, Hits, How};
use crate::leaks::Plant;
use crate::{Broken, Done, Kept, Limits, Lost, Modes, Operation, Run, Session, Subject};
use facts::Facts;
use pay_sandbox::{Acting, Ledger, Sandbox, StatusFault};
use shop::Shop;
use std::sync::Arc;
use std::time::Duration;

const fn operation(name: &'static str, request: &'static str, path: &'static str, effect: Effect) -> Operation {
    Operation { name, request, path, effect, public: false }
}

const TOKEN: Operation = operation("check_credentials", "token", "/oauth2/token", Reads);
/// What ends in values is the only request of its session, but for the token call before.
const ANY: &str = "";
const PAY: Operation = operation("merchant_payment", "merchant_payment", ANY, Charges);
const FORM: Operation = operation("merchant_payment_form", "merchant_payment_form", "/secure/merchantPayment", Charges);
const GIVE: Operation = operation("money_transfer", "money_transfer", "/moneyTransfer/v2", Charges);

const OPERATIONS: [Operation; 8] = [
    TOKEN,
    operation("exchange", "token", "/oauth2/token", Reads),
    PAY,
    FORM,
    GIVE,
    operation("user_details", "user_details", "/getUserDetails", Reads),
    operation("one_time_token", "one_time_token", ANY, Changes),
    operation("raw", "user_details", "/getUserDetails", Reads),
];

/// Nearly all of the server is unknown: what could move the books, and what refreshes and results may look like.
const MODES: [Modes; 5] = [
    ("as set up", &[]),
    ("a used reference gets the first answer again", &[("duplicate_reference", "replayed"), ("no_error", "absent")]),
    ("flat results, errors with 400", &[("result", "flat"), ("failure_status", "400"), ("no_error", "empty_text")]),
    ("wrapped results, a rotated refresh token", &[("result", "wrapped"), ("refresh_token", "rotated")]),
    ("no refresh, lifetimes as text", &[("refresh_token", "unsupported"), ("expires_in", "text")]),
];

/// Paga Connect, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct PagaConnect;

impl Subject for PagaConnect {
    fn name(&self) -> &'static str {
        "paga-connect"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        TOKEN
    }

    fn purchase(&self) -> Operation {
        PAY
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("an object without anything", "{}"),
            ("a result that is null", r#"{"merchantPaymentResult":null,"moneyTransferResult":null}"#),
            ("another operation's result", r#"{"detailsResult":{"errorCode":null,"details":{}}}"#),
        ];
        let answer = |text: &str| How::Sandbox(StatusFault::new(200, Acting::After).body(text).into());
        let bodies = [PAY, FORM, GIVE].into_iter().flat_map(|operation| {
            bodies.map(|(name, text)| {
                let fault = Fault::new(name, Hits::Only(operation.name), Acts::Yes, answer(text));
                fault.ends(&["unknown"])
            })
        });
        // What is answered must be what was asked for.
        let altered = [
            ("another amount in the answer", "merchant_payment", "amount"),
            ("another currency in the answer", "merchant_payment", "currency"),
            ("another amount in the answer", "money_transfer", "amount"),
            ("another reference in the answer", "money_transfer", "externalReferenceNumber"),
        ];
        bodies.chain(faults::altered(altered)).collect()
    }

    /// All payments are of one wallet, so they are told apart by their references.
    fn customer(&self, n: usize) -> String {
        format!("customer-{n}")
    }

    fn moved(&self, ledger: &Ledger, _: &str, reference: &str) -> u32 {
        ledger.sales().filter(|sale| sale.reference.starts_with(reference)).map(|sale| sale.charges).sum()
    }

    fn set_up(&self, sandbox: &Sandbox) -> Result<(), Broken> {
        let (minutes, paga) = (|minutes: u64| Duration::from_secs(60 * minutes), sandbox.paga_connect());
        paga.set_mode("consent_without_browser", "on")?;
        // So that a token that expires early does.
        paga.set_lives(minutes(5), minutes(50), minutes(24 * 60));
        Ok(())
    }

    fn modes(&self) -> &'static [Modes] {
        &MODES
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, &Kept::default(), Facts::of(sandbox))?))
    }

    /// Nothing: there is nothing to look up.
    fn before<'a>(
        &'a self,
        _: &'a Sandbox,
        _: Arc<dyn Session>,
        _: &'a Operation,
        _: &'a str,
    ) -> Run<'a, Result<(), Broken>> {
        Box::pin(async { Ok(()) })
    }

    fn done(&self, sandbox: &Sandbox, operation: &Operation, reference: &str) -> Done {
        let ledger = sandbox.ledger();
        let transfer = operation.name == GIVE.name;
        let times = if transfer { ledger.paid_out(reference) } else { ledger.charges(reference) };
        Done { times, finally: true }
    }

    fn lost(&self) -> Lost {
        Lost::Unknown
    }

    fn plants(&self) -> Vec<Plant> {
        facts::plants()
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

    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        _: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        Box::pin(pages::visit(sandbox))
    }

    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let oauth = format!(r#"{{"error":"{text}","error_description":"{text}"}}"#);
        let result = |name: &str, error: &str| {
            format!(
                r#"{{"{name}":{{"errorCode":{error},"errorMessage":"{text}","transactionId":"{text}","confirmationCode":"{text}","currency":"{text}","details":{{"accountStatus":"{text}","firstName":"{text}","publicId":"{text}","{text}":"{text}"}}}}}}"#
            )
        };
        let quoted = format!("\"{text}\"");
        vec![
            (400, oauth.clone()),
            (401, oauth.clone()),
            (403, oauth.clone()),
            (500, oauth),
            (200, result("merchantPaymentResult", &quoted)),
            (200, result("merchantPaymentResult", "null")),
            (200, result("moneyTransferResult", "null")),
            (200, result("detailsResult", "null")),
            (400, result("detailsResult", &quoted)),
        ]
    }
}
