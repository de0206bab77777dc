//! The style sheet and the icon: all that a page loads.

use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};

/// Where the style sheet is.
pub(super) const STYLE: &str = "/_sandbox/pages/style.css";
/// Where the icon is.
pub(super) const ICON: &str = "/_sandbox/pages/icon.svg";

pub(super) fn style() -> Reply {
    asset("text/css; charset=utf-8", include_str!("style.css"))
}

pub(super) fn icon() -> Reply {
    asset("image/svg+xml", include_str!("icon.svg"))
}

fn asset(content_type: &str, text: &'static str) -> Reply {
    Reply {
        status: StatusCode::OK,
        content_type: content_type.to_owned(),
        retry_after: None,
        wait_for: None,
        headers: vec![
            (CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        body: Bytes::from_static(text.as_bytes()),
        assumed: Vec::new(),
        violation: None,
    }
}
