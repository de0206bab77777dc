//! Which endpoint a path names, and by which method: the routes of the document, turned by the modes.

use super::modes::{Modes, Reads, TransactionsMethod};
use crate::generated::Route;
use crate::generated::pagamio::ROUTES;
use crate::provider::KnownPath;
use http::Method;
use percent_encoding::percent_decode_str;

/// The version segment, which is part of the documented base URL.
pub(super) const BASE: &str = "/api/v1";

/// The endpoint that a path (with the version segment) names, and its parameter, decoded.
pub(super) fn find(path: &str) -> Option<(&'static Route, String)> {
    let path = path.strip_prefix(BASE)?;
    ROUTES.iter().find_map(|route| matches(route.template, path).map(|parameter| (route, parameter)))
}

pub(super) fn known_path(route: &Route) -> KnownPath {
    KnownPath { operation: route.operation, template: route.template }
}

/// The one method that an endpoint takes. Where the documents contradict each other, a mode decides.
pub(super) fn method(route: &Route, modes: &Modes) -> Method {
    match (route.operation, route.method) {
        ("transactions", _) if modes.transactions_method == TransactionsMethod::Get => Method::GET,
        (_, "GET") if modes.reads == Reads::Post => Method::POST,
        (_, "GET") => Method::GET,
        _ => Method::POST,
    }
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
        let found = |path| find(path).map(|(route, parameter)| (route.operation, parameter));
        assert_eq!(found("/api/v1/auth/token"), Some(("token", String::new())));
        assert_eq!(found("/api/v1/products/categories/1002/fields"), Some(("category_fields", "1002".to_owned())));
        assert_eq!(found("/api/v1/merchants/a%2Fb/products"), Some(("merchant_products", "a/b".to_owned())));
        for wrong in [
            "/auth/token",
            "/api/v1/api/v1/auth/token",
            "/api/v1/auth/token/",
            "/api/v1/merchants//products",
            "/api/v1/auth/login",
            "/api/v1",
        ] {
            assert_eq!(found(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_route_is_one_that_this_module_can_serve() {
        for route in &ROUTES {
            assert!(["GET", "POST"].contains(&route.method), "{route:?}");
            assert!(route.template.matches('{').count() <= 1, "{route:?}: `find` answers one parameter");
            assert_eq!(method(route, &Modes::default()).as_str(), route.method);
            let path = format!("{BASE}{}", route.template);
            assert_eq!(find(&path).unwrap().0, route, "hidden by a route before it");
        }
    }
}
