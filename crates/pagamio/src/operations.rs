//! The endpoints as data.

use pay_core::Repeat;
use pay_core::provider::{Limit, Operation, Scope, Verb};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

// https://vas-api-docs.pagamio.tech/docs/api-reference/rate-limiting: defaults, which an account may differ from.
pub(crate) static TOKEN_LIMIT: Limit =
    Limit { name: "5 token calls a minute and address", max: 5, per: MINUTE, scope: Scope::Address };
pub(crate) static REFRESH_LIMIT: Limit =
    Limit { name: "10 refresh calls a minute and address", max: 10, per: MINUTE, scope: Scope::Address };
static PURCHASE_LIMIT: Limit =
    Limit { name: "10 purchases a minute and token", max: 10, per: MINUTE, scope: Scope::Token };

// The token calls change nothing: a lost one is simply made again.
pub(crate) static TOKEN: Operation = Operation::new("token", Verb::Post, "/auth/token", Repeat::Safe).public();
pub(crate) static REFRESH: Operation =
    Operation::new("refresh", Verb::Post, "/auth/token/refresh", Repeat::Safe).public();
pub(crate) static CATEGORIES: Operation = Operation::new("categories", Verb::Get, "/products/categories", Repeat::Safe);
pub(crate) static CATEGORY_FIELDS: Operation =
    Operation::new("category_fields", Verb::Get, "/products/categories/{categoryId}/fields", Repeat::Safe);
pub(crate) static MERCHANT_PRODUCTS: Operation =
    Operation::new("merchant_products", Verb::Get, "/merchants/{merchantId}/products", Repeat::Safe);
pub(crate) static SUB_MERCHANT_PRODUCTS: Operation =
    Operation::new("sub_merchant_products", Verb::Get, "/sub-merchants/{subMerchantId}/products", Repeat::Safe);
/// De-duplicated on `merchantReference`.
pub(crate) static PURCHASE: Operation =
    Operation::new("purchase", Verb::Post, "/purchase", Repeat::Keyed).limited(&PURCHASE_LIMIT);
pub(crate) static TRANSACTIONS: Operation = Operation::new("transactions", Verb::Post, "/transactions", Repeat::Safe);
