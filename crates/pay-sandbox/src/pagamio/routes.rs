//! Pagamio's endpoints as data: path, operation, method, and whether a token is needed.

use crate::provider::KnownPath;
use percent_encoding::percent_decode_str;

/// The version segment, which is part of the documented base URL.
pub(super) const BASE: &str = "/api/v1";

/// What an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    Token,
    Refresh,
    Categories,
    CategoryFields,
    CategoryProducts,
    MerchantProducts,
    SubMerchantProducts,
    Lookups,
    LookupBillPayment,
    LookupMoneyTransfer,
    LookupElectricity,
    Purchase,
    Transactions,
}

/// How an endpoint is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Post,
    /// GET, or POST by mode: the documents contradict each other.
    Read,
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Route {
    pub(super) operation: Operation,
    pub(super) name: &'static str,
    pub(super) verb: Verb,
    /// Relative to the base URL; at most one parameter.
    pub(super) template: &'static str,
}

const fn route(operation: Operation, name: &'static str, verb: Verb, template: &'static str) -> Route {
    Route { operation, name, verb, template }
}

pub(super) static ROUTES: [Route; 13] = [
    route(Operation::Token, "token", Verb::Post, "/auth/token"),
    route(Operation::Refresh, "refresh", Verb::Post, "/auth/token/refresh"),
    route(Operation::Categories, "categories", Verb::Read, "/products/categories"),
    route(Operation::CategoryFields, "category_fields", Verb::Read, "/products/categories/{categoryId}/fields"),
    route(Operation::CategoryProducts, "category_products", Verb::Read, "/products/category/{categoryId}"),
    route(Operation::MerchantProducts, "merchant_products", Verb::Read, "/merchants/{merchantId}/products"),
    route(
        Operation::SubMerchantProducts,
        "sub_merchant_products",
        Verb::Read,
        "/sub-merchants/{subMerchantId}/products",
    ),
    route(Operation::Lookups, "lookups", Verb::Read, "/lookups/{name}"),
    route(Operation::LookupBillPayment, "lookup_bill_payment", Verb::Post, "/lookup/bill-payment"),
    route(Operation::LookupMoneyTransfer, "lookup_money_transfer", Verb::Post, "/lookup/money-transfer"),
    route(Operation::LookupElectricity, "lookup_electricity", Verb::Post, "/lookup/electricity"),
    route(Operation::Purchase, "purchase", Verb::Post, "/purchase"),
    route(Operation::Transactions, "transactions", Verb::Post, "/transactions"),
];

impl Route {
    pub(super) fn is_public(&self) -> bool {
        matches!(self.operation, Operation::Token | Operation::Refresh)
    }

    pub(super) fn known_path(&self) -> KnownPath {
        KnownPath { operation: self.name, template: self.template }
    }
}

/// The endpoint that a path (with the version segment) names, and its parameter, decoded.
pub(super) fn find(path: &str) -> Option<(&'static Route, String)> {
    let path = path.strip_prefix(BASE)?;
    ROUTES.iter().find_map(|route| matches(route.template, path).map(|parameter| (route, parameter)))
}

fn matches(template: &str, path: &str) -> Option<String> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut parameter = String::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameter),
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {
                parameter = percent_decode_str(value).decode_utf8_lossy().into_owned();
            }
            (Some(name), Some(value)) if name == value => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_endpoint() {
        let found = |path| find(path).map(|(route, parameter)| (route.name, parameter));
        assert_eq!(found("/api/v1/auth/token"), Some(("token", String::new())));
        assert_eq!(found("/api/v1/products/categories/1002/fields"), Some(("category_fields", "1002".to_owned())));
        assert_eq!(found("/api/v1/merchants/a%2Fb/products"), Some(("merchant_products", "a/b".to_owned())));
        for wrong in [
            "/auth/token",
            "/api/v1/api/v1/auth/token",
            "/api/v1/auth/token/",
            "/api/v1/merchants//products",
            "/api/v1/auth/login",
            "/api/v1/users/forgotpassword",
            "/api/v1",
        ] {
            assert_eq!(found(wrong), None, "{wrong}");
        }
    }
}
