//! PagFast: its operations, its own faults, and the modes of its sandbox.

mod events;
mod facts;
mod pages;
mod shop;

use crate::Effect::{self, Changes, Charges, Reads, Settles};
use crate::faults::{self, Acts, Fault, Hits, How};
use crate::leaks::Plant;
use crate::{Broken, Done, Eye, Kept, Limits, Lost, Modes, Operation, Run, Said, Session, Subject};
use facts::Facts;
use pay_sandbox::{Acting, Sandbox, StatusFault};
use shop::Shop;
use std::sync::Arc;

const fn operation(name: &'static str, request: &'static str, path: &'static str, effect: Effect) -> Operation {
    Operation { name, request, path, effect, public: false }
}

const TOKEN: Operation = operation("check_credentials", "login", "/login", Reads);
const CASH_IN: Operation = operation("pix_cash_in", "pix_cash_in", "/pix/cashin", Charges);
const CASH_OUT: Operation = operation("pix_cash_out", "pix_cash_out", "/pix/cashout", Charges);
const OPEN_FINANCE: Operation =
    operation("open_finance_cash_in", "open_finance_cash_in", "/accounts/payment-initiation", Charges);
const LIST: &str = "/accounts/transactions/pix";
/// What ends in an id is the only request of its session, but for the log-in before.
const ANY: &str = "";

const OPERATIONS: [Operation; 15] = [
    TOKEN,
    operation("lease", "login", "/login", Reads),
    CASH_IN,
    CASH_OUT,
    OPEN_FINANCE,
    operation("transaction", "transaction", ANY, Reads),
    operation("transactions", "transactions", LIST, Reads),
    operation("find_by_order_id", "transactions", LIST, Reads),
    operation("settle", "transactions", LIST, Settles),
    operation("settle_id", "transaction", ANY, Settles),
    operation("confirm", "transaction", ANY, Reads),
    operation("simulate_pix", "simulate_pix", ANY, Changes),
    operation("simulate_open_finance", "simulate_open_finance", ANY, Changes),
    operation("receivers", "receivers", "/receivers", Reads),
    operation("raw", "receivers", "/receivers", Reads),
];

/// What the documents leave open or contradict, and what could move the books.
const MODES: [Modes; 5] = [
    ("as set up", &[]),
    ("a used order id is refused", &[("duplicate_order_id", "refuse"), ("creation_answer", "transaction_id")]),
    (
        "a used order id answers the first transaction",
        &[("duplicate_order_id", "first"), ("creation_status", "200"), ("amounts", "numbers")],
    ),
    ("creations answer no id", &[("creation_answer", "no_id"), ("list_items", "v2_0_2")]),
    ("every error is 200", &[("error_status", "200"), ("error_details", "list"), ("amounts", "two_decimals")]),
];

/// PagFast, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct PagFast;

impl Subject for PagFast {
    fn name(&self) -> &'static str {
        "pagfast"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        TOKEN
    }

    /// A withdrawal: what goes out twice is gone.
    fn purchase(&self) -> Operation {
        CASH_OUT
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("a success that says Error", 200, r#"{"statusCode":"Error","error":{"name":"?","message":"m"}}"#),
            ("a used order id, 409", 409, r#"{"statusCode":"Error","error":{"name":"ConflictError","message":"m"}}"#),
            (
                "a used order id, by its path",
                400,
                r#"{"statusCode":"Error","error":{"name":"?","message":"m","details":{"path":"/transaction/orderId"}}}"#,
            ),
            ("a success without an id", 201, r#"{"statusCode":"Done","data":{"transaction":{"state":"Created"}}}"#),
            (
                "another order's answer",
                201,
                r#"{"statusCode":"Done","data":{"transaction":{"id":"x","orderId":"somebody-else"}}}"#,
            ),
            ("an object without anything", 201, "{}"),
        ];
        let answer = |code, text: &str| How::Sandbox(StatusFault::new(code, Acting::After).body(text).into());
        let bodies = [CASH_IN, CASH_OUT, OPEN_FINANCE].into_iter().flat_map(|creation| {
            bodies.map(|(name, code, text)| {
                let fault = Fault::new(name, Hits::Only(creation.name), Acts::Yes, answer(code, text));
                fault.ends(&["unknown"])
            })
        });
        // What is answered must be what was asked for.
        let altered = [
            ("another order in the answer", "pix_cash_in", "orderId"),
            ("another amount in the answer", "pix_cash_in", "amount"),
            ("another order in the answer", "pix_cash_out", "orderId"),
            ("another amount in the answer", "pix_cash_out", "amount"),
            ("another order in the record", "settle", "orderId"),
            ("another amount in the record", "settle", "amount"),
            ("another id in the record", "settle_id", "id"),
            ("another order in the record", "settle_id", "orderId"),
        ];
        bodies.chain(faults::altered(altered)).collect()
    }

    /// The CPF of whoever is paid.
    fn customer(&self, n: usize) -> String {
        format!("{n:011}")
    }

    fn modes(&self) -> &'static [Modes] {
        &MODES
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, &Kept::default(), Facts::of(sandbox))?))
    }

    /// What is asked for was made before; what is settled was paid too.
    fn before<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        session: Arc<dyn Session>,
        operation: &'a Operation,
        reference: &'a str,
    ) -> Run<'a, Result<(), Broken>> {
        let first = match operation.name {
            "settle" | "settle_id" => CASH_OUT,
            "simulate_open_finance" => OPEN_FINANCE,
            "transaction" | "transactions" | "find_by_order_id" | "confirm" | "simulate_pix" => CASH_IN,
            _ => return Box::pin(async { Ok(()) }),
        };
        Box::pin(async move {
            match session.run(first.name, reference, &|_| {}).await? {
                Said::Completed | Said::Pending => {}
                other => return Err(format!("an undisturbed {} ended {other:?}", first.name).into()),
            }
            if operation.effect == Effect::Settles {
                let pagfast = sandbox.pagfast();
                let made = pagfast.transactions().into_iter().find(|it| it.order_id.as_deref() == Some(reference));
                pagfast.complete(&made.ok_or("the withdrawal is not in the books")?.id)?;
            }
            Ok(())
        })
    }

    fn done(&self, sandbox: &Sandbox, operation: &Operation, reference: &str) -> Done {
        let mut made = sandbox.pagfast().transactions();
        made.retain(|transaction| transaction.order_id.as_deref() == Some(reference));
        let paid = made.iter().all(|transaction| transaction.charges == 1);
        let times = u32::try_from(made.len()).unwrap_or(u32::MAX);
        // Deposits are opened: their payers have not been asked yet.
        Done { times, finally: operation.name != CASH_OUT.name || paid }
    }

    fn lost(&self) -> Lost {
        Lost::LookedUp
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
        let pagfast = sandbox.pagfast();
        pagfast.set_webhook_key(pagfast.account(), marker(facts::WEBHOOK_KEY))?;
        // Markers stand in members of JSON.
        pagfast.set_mode("login_answer", "access_token")?;
        Ok(Arc::new(Shop::new(sandbox, origin, limits, kept, Facts::marked(marker))?))
    }

    fn events(&self, marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
        events::show(marker, eye)
    }

    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        _: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        Box::pin(pages::visit(sandbox))
    }

    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let refused = format!(
            r#"{{"statusCode":"Error","error":{{"name":"{text}","message":"{text}","details":[{{"reason":"{text}","externalReason":"{text}","message":"{text}","path":"{text}","code":"{text}","info":{{"missingProperty":"{text}","allowedValues":["{text}"]}}}}]}}}}"#
        );
        let transaction = |order: &str| {
            format!(
                r#"{{"transaction":{{"id":"{text}","orderId":"{order}","date":"{text}","state":"{text}","type":"{text}","amount":"1"}},"payment":{{"qrCode":"{text}"}}}}"#
            )
        };
        let created = format!(r#"{{"statusCode":"{text}","data":{}}}"#, transaction("injection-pix_cash_in"));
        let list = format!(
            r#"{{"statusCode":"Done","data":{{"limit":1,"offset":0,"total":1,"items":[{}]}}}}"#,
            transaction("injection-transactions")
        );
        let simulated =
            format!(r#"{{"statusCode":"Done","data":{{"transactionId":"{text}","transactionState":"{text}"}}}}"#);
        let opened =
            format!(r#"{{"statusCode":"Done","data":{{"transactionId":"{text}","checkoutUrl":"https://{text}"}}}}"#);
        vec![
            (400, refused.clone()),
            (401, refused.clone()),
            (404, refused.clone()),
            (500, refused),
            (201, created),
            (200, list),
            (200, simulated),
            (201, opened),
        ]
    }
}
