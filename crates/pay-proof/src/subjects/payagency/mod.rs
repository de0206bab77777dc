//! Pay Agency: its operations, its own faults, and the modes of its sandbox.

mod facts;
mod pages;
mod shop;

use crate::Effect::{self, Changes, Charges, Reads, Settles};
use crate::faults::{self, Acts, Fault, Hits, How};
use crate::leaks::Plant;
use crate::{Broken, Done, Kept, Limits, Lost, Modes, Operation, Run, Said, Session, Subject};
use facts::Facts;
use pay_core::seal::SealKey;
use pay_sandbox::payagency::{Environment, PaymentRecord, Status};
use pay_sandbox::{Acting, Sandbox, StatusFault};
use shop::Shop;
use std::sync::Arc;

/// There are no tokens: the key goes with every request.
const fn operation(name: &'static str, request: &'static str, path: &'static str, effect: Effect) -> Operation {
    Operation { name, request, path, effect, public: true }
}

const CHECK: Operation = operation("check_credentials", "transactions", "-transactions", Reads);
const CARD: Operation = operation("card", "card", "/card", Charges);
/// What ends in an id is the only request of its session.
const ANY: &str = "";

const OPERATIONS: [Operation; 21] = [
    CHECK,
    CARD,
    operation("hosted_card", "hosted_card", "/hosted/card", Charges),
    operation("apm", "apm", "/apm", Charges),
    operation("status", "status", ANY, Reads),
    operation("settle", "status", ANY, Settles),
    operation("refund", "refund", "/refund", Charges),
    operation("payout", "payout", "/payout", Charges),
    operation("payout_status", "payout_status", ANY, Reads),
    operation("settle_payout", "payout_status", ANY, Settles),
    operation("estimate_payout", "estimate_payout", "/estimate-payout", Reads),
    operation("wallets", "wallets", "/wallet", Reads),
    operation("transactions", "transactions", "-transactions", Reads),
    operation("wallet_transactions", "wallet_transactions", "-wallet-transactions", Reads),
    operation("payment_link", "payment_link", "/payment-link", Changes),
    operation("payment_templates", "payment_templates", "/payment-templates", Reads),
    operation("crypto_ramp", "crypto_ramp", "/crypto", Charges),
    operation("crypto_payin", "crypto_payin", "/crypto/payin", Charges),
    operation("crypto_currencies", "crypto_currencies", "/crypto/currencies", Reads),
    operation("crypto_payment_link", "crypto_payment_link", "/crypto/payment-link", Changes),
    operation("raw", "wallets", "/wallet", Reads),
];

/// What sources contradict each other on or leave open, and what could move the books.
const MODES: [Modes; 5] = [
    ("as set up", &[]),
    ("a repeated order id answers the first payment", &[("duplicate_order", "first"), ("reply_amounts", "numbers")]),
    ("a repeated order id makes a second payment", &[("duplicate_order", "accepted"), ("status_case", "lower")]),
    ("every error is 400", &[("error_status", "400"), ("field_errors", "absent")]),
    ("every error is 200", &[("error_status", "200"), ("reply_amounts", "strings")]),
];

/// Pay Agency, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct PayAgency;

impl Subject for PayAgency {
    fn name(&self) -> &'static str {
        "payagency"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        CHECK
    }

    fn purchase(&self) -> Operation {
        CARD
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("a used order id, 409", 409, r#"{"message":"Order id was used before"}"#),
            (
                "a used order id, by its name",
                400,
                r#"{"message":"m","errors":[{"field":"order_id","message":"used"}]}"#,
            ),
            ("a success without data", 200, r#"{"status":"SUCCESS","message":"Transaction processed successfully!."}"#),
            ("a success beside an error", 500, r#"{"status":"SUCCESS","data":{"order_id":"proof-1"}}"#),
            ("another order's answer", 200, r#"{"status":"SUCCESS","data":{"order_id":"somebody-else"}}"#),
            ("an object without anything", 200, "{}"),
        ];
        let creations = ["card", "hosted_card", "apm", "payout", "crypto_payin"];
        let answer = |code, text: &str| How::Sandbox(StatusFault::new(code, Acting::After).body(text).into());
        let bodies = creations.into_iter().flat_map(|creation| {
            bodies.map(|(name, code, text)| {
                let fault = Fault::new(name, Hits::Only(creation), Acts::Yes, answer(code, text));
                fault.ends(&["unknown"])
            })
        });
        // What is answered must be what was asked for.
        let altered = [
            ("another order in the answer", "card", "order_id"),
            ("another order in the answer", "payout", "order_id"),
            ("another transaction in the answer", "refund", "transaction_id"),
            ("another order in the record", "settle", "order_id"),
            ("another order in the record", "settle_payout", "order_id"),
        ];
        bodies.chain(faults::altered(altered)).collect()
    }

    fn customer(&self, n: usize) -> String {
        format!("customer-{n}@example.com")
    }

    fn modes(&self) -> &'static [Modes] {
        &MODES
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, &Kept::default(), Facts::of(sandbox))?))
    }

    /// What is asked for or refunded was paid before, by a card that is paid at once.
    fn before<'a>(
        &'a self,
        _: &'a Sandbox,
        session: Arc<dyn Session>,
        operation: &'a Operation,
        reference: &'a str,
    ) -> Run<'a, Result<(), Broken>> {
        let first = match operation.name {
            "status" | "settle" | "refund" | "transactions" => "card",
            "payout_status" | "settle_payout" | "wallet_transactions" => "payout",
            _ => return Box::pin(async { Ok(()) }),
        };
        Box::pin(async move {
            match session.run(first, reference, &|_| {}).await? {
                Said::Completed => Ok(()),
                other => Err(format!("an undisturbed {first} ended {other:?}").into()),
            }
        })
    }

    fn done(&self, sandbox: &Sandbox, operation: &Operation, reference: &str) -> Done {
        let payagency = sandbox.payagency();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let mut payments = payagency.payments();
        payments.retain(|payment| payment.order_id.as_deref() == Some(reference));
        match operation.name {
            "payout" => {
                let mut payouts = payagency.payouts();
                payouts.retain(|payout| payout.order_id.as_deref() == Some(reference));
                let finally = payouts.iter().all(|payout| payout.paid_out == 1);
                Done { times: count(payouts.len()), finally }
            }
            "refund" => {
                let refunded = |payment: &&PaymentRecord| payment.refund_date.is_some();
                Done { times: count(payments.iter().filter(refunded).count()), finally: true }
            }
            "card" => {
                let finally = payments.iter().all(|payment| payment.status == Status::Success && payment.charges == 1);
                Done { times: count(payments.len()), finally }
            }
            // Opened: the payer has not been on the page yet.
            _ => Done { times: count(payments.len()), finally: true },
        }
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
        let facts = Facts::marked(marker);
        let (secret, encryption) = facts.keys();
        sandbox.payagency().set_keys(Environment::Test, Some(secret), Some(encryption))?;
        Ok(Arc::new(Shop::new(sandbox, origin, limits, kept, facts)?))
    }

    fn opened(&self, body: &[u8], marker: &dyn Fn(&str) -> String) -> Option<Vec<u8>> {
        let envelope: serde_json::Value = serde_json::from_slice(body).ok()?;
        let key = SealKey::new(&marker(facts::ENCRYPTION_KEY).into()).ok()?;
        let opened = key.open(envelope.get("payload")?.as_str()?).ok()?;
        Some(opened.expose().to_vec())
    }

    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        marker: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        Box::pin(pages::visit(sandbox, marker))
    }

    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let refused = format!(r#"{{"message":"{text}","errors":[{{"field":"{text}","message":"{text}"}}]}}"#);
        let told = |status: &str| {
            format!(
                r#"{{"status":"{status}","message":"{text}","redirect_url":"https://pay.example/{text}","data":{{"amount":"1","currency":"{text}","order_id":"injection-card","transaction_id":"{text}","customer":{{"first_name":"{text}","email":"{text}"}},"crypto_payment_status":"{text}"}}}}"#
            )
        };
        let link = format!(r#"{{"message":"{text}","data":"https://pay.example/{text}"}}"#);
        let list = format!(
            r#"{{"message":"{text}","data":[{{"transaction_id":"{text}","status":"{text}","message":"{text}","wallet_id":"{text}","template_name":"{text}","currency":"{text}","name":"{text}"}}],"meta":{{"nextCursor":"{text}"}}}}"#
        );
        vec![
            (400, refused.clone()),
            (401, refused.clone()),
            (404, refused.clone()),
            (500, refused),
            (200, told(text)),
            (400, told("FAILED")),
            (200, link),
            (200, list),
        ]
    }
}
