//! A header that must stand there exactly once.

use http::HeaderMap;

/// How often a header stands in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header<'a> {
    /// Not at all, or empty.
    Missing,
    /// Once. The bytes may be any, UTF-8 or not.
    Once(&'a [u8]),
    /// More than once: which one counts would be a guess, and a proxy may guess otherwise.
    Several,
}

/// Looks a header up, without regard to the case of its name.
pub fn header<'a>(headers: &'a HeaderMap, name: &str) -> Header<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) if !value.is_empty() => Header::Once(value.as_bytes()),
        (Some(_), Some(_)) => Header::Several,
        _ => Header::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_header_counts_only_where_it_stands_once() {
        let mut headers = HeaderMap::new();
        assert_eq!(header(&headers, "X-Signature"), Header::Missing);
        headers.append("x-signature", HeaderValue::from_static(""));
        assert_eq!(header(&headers, "X-Signature"), Header::Missing);
        headers.insert("x-signature", HeaderValue::from_bytes(b"\xff").unwrap());
        assert_eq!(header(&headers, "X-SIGNATURE"), Header::Once(b"\xff"));
        headers.append("x-signature", HeaderValue::from_static(""));
        assert_eq!(header(&headers, "X-Signature"), Header::Several);
    }
}
