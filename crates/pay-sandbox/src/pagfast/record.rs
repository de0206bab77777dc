//! A transaction as the API and its webhooks show it.

use super::account::{COMPANY, COMPANY_NAME};
use super::modes::{Amounts, Environment, ErrorCause, Modes, RefundDate};
use super::routes::{self, Page};
use super::status::State;
use super::transaction::{Kind, Party, Transaction};
use crate::SandboxClock;
use crate::json::Node;
use crate::money::{self, Cents};
use std::time::SystemTime;

/// Members of a JSON object.
pub(super) type Fields = Vec<(&'static str, Node)>;

/// An amount: six decimals in every sample.
pub(super) fn amount(cents: Cents, modes: &Modes) -> Node {
    match modes.amounts {
        Amounts::SixDecimals => Node::Text(money::decimal(cents, 6)),
        Amounts::TwoDecimals => Node::Text(money::decimal(cents, 2)),
        Amounts::Numbers => Node::Number(money::decimal(cents, 2)),
    }
}

pub(super) fn date(at: Option<SystemTime>) -> Node {
    at.map_or(Node::Null, |at| Node::Text(SandboxClock::text_of(at)))
}

pub(super) fn text(text: Option<&str>) -> Node {
    text.map_or(Node::Null, Node::text)
}

/// A member that stands only where there is something to say.
fn given(name: &'static str, text: Option<&str>) -> Option<(&'static str, Node)> {
    text.map(|text| (name, Node::text(text)))
}

/// The text that payers copy and paste, which the picture holds too. No bank can read it: it is none of Pix's codes.
pub(super) fn code(transaction: &Transaction) -> String {
    format!("SANDBOX-PIX-CANNOT-BE-PAID:{}", transaction.page_id)
}

/// The address of the page on which a transaction's payer finishes it.
pub(super) fn page_url(base: &str, transaction: &Transaction) -> String {
    let page = if transaction.order.kind == Kind::OpenFinance { Page::Checkout } else { Page::Deposit };
    format!("{base}{}", routes::page_path(page, &transaction.page_id, &transaction.id))
}

/// The address of the receipt, once there is one.
pub(super) fn receipt_url(base: &str, transaction: &Transaction) -> Option<String> {
    let paid = transaction.since(State::Completed).is_some();
    paid.then(|| format!("{base}{}", routes::page_path(Page::Receipt, "", &transaction.id)))
}

/// The sandbox's voucher is documented; what stands in production's is a third party's word.
pub(super) fn voucher(transaction: &Transaction, modes: &Modes) -> String {
    match modes.environment {
        Environment::Sandbox => transaction.voucher.clone(),
        Environment::Production => format!("E{}", &transaction.voucher[1..]),
    }
}

/// A person or company, with the bank data of every sandbox sample. `shown` replaces what is personal.
pub(super) fn party(party: &Party, shown: Option<&str>) -> Node {
    let personal = |own: Option<&str>| shown.map_or_else(|| text(own), Node::from);
    Node::Object(vec![
        ("name", personal(party.name.as_deref())),
        ("taxNumber", personal(Some(&party.tax_number))),
        ("bankCode", "999".into()),
        ("bankName", "SANDBOX".into()),
        ("accountAgency", "99999".into()),
        ("accountNumber", "99999".into()),
        ("accountDigit", "9".into()),
    ])
}

/// Payer and recipient, as far as they are known.
pub(super) fn parties(transaction: &Transaction, shown: Option<&str>) -> (Node, Node) {
    let company = Party { name: Some(COMPANY_NAME.to_owned()), tax_number: COMPANY.to_owned() };
    let person = |who: Option<&Party>| who.map_or(Node::Null, |who| party(who, shown));
    if transaction.order.kind == Kind::Withdrawal {
        (party(&company, None), person(transaction.order.recipient.as_ref()))
    } else {
        (person(transaction.payer()), party(&company, None))
    }
}

/// The six dates and the cause.
pub(super) fn dates(transaction: &Transaction, modes: &Modes) -> Fields {
    let since = |state| date(transaction.since(state));
    let refunded = transaction.refunded.filter(|_| modes.refund_date == RefundDate::Present);
    let cause = transaction.error_cause.map_or(Node::Null, |cause| match modes.error_cause {
        ErrorCause::Text => cause.into(),
        ErrorCause::Object => Node::Object(vec![("reason", cause.into())]),
    });
    vec![
        ("stateRegisteredDate", since(State::Registered)),
        ("stateCompletedDate", since(State::Completed)),
        ("stateCancelledDate", since(State::Cancelled)),
        ("stateRefundDate", date(refunded)),
        ("stateReversedDate", since(State::Reversed)),
        ("stateErrorDate", since(State::Error)),
        ("stateErrorCause", cause),
    ]
}

/// A transaction as its creation answers it: the sister platform's shape.
pub(super) fn created(transaction: &Transaction, modes: &Modes) -> Node {
    // A deposit is shown as registered, a withdrawal as created.
    let state = if transaction.order.kind == Kind::Deposit { State::Registered } else { State::Created };
    let mut fields = vec![("id", Node::text(&transaction.id))];
    fields.extend(given("orderId", transaction.order.order_id.as_deref()));
    fields.extend([
        ("date", date(Some(transaction.created))),
        ("state", state.as_str().into()),
        ("amount", amount(transaction.order.cents, modes)),
    ]);
    Node::Object(fields)
}

/// A transaction as the look-ups show it. `whole`: with the members that today's list leaves out.
pub(super) fn transaction(transaction: &Transaction, modes: &Modes, base: &str, whole: bool) -> Node {
    let order = &transaction.order;
    let mut fields = vec![("id", Node::text(&transaction.id))];
    if whole {
        fields.push(("externalResourceId", Node::text(&transaction.external_id)));
    }
    fields.extend(given("orderId", order.order_id.as_deref()));
    fields.extend(given("orderDescription", order.description.as_deref()));
    fields.push(("date", date(Some(transaction.created))));
    fields.extend(dates(transaction, modes));
    fields.extend([("type", order.kind.direction().into()), ("paymentType", "PIX".into())]);
    if whole {
        fields.push(("category", "PartnerSales".into()));
    }
    let receipt = receipt_url(base, transaction);
    let once_paid = |node: Node| if receipt.is_some() { node } else { Node::Null };
    let zero = || match modes.amounts {
        Amounts::Numbers => Node::Number("0".to_owned()),
        _ => "0".into(),
    };
    let (payer, recipient) = parties(transaction, None);
    let customer = order.recipient.as_ref().or(transaction.payer()).and_then(|who| who.name.as_deref());
    fields.extend([
        ("amount", amount(transaction.paid_cents, modes)),
        ("currency", "BRL".into()),
        ("state", transaction.state.as_str().into()),
        ("charges", amount(0, modes)),
        ("chargesObject", Node::Object(vec![("costValue", zero()), ("rateValue", zero()), ("rate", "0.00".into())])),
        ("receiptUrl", text(receipt.as_deref())),
        ("receiptDate", date(transaction.since(State::Completed))),
        ("receiptVoucher", once_paid(Node::Text(voucher(transaction, modes)))),
        ("receiptAmount", once_paid(amount(transaction.paid_cents, modes))),
        ("metadata", Node::Object(Vec::new())),
    ]);
    // Who is not known yet is left out, as is what the merchant did not say: no document shows a null there.
    fields
        .extend([("payer", payer), ("recipient", recipient)].into_iter().filter(|(_, who)| !matches!(who, Node::Null)));
    fields.push(("customerName", text(customer)));
    Node::Object(fields)
}

/// What was asked for. The members of `data.payment` could not be read: these are those of the request.
pub(super) fn payment(transaction: &Transaction) -> Node {
    let order = &transaction.order;
    let named = |who: &Party| {
        let number = if order.kind == Kind::OpenFinance { "taxNumber" } else { "cpf" };
        Node::Object(vec![("name", text(who.name.as_deref())), (number, Node::text(&who.tax_number))])
    };
    let mut fields = Vec::new();
    fields.extend(order.payer.as_ref().map(|payer| ("payer", named(payer))));
    fields.extend(order.recipient.as_ref().map(|recipient| ("recipient", named(recipient))));
    if let Some(key) = &order.key {
        fields.push(("key", Node::Object(vec![("type", Node::text(&key.kind)), ("value", Node::text(&key.value))])));
        fields.push(("value", Node::text(&order.amount)));
        return Node::Object(fields);
    }
    let mut value = vec![("original", Node::text(&order.amount))];
    value.extend(order.editable.map(|editable| ("editable", Node::Bool(editable))));
    fields.push(("value", Node::Object(value)));
    fields.extend(order.redirect_url.as_deref().map(|url| ("redirectUrl", Node::text(url))));
    Node::Object(fields)
}
