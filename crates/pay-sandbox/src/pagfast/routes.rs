//! Which endpoint or page a path names. From the facts and not from the document, so that a test holds the two against each other.

use super::modes::{Modes, ServicePrefix, SimulationPrefix};
use crate::provider::KnownPath;
use percent_encoding::percent_decode_str;

/// What stands before the paths of an endpoint, below `/v1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    /// `/partners-int`, or nothing by mode.
    Service,
    /// `/partners-int`, as the one documented path has it.
    PartnersInt,
    /// As the mode for simulators says.
    Simulation,
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub(super) struct Endpoint {
    pub(super) operation: &'static str,
    pub(super) method: &'static str,
    below: Below,
    /// With its usual prefix.
    template: &'static str,
}

const fn endpoint(operation: &'static str, method: &'static str, below: Below, template: &'static str) -> Endpoint {
    Endpoint { operation, method, below, template }
}

const ROOT: &str = "/v1";
const SERVICE: &str = "/v1/partners-int";

const ENDPOINTS: [Endpoint; 9] = [
    endpoint("login", "POST", Below::Service, "/v1/partners-int/login"),
    endpoint("pix_cash_in", "POST", Below::Service, "/v1/partners-int/accounts/pix/cashin"),
    endpoint("pix_cash_out", "POST", Below::Service, "/v1/partners-int/accounts/pix/cashout"),
    endpoint("open_finance_cash_in", "POST", Below::Service, "/v1/partners-int/accounts/payment-initiation"),
    endpoint("transaction", "GET", Below::Service, "/v1/partners-int/accounts/transactions/pix/{transactionId}"),
    endpoint("transactions", "GET", Below::Service, "/v1/partners-int/accounts/transactions/pix"),
    endpoint(
        "simulate_pix",
        "PUT",
        Below::Simulation,
        "/v1/partners-int/sandbox/transactions/complete/{transactionId}",
    ),
    endpoint(
        "simulate_open_finance",
        "POST",
        Below::Simulation,
        "/v1/partners-int/sandbox/payment-initiation/complete/{transactionId}",
    ),
    endpoint("receivers", "GET", Below::PartnersInt, "/v1/partners-int/receivers"),
];

/// What the provider hosts beside its API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Where a payer finishes an Open Finance deposit. The address is documented.
    Checkout,
    /// Where a payer sees the code of a Pix deposit. The address is the sister platform's.
    Deposit,
    /// The code as a picture.
    Picture,
    /// The receipt as PDF. The address is documented.
    Receipt,
}

const PAGES: [(Page, KnownPath); 4] = [
    page(Page::Checkout, "checkout_page", "/v1/system/checkout/init/{pageId}/{id}"),
    page(Page::Deposit, "deposit_page", "/v1/system/qrcodeviewer/{pageId}"),
    page(Page::Picture, "deposit_picture", "/v1/system/qrcodeviewer/{pageId}/code.svg"),
    page(Page::Receipt, "receipt", "/v1/system/e-receipt/{id}/receipt.pdf"),
];

const fn page(page: Page, operation: &'static str, template: &'static str) -> (Page, KnownPath) {
    (page, KnownPath { operation, template })
}

/// The address of a page, below the provider's own.
pub(crate) fn page_path(page: Page, page_id: &str, id: &str) -> String {
    let template = PAGES.iter().find(|(known, _)| *known == page).map_or("", |(_, path)| path.template);
    template.replace("{pageId}", page_id).replace("{id}", id)
}

/// The page that a path names, and the ids in it.
pub(super) fn find_page(path: &str) -> Option<(Page, KnownPath, Vec<String>)> {
    PAGES.iter().find_map(|(page, known)| Some((*page, *known, values(known.template, path)?)))
}

/// The endpoint that a path names by these prefixes, and the id in it.
fn find_by(path: &str, service: &str, simulation: &str) -> Option<(&'static Endpoint, Option<String>)> {
    ENDPOINTS.iter().find_map(|endpoint| {
        let prefix = match endpoint.below {
            Below::Service => service,
            Below::Simulation => simulation,
            Below::PartnersInt => SERVICE,
        };
        let found = values(endpoint.template.strip_prefix(SERVICE)?, path.strip_prefix(prefix)?)?;
        Some((endpoint, found.into_iter().next()))
    })
}

/// The endpoint that a path names, where the modes have it.
pub(super) fn find(path: &str, modes: &Modes) -> Option<(&'static Endpoint, Option<String>)> {
    let service = if modes.service_prefix == ServicePrefix::PartnersInt { SERVICE } else { ROOT };
    let simulation = if modes.simulation_prefix == SimulationPrefix::Root { ROOT } else { service };
    find_by(path, service, simulation)
}

/// The endpoint that a path names, whatever the modes.
pub(super) fn find_any(path: &str) -> Option<(&'static Endpoint, Option<String>)> {
    find_by(path, SERVICE, SERVICE).or_else(|| find_by(path, ROOT, ROOT))
}

/// What the request log calls a path.
pub(super) fn known_path(path: &str) -> Option<KnownPath> {
    if let Some((_, known, _)) = find_page(path) {
        return Some(known);
    }
    find_any(path).map(|(endpoint, _)| KnownPath { operation: endpoint.operation, template: endpoint.template })
}

/// Whether a path could be one of the steps of payments to companies that are described without their paths.
pub(super) fn is_described_step(path: &str) -> bool {
    path.strip_prefix(SERVICE).is_some_and(|rest| rest.starts_with("/receivers/"))
}

/// Every operation, the pages among them.
pub(super) fn operations() -> Vec<&'static str> {
    ENDPOINTS.iter().map(|endpoint| endpoint.operation).chain(PAGES.iter().map(|(_, path)| path.operation)).collect()
}

/// What stands in the places of `{names}`, decoded. `None`: the path is not of this template.
fn values(template: &str, path: &str) -> Option<Vec<String>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut values = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(values),
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {
                values.push(percent_decode_str(value).decode_utf8().ok()?.into_owned());
            }
            (Some(word), Some(other)) if word == other => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::pagfast::ROUTES;

    #[test]
    fn the_document_and_the_facts_name_the_same_endpoints() {
        assert_eq!(ROUTES.len(), ENDPOINTS.len());
        for (route, endpoint) in ROUTES.iter().zip(ENDPOINTS) {
            let below = endpoint.template.strip_prefix(SERVICE).unwrap();
            assert_eq!((route.operation, route.method, route.template), (endpoint.operation, endpoint.method, below));
        }
    }

    #[test]
    fn prefixes_follow_the_modes() {
        let mut modes = Modes::default();
        let operation = |path: &str, modes: &Modes| find(path, modes).map(|(endpoint, _)| endpoint.operation);
        let pix = "/v1/partners-int/sandbox/transactions/complete/x";
        assert_eq!(operation("/v1/partners-int/login", &modes), Some("login"));
        assert_eq!(operation(pix, &modes), Some("simulate_pix"));
        assert_eq!(operation("/v1/login", &modes), None);
        assert_eq!(operation("/v1/sandbox/transactions/complete/x", &modes), None);
        modes.set("simulation_prefix", "root").unwrap();
        assert_eq!(operation("/v1/sandbox/transactions/complete/x", &modes), Some("simulate_pix"));
        assert_eq!(operation(pix, &modes), None);
        modes.set("service_prefix", "absent").unwrap();
        assert_eq!(operation("/v1/login", &modes), Some("login"));
        assert_eq!(operation("/v1/partners-int/login", &modes), None);
        assert_eq!(operation("/v1/partners-int/receivers", &modes), Some("receivers"));
        assert_eq!(operation("/v1/receivers", &modes), None);
    }

    #[test]
    fn ids_are_decoded_and_never_empty() {
        let id = |path: &str| find_any(path).and_then(|(_, id)| id);
        assert_eq!(id("/v1/partners-int/accounts/transactions/pix/a%2Fb").as_deref(), Some("a/b"));
        assert!(find_any("/v1/partners-int/accounts/transactions/pix/").is_none());
        assert!(find_any("/v1/partners-int/accounts/transactions/pix/a/b").is_none());
        let (page, _, ids) = find_page(&page_path(Page::Checkout, "p", "t")).unwrap();
        assert_eq!((page, ids), (Page::Checkout, vec!["p".to_owned(), "t".to_owned()]));
        assert!(is_described_step("/v1/partners-int/receivers/x") && !is_described_step("/v1/partners-int/receivers"));
    }
}
