//! Pay1st: its operations, its own faults, and the modes of its sandbox.

mod events;
mod pages;
mod shop;

use crate::Effect::{self, Charges, Reads, Settles};
use crate::faults::{self, Acts, Fault, Hits, How};
use crate::leaks::Plant;
use crate::{Broken, Done, Eye, Kept, Limits, Lost, Modes, Operation, Run, Said, Session, Subject};
use pay_sandbox::{Acting, SaleState, Sandbox, StatusFault};
use shop::{Facts, Shop};
use std::sync::Arc;

const fn operation(name: &'static str, request: &'static str, path: &'static str, effect: Effect) -> Operation {
    Operation { name, request, path, effect, public: false }
}

const TOKEN: Operation = operation("check_credentials", "token", "/auth/token", Reads);
const CREATE: Operation = operation("create_payment", "create_payment", "/payments/create", Charges);
const OPERATIONS: [Operation; 9] = [
    TOKEN,
    operation("lease", "token", "/auth/token", Reads),
    operation("payment_methods", "payment_methods", "/payments/methods", Reads),
    operation("raw", "payment_methods", "/payments/methods", Reads),
    CREATE,
    operation("payment", "payment", "/pay1st/payments", Reads),
    operation("settle", "payment", "/pay1st/payments", Settles),
    operation("report_fulfilment", "report_fulfilment", "/payments/fulfilments", Charges),
    operation("refund", "refund", "/refunds/create", Charges),
];

/// What the pages of the documents disagree on or leave open, and what could move the books.
const MODES: [Modes; 6] = [
    ("as set up", &[]),
    (
        "flat methods, no session ids, zoneless dates",
        &[("methods_shape", "flat"), ("session_id", "absent"), ("refund_dates", "zoneless")],
    ),
    ("a repeated reference answers the first payment", &[("duplicate_reference", "first_payment")]),
    ("a repeated reference makes a second payment", &[("duplicate_reference", "second_payment")]),
    (
        "timestamps beside the token, a refresh ends older tokens",
        &[("timestamp_rule", "access_token"), ("old_access_tokens", "dead"), ("old_refresh_token", "valid")],
    ),
    (
        "events of new payments and refunds, references of transactions",
        &[("new_event", "on"), ("refund_event", "on"), ("transaction_reference", "present")],
    ),
];

/// Pay1st, as its public API shows it.
#[derive(Debug, Clone, Copy)]
pub struct Pay1st;

impl Subject for Pay1st {
    fn name(&self) -> &'static str {
        "pay1st"
    }

    fn operations(&self) -> &'static [Operation] {
        &OPERATIONS
    }

    fn token(&self) -> Operation {
        TOKEN
    }

    fn purchase(&self) -> Operation {
        CREATE
    }

    fn own_faults(&self) -> Vec<Fault> {
        let bodies = [
            ("success with an error's body", 201, r#"{"errorMessage":"?","errorCode":"0800","sessionId":"s"}"#),
            ("another payment's answer", 201, shop::ANOTHER),
            ("a status that nobody documents", 299, "{}"),
            ("an object without anything", 201, "{}"),
        ];
        let create = Hits::Only("create_payment");
        let answer = |code, text: &str| How::Sandbox(StatusFault::new(code, Acting::After).body(text).into());
        let body = |(name, code, text)| Fault::new(name, create, Acts::Yes, answer(code, text)).ends(&["unknown"]);
        let bodies = bodies.into_iter().map(body);
        // What is answered must be what was asked for: all of it is said in the answer.
        let altered = [
            ("another reference in the answer", "create_payment", "partnerReference"),
            ("another amount in the answer", "create_payment", "amount"),
            ("another currency in the answer", "create_payment", "currencyCode"),
            ("another refund in the answer", "refund", "partnerRefundReference"),
            ("another transaction in the answer", "refund", "transactionReference"),
            ("another amount refunded", "refund", "amount"),
            ("another reference in the record", "settle", "reference"),
            ("another order in the record", "settle", "partnerReference"),
            ("another amount in the record", "settle", "amount"),
        ];
        bodies.chain(faults::altered(altered)).collect()
    }

    fn customer(&self, n: usize) -> String {
        format!("customer-{n}")
    }

    fn modes(&self) -> &'static [Modes] {
        &MODES
    }

    fn session(&self, sandbox: &Sandbox, origin: &str, limits: Limits) -> Result<Arc<dyn Session>, Broken> {
        Ok(Arc::new(Shop::new(sandbox, origin, limits, &Kept::default(), Facts::of(sandbox))?))
    }

    /// What is asked for, reported or refunded was created and paid before.
    fn before<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        session: Arc<dyn Session>,
        operation: &'a Operation,
        reference: &'a str,
    ) -> Run<'a, Result<(), Broken>> {
        Box::pin(async move {
            if !["payment", "settle", "report_fulfilment", "refund"].contains(&operation.name) {
                return Ok(());
            }
            match session.run(CREATE.name, reference, &|_| {}).await? {
                Said::Completed => {}
                other => return Err(format!("an undisturbed payment ended {other:?}").into()),
            }
            let payments = sandbox.pay1st().payments();
            let made = payments.iter().find(|payment| payment.partner_reference == reference);
            let made = made.ok_or("the payment is not in the books")?;
            sandbox.pay1st().pay(&made.reference)?;
            Ok(())
        })
    }

    fn done(&self, sandbox: &Sandbox, operation: &Operation, reference: &str) -> Done {
        let pay1st = sandbox.pay1st();
        let mut payments = pay1st.payments();
        payments.retain(|payment| payment.partner_reference == reference);
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match operation.name {
            "report_fulfilment" => {
                Done { times: payments.iter().map(|payment| payment.fulfilments).sum(), finally: true }
            }
            "refund" => {
                let ledger = sandbox.ledger();
                let refunds =
                    ledger.providers.get(self.name()).map(|books| books.refunds.as_slice()).unwrap_or_default();
                let finally = refunds.iter().all(|refund| refund.state == SaleState::Completed);
                Done { times: count(refunds.len()), finally }
            }
            _ => Done { times: count(payments.len()), finally: true },
        }
    }

    fn lost(&self) -> Lost {
        Lost::Unknown
    }

    fn plants(&self) -> Vec<Plant> {
        shop::plants().into_iter().chain(events::plants()).collect()
    }

    fn events(&self, marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
        events::show(marker, eye)
    }

    fn visit<'a>(
        &'a self,
        sandbox: &'a Sandbox,
        marker: &'a (dyn Fn(&str) -> String + Sync),
    ) -> Run<'a, Result<Vec<Vec<u8>>, Broken>> {
        Box::pin(pages::visit(sandbox, marker))
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
        sandbox.pay1st().set_signing_key(facts.signing_key());
        Ok(Arc::new(Shop::new(sandbox, origin, limits, kept, facts)?))
    }

    fn hostile(&self, text: &str) -> Vec<(u16, String)> {
        let refused = format!(r#"{{"errorMessage":"{text}","errorCode":"{text}","sessionId":"{text}"}}"#);
        let created = format!(
            r#"{{"reference":"{text}","partnerReference":"injection-create_payment","countryCode":"{text}","currencyCode":"NGN","amount":100,"status":"{text}","channelName":"{text}"}}"#
        );
        let refunded = format!(
            r#"{{"refundReference":"{text}","currencyCode":"{text}","status":"{text}","handlingType":"{text}","createdDate":"{text}"}}"#
        );
        let methods =
            format!(r#"[{{"channelId":1,"channelName":"{text}","countryCode":"{text}","currencyCode":"{text}"}}]"#);
        vec![
            (400, refused.clone()),
            (401, refused.clone()),
            (404, refused.clone()),
            (500, refused),
            (201, created),
            (201, refunded),
            (200, methods),
        ]
    }
}
