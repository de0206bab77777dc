//! PagFast's pages: those that it hosts for payers, and what its panel would show a merchant.

use super::provider::PagFastProvider;
use crate::pages::{Visit, layout};
use crate::provider::{ProviderRequest, Reply};

/// Where the page of transactions is.
pub(crate) const TRANSACTIONS: &str = "/_sandbox/pages/pagfast/transactions";
/// Where the page of accounts is.
pub(crate) const ACCOUNTS: &str = "/_sandbox/pages/pagfast/accounts";

/// Answers a request to a hosted page.
pub(crate) fn answer(provider: &PagFastProvider, request: &ProviderRequest) -> Reply {
    let _ = provider.open_page(&request.path);
    Reply::ok(&crate::json::Node::Null)
}

/// Answers a request to one of the sandbox's pages about PagFast.
pub(crate) fn tools(visit: &Visit<'_>) -> Reply {
    layout::not_found(visit)
}
