//! Which endpoint a path names, and the media type that it takes.

use crate::generated::Route;
use crate::generated::pay1st::ROUTES;
use crate::provider::KnownPath;

const AUTH: &str = "application/vnd.carry1st.payments.partnerauthentication+json";
const CHANNEL: &str = "application/vnd.carry1st.payments.paymentchannel+json";
const PAYMENT: &str = "application/vnd.carry1st.payments.payment+json";
const REFUND: &str = "application/vnd.carry1st.payments.refund+json";

/// By path, from the facts and not from the document, so that the two are held against each other.
const MEDIA: [(&str, &str); 7] = [
    ("/api/pay1st/auth/token", AUTH),
    ("/api/pay1st/auth/refresh", AUTH),
    ("/api/pay1st/payments/methods", CHANNEL),
    ("/api/pay1st/payments/create", PAYMENT),
    ("/api/pay1st/payments", PAYMENT),
    ("/api/pay1st/payments/fulfilments", PAYMENT),
    ("/api/pay1st/transactions/refunds/create", REFUND),
];

/// The endpoint that a path names.
pub(super) fn find(path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.template == path)
}

pub(super) fn known_path(route: &Route) -> KnownPath {
    KnownPath { operation: route.operation, template: route.template }
}

/// The one media type that an endpoint takes, reads included.
pub(super) fn media_type(path: &str) -> &'static str {
    MEDIA.iter().find(|(known, _)| *known == path).map_or("", |(_, media)| media)
}
