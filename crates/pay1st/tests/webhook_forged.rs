//! Forged webhooks by the hundred: none is accepted, and none is even stale.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use http::HeaderMap;
use pay1st::webhook::{Received, Webhooks};
use proptest::prelude::*;
use std::collections::BTreeMap;
use webhook_support::*;

/// A name for the kind of forgery, headers, and a body.
type Forgery = (&'static str, HeaderMap, Vec<u8>);
/// Headers as they are given.
type Given<'a> = &'a [(&'a str, &'a [u8])];

fn with(stamp: &[u8], signature: &[u8], body: &[u8], kind: &'static str) -> Forgery {
    (kind, headers(&[("x-signature", signature), ("x-timestamp", stamp)]), body.to_vec())
}

fn bodies() -> Vec<Forgery> {
    let forged = |kind, body: &[u8]| with(STAMP.as_bytes(), SIGNATURE.as_bytes(), body, kind);
    let body = BODY.as_bytes();
    let mut all = Vec::new();
    for bit in 0..body.len() * 8 {
        let mut flipped = body.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        all.push(forged("a bit of the body flipped", &flipped));
    }
    all.extend((0..body.len()).map(|end| forged("body cut", &body[..end])));
    all.extend((1..body.len()).map(|start| forged("body begins late", &body[start..])));
    for space in [" ", "\n", "\r\n", "\t", "\0", "\u{feff}", "x", "}"] {
        all.push(forged("something after the body", format!("{BODY}{space}").as_bytes()));
        all.push(forged("something before the body", format!("{space}{BODY}").as_bytes()));
    }
    let value: BTreeMap<String, Box<serde_json::value::RawValue>> = serde_json::from_str(BODY).unwrap();
    for other in [
        serde_json::to_string(&value).unwrap(),
        serde_json::to_string_pretty(&value).unwrap(),
        BODY.replace(':', ": "),
        BODY.replace(',', ", "),
        BODY.replace(":100", ":100.0"),
        BODY.replace(":100", ":1e2"),
        BODY.replace(":100", ":\"100\""),
        BODY.replace(":100", ":1000"),
        BODY.replace(":100", ":1"),
        BODY.replace("NGN", "ZAR"),
        BODY.replace("ACME", "\\u0041CME"),
        BODY.replace('/', "\\/") + " ",
        BODY.replace("SUCCESSFUL", "PENDING"),
        BODY.replace("SUCCESSFUL", "successful"),
        BODY.replace("C-142710055596150-P", "C-142710055596151-P"),
        BODY.replace("\"status\"", "\"status\":\"FAILED\",\"status\""),
        BODY.replace('"', "'"),
        BODY.replace('"', "%22"),
        BODY.to_uppercase(),
        format!("{BODY}{BODY}"),
        format!("[{BODY}]"),
        format!("\"{}\"", BODY.replace('"', "\\\"")),
    ] {
        all.push(forged("the same written otherwise, or something else", other.as_bytes()));
    }
    let wide: Vec<u8> = BODY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(forged("UTF-16", &wide));
    all
}

fn signatures() -> Vec<Forgery> {
    let forged = |kind, signature: &[u8]| with(STAMP.as_bytes(), signature, BODY.as_bytes(), kind);
    let mut all = Vec::new();
    for at in 0..SIGNATURE.len() {
        for other in [b'0', b'f', b'g', b' ', 0xff] {
            let mut changed = SIGNATURE.as_bytes().to_vec();
            if changed[at] != other {
                changed[at] = other;
                all.push(forged("a digit of the signature changed", &changed));
            }
        }
    }
    all.extend((0..SIGNATURE.len()).map(|end| forged("signature cut", &SIGNATURE.as_bytes()[..end])));
    all.extend((1..SIGNATURE.len()).map(|start| forged("signature begins late", &SIGNATURE.as_bytes()[start..])));
    for other in [
        format!("{SIGNATURE}0"),
        format!("{SIGNATURE}00"),
        format!("0{SIGNATURE}"),
        format!("{SIGNATURE}{SIGNATURE}"),
        format!("{SIGNATURE},{SIGNATURE}"),
        format!("{SIGNATURE}, "),
        format!(" {SIGNATURE}"),
        format!("{SIGNATURE}\t"),
        format!("sha256={SIGNATURE}"),
        format!("0x{SIGNATURE}"),
        format!("\"{SIGNATURE}\""),
        format!("HMAC-SHA256 {SIGNATURE}"),
        SIGNATURE.chars().rev().collect(),
        "0".repeat(64),
        "f".repeat(64),
        "00".repeat(32),
        "\u{0660}".repeat(32),
        "x".repeat(100_000),
        "null".into(),
        "true".into(),
        "*".into(),
        "' OR '1'='1".into(),
        SIGNATURE_OF_PENDING.into(),
        SIGNATURE_BY_PREVIOUS.into(),
    ] {
        all.push(forged("another signature", other.as_bytes()));
    }
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&SIGNATURE[2 * at..2 * at + 2], 16).unwrap()).collect();
    all.push(forged("in base64", base64(&bytes).as_bytes()));
    let key = KEY.as_bytes();
    let (stamp, body) = (STAMP.as_bytes(), BODY.as_bytes());
    let both = format!("{STAMP}{BODY}");
    for (kind, signature) in [
        ("key and message swapped", sign(&both, &[key])),
        ("body alone", sign(KEY, &[body])),
        ("timestamp alone", sign(KEY, &[stamp])),
        ("nothing", sign(KEY, &[])),
        ("body before timestamp", sign(KEY, &[body, stamp])),
        ("a line end between", sign(KEY, &[stamp, b"\n", body])),
        ("a point between", sign(KEY, &[stamp, b".", body])),
        ("a colon between", sign(KEY, &[stamp, b":", body])),
        ("a space between", sign(KEY, &[stamp, b" ", body])),
        ("a line end after", sign(KEY, &[stamp, body, b"\n"])),
        ("signed twice", sign(KEY, &[SIGNATURE.as_bytes()])),
        ("key cut", sign(&KEY[1..], &[stamp, body])),
        ("key longer", sign(&format!("{KEY}="), &[stamp, body])),
        ("key in upper case", sign(&KEY.to_uppercase(), &[stamp, body])),
        ("key in base64", sign(&base64(key), &[stamp, body])),
        ("the empty key's text", sign("\"\"", &[stamp, body])),
        ("the partner's code as key", sign("ACME", &[stamp, body])),
        ("the Shop's scheme with the signing key", sign(KEY, &[body.trim_ascii()])),
        ("the Shop's scheme with its own key", sign("YXBpdXNlcjphcGlwYXNzd29yZA==", &[body])),
    ] {
        all.push(forged(kind, signature.as_bytes()));
    }
    all
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn stamps() -> Vec<Forgery> {
    let forged = |kind, stamp: &[u8]| with(stamp, SIGNATURE.as_bytes(), BODY.as_bytes(), kind);
    let mut all = Vec::new();
    for at in 0..STAMP.len() {
        for other in [b'0', b'9', b'Z', 0xff] {
            let mut changed = STAMP.as_bytes().to_vec();
            if changed[at] != other {
                changed[at] = other;
                all.push(forged("a character of the timestamp changed", &changed));
            }
        }
        all.push(forged("timestamp cut", &STAMP.as_bytes()[..at]));
    }
    let huge = "9".repeat(100_000);
    for other in [
        "2025-03-17T08:10:52.544247647Z",
        "2025-03-17T08:10:52.544Z",
        "2025-03-17T08:10:52Z",
        "2025-03-17T10:10:52.544247646+02:00",
        "2025-03-17T08:10:52.544247646+00:00",
        "2025-03-17t08:10:52.544247646z",
        "2025-03-17 08:10:52.544247646Z",
        "2025-03-17T08:10:52.5442476460Z",
        "2025-03-17T08:10:52.544247646",
        "",
        " 2025-03-17T08:10:52.544247646Z",
        "2025-03-17T08:10:52.544247646Z ",
        "2099-03-17T08:10:52.544247646Z",
        "1742199052",
        "1742199052544",
        "0",
        "-1",
        "-9223372036854775808",
        "9223372036854775807",
        "18446744073709551616",
        "170141183460469231731687303715884105727",
        "1e308",
        "-1e308",
        "NaN",
        "inf",
        "0x7fffffff",
        "null",
        "now",
        huge.as_str(),
        "-9223372036854775808-01-01T00:00:00Z",
        "+292277026596-12-04T15:30:07Z",
        "99999-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999-23:59",
        "0000-01-01T00:00:00+23:59",
        "2025-02-30T00:00:00Z",
        "2025-03-17T24:00:00Z",
        "2025-03-17T08:60:00Z",
        "Mon, 17 Mar 2025 08:10:52 GMT",
        "\u{0662}025-03-17T08:10:52Z",
    ] {
        all.push(forged("another timestamp", other.as_bytes()));
    }
    for other in
        ["yesterday", "1742199052", "-9223372036854775808", "2025-03-17T08:10Z", huge.as_str(), "Z", "2025-03-17"]
    {
        let signature = sign(KEY, &[other.as_bytes(), BODY.as_bytes()]);
        all.push(with(other.as_bytes(), signature.as_bytes(), BODY.as_bytes(), "signed, but no timestamp"));
    }
    let signature = sign(KEY, &[b"\xff\xfe", BODY.as_bytes()]);
    all.push(with(b"\xff\xfe", signature.as_bytes(), BODY.as_bytes(), "signed, but no text"));
    all
}

/// Between timestamp and body stands nothing, so bytes can move over the border and the signature still fits.
fn borders() -> Vec<Forgery> {
    let both = format!("{STAMP}{BODY}");
    let moved = (1..STAMP.len()).chain(STAMP.len() + 1..both.len());
    moved.map(|at| with(&both.as_bytes()[..at], SIGNATURE.as_bytes(), &both.as_bytes()[at..], "border moved")).collect()
}

fn header_games() -> Vec<Forgery> {
    let (good, stamp, body) = (SIGNATURE.as_bytes(), STAMP.as_bytes(), BODY.as_bytes());
    let bad = "0".repeat(64);
    let bad = bad.as_bytes();
    let games: [(&'static str, Given<'_>); 16] = [
        ("no headers", &[]),
        ("no timestamp", &[("X-SIGNATURE", good)]),
        ("no signature", &[("X-TIMESTAMP", stamp)]),
        ("empty signature", &[("X-SIGNATURE", b""), ("X-TIMESTAMP", stamp)]),
        ("empty timestamp", &[("X-SIGNATURE", good), ("X-TIMESTAMP", b"")]),
        ("swapped", &[("X-SIGNATURE", stamp), ("X-TIMESTAMP", good)]),
        ("two signatures, good first", &[("X-SIGNATURE", good), ("X-SIGNATURE", bad), ("X-TIMESTAMP", stamp)]),
        ("two signatures, bad first", &[("X-SIGNATURE", bad), ("X-SIGNATURE", good), ("X-TIMESTAMP", stamp)]),
        ("the signature twice", &[("X-SIGNATURE", good), ("x-signature", good), ("X-TIMESTAMP", stamp)]),
        ("the timestamp twice", &[("X-SIGNATURE", good), ("X-TIMESTAMP", stamp), ("x-timestamp", stamp)]),
        ("two timestamps", &[("X-SIGNATURE", good), ("X-TIMESTAMP", stamp), ("X-Timestamp", b"2025-03-17T08:10:53Z")]),
        ("an empty one beside it", &[("X-SIGNATURE", good), ("X-SIGNATURE", b""), ("X-TIMESTAMP", stamp)]),
        ("in a header of nearly that name", &[("X_SIGNATURE", good), ("X_TIMESTAMP", stamp)]),
        ("without the X", &[("SIGNATURE", good), ("TIMESTAMP", stamp)]),
        ("in other headers", &[("Authorization", good), ("Date", stamp)]),
        ("another provider's headers", &[("fs-webhook-hash", good), ("X-Webhook-Signature", good)]),
    ];
    games.into_iter().map(|(kind, given)| (kind, headers(given), body.to_vec())).collect()
}

#[test]
fn none_of_the_forged_is_accepted() {
    let good = signed_headers(STAMP, SIGNATURE);
    let webhooks = webhooks();
    assert!(matches!(webhooks.verify(BODY.as_bytes(), &good, moment()), Received::Verified(_)), "the honest one");
    let groups = [bodies(), signatures(), stamps(), borders(), header_games()];
    let counts = groups.each_ref().map(Vec::len);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, headers, body) in groups.into_iter().flatten() {
        let received = webhooks.verify(&body, &headers, moment());
        assert!(
            matches!(received, Received::Forged | Received::Unsigned),
            "accepted: {kind}: {headers:?}: {received:?}"
        );
        *kinds.entry(kind).or_default() += 1;
    }
    println!("{} forged webhooks of {} kinds, 0 accepted", counts.iter().sum::<usize>(), kinds.len());
    assert!(counts.iter().sum::<usize>() >= 200 && kinds.len() >= 40 && counts.iter().all(|count| *count >= 16));
}

#[test]
fn several_keys_accept_no_more_of_them() {
    let several = Webhooks::new("another").unwrap().and_key("one more").unwrap();
    let honest = several.verify(BODY.as_bytes(), &signed_headers(STAMP, SIGNATURE), moment());
    assert!(matches!(honest, Received::Forged), "signed with none of these");
    let several = several.and_key(KEY).unwrap();
    for (kind, headers, body) in signatures().into_iter().chain(header_games()) {
        let received = several.verify(&body, &headers, moment());
        assert!(matches!(received, Received::Forged | Received::Unsigned), "{kind}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_without_the_key_is_believed(
        signature in prop_oneof!["[0-9a-f]{64}", "[ -~]{0,80}"],
        stamp in prop_oneof![Just(STAMP.to_owned()), "[ -~]{0,40}", "-?[0-9]{1,40}"],
        body in proptest::collection::vec(any::<u8>(), 0..200),
        about in -10_000_000_000_i64..10_000_000_000,
    ) {
        let away = std::time::Duration::from_secs(about.unsigned_abs());
        let now = if about < 0 { moment().checked_sub(away) } else { moment().checked_add(away) };
        let headers = headers(&[("x-signature", signature.as_bytes()), ("x-timestamp", stamp.as_bytes())]);
        let received = webhooks().verify(&body, &headers, now.unwrap_or_else(moment));
        prop_assert!(matches!(received, Received::Forged | Received::Unsigned));
    }

    #[test]
    fn whatever_is_signed_is_read_or_kept(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let received = webhooks().verify(&body, &deliver(&body), moment());
        prop_assert!(matches!(received, Received::Verified(_)));
    }
}
