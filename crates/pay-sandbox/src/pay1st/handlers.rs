//! Who answers for which operation of the document.

use super::answers::Refusal;
use super::state::{Call, State};
use super::{auth, create, fulfilments, methods, query, refunds};
use crate::provider::Reply;

/// What answers for an endpoint.
pub(super) type Handle = fn(&mut State, &Call<'_>) -> Result<Reply, Refusal>;

/// What an endpoint asks of a call before it looks at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// No access token and no signature.
    Nothing,
    /// An access token.
    Token,
    /// An access token and a signature.
    Signature,
}

/// The handler of an operation.
pub(super) fn handler(operation: &str) -> Option<(Needs, Handle)> {
    Some(match operation {
        "token" => (Needs::Nothing, auth::token),
        "refresh" => (Needs::Nothing, auth::refresh),
        "payment_methods" => (Needs::Token, methods::methods),
        "payment" => (Needs::Token, query::query),
        "create_payment" => (Needs::Signature, create::create),
        "report_fulfilment" => (Needs::Signature, fulfilments::create),
        "refund" => (Needs::Signature, refunds::create),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::routes;
    use super::*;
    use crate::generated::pay1st::{DOCUMENT, ROUTES};
    use serde_json::Value;

    #[test]
    fn every_route_is_played_as_the_document_says() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        for route in &ROUTES {
            let (needs, _) = handler(route.operation).unwrap();
            let operation = &document["paths"][route.template][route.method.to_lowercase()];
            assert_eq!(operation["operationId"], route.operation);
            assert_eq!(operation["x-pay-sign"] == true, needs == Needs::Signature, "{}", route.operation);
            let no_token = !operation["security"].is_null();
            assert_eq!(no_token, needs == Needs::Nothing, "{}", route.operation);
            // Ours are from the facts: two readings of them, held against each other.
            let content = operation["requestBody"]["content"].as_object();
            let sent = content.and_then(|content| content.keys().next().cloned());
            let sent = sent.or_else(|| operation["x-pay-media"]["send"].as_str().map(str::to_owned));
            assert_eq!(sent.as_deref(), Some(routes::media_type(route.template)), "{}", route.operation);
        }
    }
}
