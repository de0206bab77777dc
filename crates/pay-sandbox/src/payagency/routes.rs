//! Which endpoint or page a path names.

use super::account::Environment;
use super::modes::{CryptoLinkPath, Modes, Routes, TemplatesPath};
use crate::generated::Route;
use crate::generated::payagency::ROUTES;
use crate::provider::KnownPath;
use percent_encoding::percent_decode_str;

/// A page that the provider hosts: no endpoint of the API, so the document does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// 3-D Secure.
    CardCheckout,
    /// Where the payer types a card.
    HostedCard,
    Apm,
    CryptoPayin,
    CryptoRamp,
    PaymentLink,
    CryptoLink,
}

/// The pages. The first four addresses and the link's were seen; the others are ours, but for the environment in the last.
const PAGES: [(Page, KnownPath); 8] = [
    page(Page::CardCheckout, "card_checkout_page", "/v1/{environment}/card/checkout/{id}"),
    page(Page::HostedCard, "hosted_card_page", "/v1/{environment}/card/hosted/{id}"),
    page(Page::HostedCard, "hosted_card_page", "/api/v1/{environment}/card/hosted//{id}"),
    page(Page::Apm, "apm_page", "/v1/{environment}/apm/{id}"),
    page(Page::CryptoPayin, "crypto_payin_page", "/v1/{environment}/crypto/payin/{id}"),
    page(Page::CryptoRamp, "crypto_ramp_page", "/v1/{environment}/crypto/ramp/{id}"),
    page(Page::PaymentLink, "payment_link_page", "/pay/{id}"),
    page(Page::CryptoLink, "crypto_link_page", "/v1/{environment}/crypto/pay/{id}"),
];

const fn page(page: Page, operation: &'static str, template: &'static str) -> (Page, KnownPath) {
    (page, KnownPath { operation, template })
}

/// Where the documents' own pages put two endpoints that every SDK has elsewhere (C5, C6).
const TEMPLATES_PAGE: &str = "/v1/payment-templates";
const CRYPTO_LINK_PAGE: &str = "/api/v1/live/crypto/payment-link";

/// What one host answered with "Route not found" (C25).
const NOT_ON_ONE_HOST: [&str; 8] = [
    "payout_status",
    "transactions",
    "wallet_transactions",
    "payment_link",
    "payment_templates",
    "crypto_ramp",
    "crypto_currencies",
    "crypto_payment_link",
];

/// What a path names, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found<T> {
    pub(super) what: T,
    pub(super) template: &'static str,
    pub(super) environment: Option<Environment>,
    pub(super) id: Option<String>,
}

/// The page that a path names.
pub(super) fn find_page(path: &str) -> Option<Found<(Page, KnownPath)>> {
    PAGES.iter().find_map(|page| found(*page, page.1.template, path))
}

/// The address of a page, below the base URL.
pub(super) fn page_path(page: Page, environment: Environment, id: &str, double_slash: bool) -> String {
    let wanted = |template: &str| (page == Page::HostedCard && double_slash) == template.contains("//");
    let template = PAGES.iter().find(|(known, path)| *known == page && wanted(path.template));
    let template = template.map_or("", |(_, path)| path.template);
    template.replace("{environment}", environment.as_str()).replace("{id}", id)
}

/// The endpoint that a path names, whatever the modes.
pub(super) fn find_any(path: &str) -> Option<Found<&'static Route>> {
    let by_page = |operation: &str, template: &'static str| {
        let route = ROUTES.iter().find(|route| route.operation == operation);
        route.and_then(|route| found(route, template, path))
    };
    let usual = ROUTES.iter().find_map(|route| found(route, route.template, path));
    let usual = usual.or_else(|| by_page("payment_templates", TEMPLATES_PAGE));
    usual.or_else(|| by_page("crypto_payment_link", CRYPTO_LINK_PAGE))
}

/// The endpoint that a path names, where the modes have it.
pub(super) fn find(path: &str, modes: &Modes) -> Option<Found<&'static Route>> {
    find_any(path).filter(|found| {
        let by_page = [TEMPLATES_PAGE, CRYPTO_LINK_PAGE].contains(&found.template);
        let wants_page = match found.what.operation {
            "payment_templates" => modes.templates_path == TemplatesPath::Page,
            "crypto_payment_link" => modes.crypto_link_path == CryptoLinkPath::Page,
            _ => false,
        };
        let missing = modes.routes == Routes::AsOnOneHost && NOT_ON_ONE_HOST.contains(&found.what.operation);
        by_page == wants_page && !missing
    })
}

/// What the request log calls a path.
pub(super) fn known_path(path: &str) -> Option<KnownPath> {
    if let Some(page) = find_page(path) {
        return Some(page.what.1);
    }
    find_any(path).map(|found| KnownPath { operation: found.what.operation, template: found.template })
}

/// Every operation, the pages among them.
pub(super) fn operations() -> Vec<&'static str> {
    let mut names: Vec<&str> = ROUTES.iter().map(|route| route.operation).collect();
    for (_, page) in PAGES {
        if !names.contains(&page.operation) {
            names.push(page.operation);
        }
    }
    names
}

fn found<T>(what: T, template: &'static str, path: &str) -> Option<Found<T>> {
    let (mut environment, mut id) = (None, None);
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(Found { what, template, environment, id }),
            (Some("{id}"), Some(text)) if !text.is_empty() => {
                id = Some(percent_decode_str(text).decode_utf8().ok()?.into_owned());
            }
            (Some(part), Some(text)) => match part.split_once("{environment}") {
                Some((before, after)) => {
                    environment = Some(Environment::named(text.strip_prefix(before)?.strip_suffix(after)?)?);
                }
                None if part == text => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_found_with_what_stands_in_it() {
        for route in &ROUTES {
            for environment in Environment::ALL {
                let path = route.template.replace("{environment}", environment.as_str()).replace("{id}", "a%2Fb");
                let found = find_any(&path).unwrap();
                assert_eq!(found.what.operation, route.operation, "{path}");
                assert_eq!(found.environment, route.template.contains("{env").then_some(environment), "{path}");
                assert_eq!(found.id.as_deref(), route.template.contains("{id}").then_some("a/b"), "{path}");
            }
        }
    }

    #[test]
    fn what_is_no_path_is_not_found() {
        for path in [
            "",
            "/",
            "/api/v1/card",
            "/api/v1/prod/card",
            "/api/v1/TEST/card",
            "/api/v1/test/card/",
            "/api/v1/test/status/PA1",
            "/api/test/status/",
            "/api/v1/-transactions",
            "/v1/test/card",
        ] {
            assert_eq!(find_any(path).map(|found| found.template), None, "{path}");
        }
    }

    #[test]
    fn pages_lead_back_to_themselves() {
        for (page, path) in PAGES {
            let double = path.template.contains("//");
            let path = page_path(page, Environment::Live, "PA1", double);
            let found = find_page(&path).unwrap();
            assert_eq!((found.what.0, found.id.as_deref()), (page, Some("PA1")), "{path}");
        }
        assert_eq!(operations().len(), 17 + 7);
    }
}
