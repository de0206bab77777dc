//! `POST /transactions`: the history, filtered and paged by parameters.

use super::accounts::{ACCOUNTS, oversees};
use super::answers::{self, Refusal, bad_format, refuse};
use super::book::Record;
use super::modes::{
    Modes, PageBase, RecordReceipt, RecordReference, Timestamps, TransactionFilter, TransactionsParameters,
};
use super::receipts;
use super::state::{Call, Caller, NotJson, Object, State};
use super::timestamps::timestamp;
use crate::SaleState;
use crate::json::Node;
use crate::money;
use crate::provider::{ProviderRequest, Reply};
use std::collections::BTreeMap;

/// Lists sales of one account, newest first. Unknown parameters are ignored.
pub(super) fn transactions(state: &State, call: &Call<'_>, caller: &Caller) -> Reply {
    let modes = &state.modes;
    let refused = |refusal: &Refusal| refuse(refusal, modes, &call.full_path(), call.now);
    let asked = match asked(modes, call) {
        Ok(asked) => asked,
        Err(why) => return answers::not_json(why),
    };
    if let Err(refusal) = call.check_parameters(&asked.0) {
        return refused(&refusal);
    }
    let (user_type, id) = (asked.get("userType").unwrap_or_default(), asked.get("userTypeId"));
    if !["MERCHANT", "SUB_MERCHANT"].contains(&user_type) {
        return refused(&bad_format("userType"));
    }
    let subject = ACCOUNTS.iter().find(|account| {
        account.role().user_type() == user_type
            && Some(account.user_type_id()) == id
            && oversees(caller.account, account)
    });
    let Some(subject) = subject else {
        return answers::forbidden();
    };
    let page = match Page::read(&asked, modes) {
        Ok(page) => page,
        Err(refusal) => return refused(&refusal),
    };
    let found: Vec<&Record> = state
        .book
        .records()
        .iter()
        .rev()
        .filter(|record| record.account == subject.index && matches(record, &asked, modes))
        .collect();
    let reply = if asked.get("exportAll") == Some("true") {
        Reply::ok(&nodes(&found, modes))
    } else {
        let size = page.size;
        let from = page.index.saturating_mul(size).min(found.len());
        let to = from.saturating_add(size).min(found.len());
        Reply::ok(&Node::Object(vec![
            ("content", nodes(&found[from..to], modes)),
            ("page", count(page.number)),
            ("size", count(size)),
            ("totalElements", count(found.len())),
            ("totalPages", count(found.len().div_ceil(size))),
        ]))
    };
    assumptions(reply, modes, &asked)
}

/// The parameters that the caller gave, by name; empty ones count as not given.
struct Asked(BTreeMap<String, String>);

impl Asked {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The parameters from where the mode has them.
fn asked(modes: &Modes, call: &Call<'_>) -> Result<Asked, NotJson> {
    match modes.transactions_parameters {
        TransactionsParameters::Query => Ok(Asked(call.query())),
        TransactionsParameters::Body => Ok(Asked(texts(&call.object()?))),
    }
}

/// Members as if they had stood in the query, so that `1` and `"1"` are the same.
fn texts(body: &Object) -> BTreeMap<String, String> {
    let members = body.iter().filter_map(|(name, _)| Some((name.to_owned(), body.raw(name)?)));
    members
        .map(|(name, raw)| {
            let text = body.text(&name).unwrap_or_else(|| raw.to_owned());
            (name, text)
        })
        .collect()
}

/// What the caller says of one transaction, for the log.
pub(super) fn reference(request: &ProviderRequest) -> Option<String> {
    let body = Object::parse(&request.body);
    ["merchantReference", "transactionId"].iter().find_map(|name| {
        let parameter = request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        parameter.or_else(|| body.as_ref()?.text(name))
    })
}

fn assumptions(mut reply: Reply, modes: &Modes, asked: &Asked) -> Reply {
    if modes.transactions_parameters == TransactionsParameters::Body {
        reply = reply.assume("parameters in the body");
    }
    if asked.get("transactionId").or(asked.get("merchantReference")).is_some() {
        reply = reply.assume("whether transactionId and merchantReference filter");
    }
    if modes.record_reference == RecordReference::Present {
        reply = reply.assume("merchantReference in records");
    }
    reply
}

struct Page {
    /// As the caller wrote it.
    number: usize,
    /// Counted from zero.
    index: usize,
    size: usize,
}

impl Page {
    fn read(asked: &Asked, modes: &Modes) -> Result<Self, Refusal> {
        let base = match modes.page_base {
            PageBase::Zero => 0,
            PageBase::One => 1,
        };
        let number = |name: &str, default: usize| match asked.get(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| bad_format(name)),
        };
        let page: usize = number("page", base)?;
        let size = number("size", 20)?;
        if size == 0 {
            return Err(bad_format("size"));
        }
        Ok(Self { number: page, index: page.saturating_sub(base), size })
    }
}

fn matches(record: &Record, asked: &Asked, modes: &Modes) -> bool {
    let product = record.product;
    let equals = |name, value: &str| asked.get(name).is_none_or(|wanted| wanted == value);
    let by_word = asked.get("keyWord").is_none_or(|word| {
        let word = word.to_lowercase();
        [product.name, product.short_name].iter().any(|name| name.to_lowercase().contains(&word))
    });
    let by_id = modes.transaction_filter == TransactionFilter::Ignored
        || equals("transactionId", &record.sale.transaction_id) && equals("merchantReference", &record.sale.reference);
    by_word
        && by_id
        && equals("categoryName", product.category_name())
        && equals("brandName", product.brand().name)
        && equals("aggregatorName", product.aggregator)
        && equals("status", &code(record).to_string())
}

/// Zero is completed, so nothing may ever default to it.
fn code(record: &Record) -> i64 {
    match record.sale.state {
        SaleState::Completed => 0,
        // No sale of this provider is merely open.
        SaleState::Open | SaleState::Pending => 1,
        SaleState::Processing => 2,
        SaleState::Failed => 3,
    }
}

fn nodes(records: &[&Record], modes: &Modes) -> Node {
    Node::List(records.iter().map(|record| node(record, modes)).collect())
}

fn node(record: &Record, modes: &Modes) -> Node {
    let (label, color) = match record.sale.state {
        SaleState::Completed => ("Successful", "green"),
        SaleState::Open | SaleState::Pending => ("Pending", "yellow"),
        SaleState::Processing => ("Processing", "blue"),
        SaleState::Failed => ("Failed", "red"),
    };
    let amount = || Node::Number(money::decimal(record.sale.amount_cents, 4));
    let at = timestamp(record.accepted_at, modes.timestamps, Timestamps::Microseconds);
    let product = record.product;
    let mut fields = vec![
        ("id", Node::Text(format!("rec-{}", &record.sale.transaction_id[24..]))),
        (
            "status",
            Node::Object(vec![
                ("code", Node::Int(code(record))),
                ("label", label.into()),
                ("description", label.into()),
                ("badgeColor", color.into()),
            ]),
        ),
        ("productName", product.name.into()),
        ("productShortName", product.short_name.into()),
        ("quantity", Node::Int(1)),
        ("price", amount()),
        ("totalAmount", amount()),
        ("transactionId", Node::text(&record.sale.transaction_id)),
        ("responseDate", Node::Text(at)),
        ("productImage", "https://assets.invalid/image.png".into()),
        ("brandName", product.brand().name.into()),
        ("categoryName", product.category_name().into()),
        ("channelName", "Default".into()),
        ("merchantName", ACCOUNTS[record.account].name().into()),
    ];
    if modes.record_reference == RecordReference::Present {
        fields.push(("merchantReference", Node::text(&record.sale.reference)));
    }
    if modes.record_receipt == RecordReceipt::Present && record.sale.state == SaleState::Completed {
        fields.push(("receipt", receipts::receipt(record, modes)));
    }
    Node::Object(fields)
}

fn count(number: usize) -> Node {
    i64::try_from(number).map_or(Node::Null, Node::Int)
}
