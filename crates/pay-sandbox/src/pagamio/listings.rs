//! The catalogue reads: categories, their fields, products, and the enumerations.

use super::accounts::Role;
use super::answers;
use super::catalogue::{BRANDS, CATEGORIES, Category, PRODUCTS, Product, Standing, category};
use super::modes::{Ids, Modes, ReceiptFields};
use super::order::list_owner;
use super::state::{Call, Caller};
use crate::json::Node;
use crate::money;
use crate::provider::Reply;

/// As in the documented sample; a catalogue does not move with the clock.
const CREATED: &str = "2025-08-01T05:12:32.269743";
const MODIFIED: &str = "2025-09-07T04:19:29.161137";
const IMAGE: &str = "https://assets.invalid/image.png";

/// `GET /products/categories`.
pub(super) fn categories(modes: &Modes) -> Reply {
    let list = CATEGORIES.iter().map(|category| {
        let meta = String::from_utf8(metadata(category, modes).to_bytes()).unwrap_or_default();
        Node::Object(vec![
            ("id", Node::Int(category.id)),
            ("createdById", Node::Int(1000)),
            ("lastModifiedById", Node::Int(1000)),
            ("createdDate", CREATED.into()),
            ("lastModifiedDate", MODIFIED.into()),
            ("state", Node::Int(1)),
            ("name", category.name.into()),
            ("imageUrl", IMAGE.into()),
            ("orderOfAppearance", Node::Int(category.order)),
            ("parentId", Node::Null),
            ("meta", Node::Text(meta)),
        ])
    });
    Reply::ok(&Node::List(list.collect()))
}

/// `GET /products/categories/{categoryId}/fields`.
pub(super) fn category_fields(modes: &Modes, call: &Call<'_>) -> Reply {
    match wanted(call) {
        Some(category) => Reply::ok(&metadata(category, modes)),
        None => answers::not_found(),
    }
}

fn wanted(call: &Call<'_>) -> Option<&'static Category> {
    category(call.parameter.parse().ok()?)
}

fn metadata(category: &Category, modes: &Modes) -> Node {
    let fields = category.fields.iter().map(|(name, kind)| {
        Node::Object(vec![("name", (*name).into()), ("type", (*kind).into()), ("required", Node::Bool(true))])
    });
    let paths = category.receipt_fields.iter().map(|path| {
        let bare = path.strip_prefix("receipt.").unwrap_or(path);
        match modes.receipt_fields {
            ReceiptFields::AsDocumented => (*path).into(),
            ReceiptFields::Unrooted => bare.into(),
            ReceiptFields::Rooted => Node::Text(format!("receipt.{bare}")),
        }
    });
    Node::Object(vec![("fields", Node::List(fields.collect())), ("receiptFields", Node::List(paths.collect()))])
}

/// `GET /products/category/{categoryId}`: everything in it, whether the caller may buy it or not.
pub(super) fn category_products(modes: &Modes, call: &Call<'_>) -> Reply {
    let Some(category) = wanted(call) else {
        return answers::not_found();
    };
    let products = PRODUCTS.iter().filter(|product| product.category == category.id);
    let list = products.map(|product| {
        let brand = product.brand();
        let (min, max) = bounds(product);
        Node::Object(vec![
            ("name", product.name.into()),
            ("shortName", product.short_name.into()),
            ("code", product.code.into()),
            ("minAmount", min),
            ("maxAmount", max),
            ("imageUrl", IMAGE.into()),
            ("status", Node::Int(i64::from(product.standing != Standing::Inactive))),
            ("id", numeric_id(product.id, modes)),
            ("categoryId", Node::Int(category.id)),
            ("categoryName", category.name.into()),
            ("brandId", numeric_id(brand.id, modes)),
            ("brandName", brand.name.into()),
            ("fixedAmount", Node::Bool(product.is_fixed())),
            ("pinLess", Node::Bool(product.pin_less)),
        ])
    });
    with_ids(Reply::ok(&Node::List(list.collect())), modes)
}

/// `GET /merchants/{id}/products` and its twin for sub-merchants: the caller's own list only.
pub(super) fn own_products(modes: &Modes, call: &Call<'_>, caller: &Caller, role: Role) -> Reply {
    let account = caller.account;
    if account.role() != role || call.parameter != account.account_id() {
        return answers::forbidden();
    }
    let owner = list_owner(account);
    let products = PRODUCTS.iter().filter(|product| product.is_open_to(owner));
    let list = products.map(|product| {
        let brand = product.brand();
        let (min, max) = bounds(product);
        Node::Object(vec![
            ("id", text_id(product.id, product.text_id, modes)),
            ("name", product.name.into()),
            ("code", product.code.into()),
            ("brandId", text_id(brand.id, brand.text_id, modes)),
            ("brandName", brand.name.into()),
            ("minAmount", min),
            ("maxAmount", max),
            ("fixedAmount", Node::Bool(product.is_fixed())),
            ("pinLess", Node::Bool(product.pin_less)),
        ])
    });
    with_ids(Reply::ok(&Node::List(list.collect())), modes)
}

fn bounds(product: &Product) -> (Node, Node) {
    let rand = |cents| Node::Number(money::decimal(cents, 2));
    (rand(product.min_cents), rand(product.max_cents))
}

/// An id where the documents show a number.
fn numeric_id(id: i64, modes: &Modes) -> Node {
    match modes.ids {
        Ids::AsDocumented | Ids::Numbers => Node::Int(id),
        Ids::Strings => Node::Text(id.to_string()),
    }
}

/// An id where the documents show a text.
fn text_id(id: i64, text: &'static str, modes: &Modes) -> Node {
    match modes.ids {
        Ids::AsDocumented | Ids::Strings => text.into(),
        Ids::Numbers => Node::Int(id),
    }
}

fn with_ids(reply: Reply, modes: &Modes) -> Reply {
    match modes.ids {
        Ids::AsDocumented => reply,
        Ids::Numbers | Ids::Strings => reply.assume("form of ids"),
    }
}

/// `GET /lookups/{name}`. Where the documents name no value, the list is empty.
pub(super) fn lookups(modes: &Modes, call: &Call<'_>) -> Reply {
    let texts = |texts: &[&str]| Node::List(texts.iter().map(|text| (*text).into()).collect());
    let list = match call.parameter.as_str() {
        "transaction-status" => texts(&["PENDING", "PROCESSING", "COMPLETED", "FAILED"]),
        "environments" => texts(&["sandbox", "production"]),
        "channel-types" => texts(&["USSD", "MOBILE", "POS"]),
        "brands" => Node::List(
            BRANDS
                .iter()
                .map(|brand| {
                    Node::Object(vec![
                        ("id", numeric_id(brand.id, modes)),
                        ("createdById", Node::Int(1000)),
                        ("lastModifiedById", Node::Null),
                        ("createdDate", CREATED.into()),
                        ("lastModifiedDate", Node::Null),
                        ("state", Node::Int(1)),
                        ("code", brand.code.into()),
                        ("description", brand.name.into()),
                        ("type", "BRAND".into()),
                        ("parentId", Node::Null),
                    ])
                })
                .collect(),
        ),
        "providers" => Node::List(
            [(2900, "PR1A2B", "VOD", "Vodacom"), (2901, "PR1A2C", "ESK", "Eskom")]
                .iter()
                .map(|(id, text, code, description)| {
                    Node::Object(vec![
                        ("id", text_id(*id, text, modes)),
                        ("code", (*code).into()),
                        ("description", (*description).into()),
                        ("state", "ACTIVE".into()),
                        ("type", "PROVIDER".into()),
                    ])
                })
                .collect(),
        ),
        "transaction-item-status"
        | "partner-types"
        | "funding-methods"
        | "funding-request-status"
        | "integrations"
        | "authentication-types"
        | "simple-entity-types" => {
            return Reply::ok(&Node::List(Vec::new())).assume("values of this enumeration");
        }
        _ => return answers::not_found(),
    };
    with_ids(Reply::ok(&list), modes)
}
