//! Pay Agency's hosted pages.

use super::provider::PayAgencyProvider;
use crate::provider::{ProviderRequest, Reply};
use http::StatusCode;

/// Answers a request to a hosted page.
pub(crate) fn answer(provider: &PayAgencyProvider, request: &ProviderRequest) -> Reply {
    let _ = provider.open_page(&request.path);
    Reply::json(StatusCode::NOT_IMPLEMENTED, &crate::json::Node::Null)
}
