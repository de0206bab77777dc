//! Headers mangled, forged and merely odd, each with the outcome that it must have; and that nobody without the key is believed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod webhook_support;

use Outcome::{Forged, Stale, Unsigned, Verified};
use http::HeaderMap;
use pagfast::webhook::{HEADER, Received, Webhooks};
use proptest::prelude::*;
use std::collections::BTreeMap;
use webhook_support::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Verified,
    Stale,
    Unsigned,
    Forged,
}

fn outcome(received: &Received) -> Outcome {
    match received {
        Received::Verified(_) => Verified,
        Received::Stale(_) => Stale,
        Received::Unsigned => Unsigned,
        Received::Forged => Forged,
    }
}

struct Case {
    kind: &'static str,
    headers: HeaderMap,
    body: Vec<u8>,
    expected: Outcome,
}

/// A header's value over the honest body.
fn case(kind: &'static str, value: impl AsRef<[u8]>, expected: Outcome) -> Case {
    Case { kind, headers: with(value), body: BODY.into(), expected }
}

/// Signed over exactly these parts, as they stand, and written so.
fn signed_over(nonce: &str, ts: &str) -> String {
    written(&sign(KEY, &[nonce.as_bytes(), b":", ts.as_bytes(), b":", BODY.as_bytes()]), nonce, ts)
}

/// Ways in which an honest sender was seen to write the header, or may well write it.
fn honest_writings() -> Vec<Case> {
    let (s, n, t) = (format!("Sign={SIGN}"), format!("Nonce={NONCE}"), format!("TS={TS}"));
    let lower = SIGN.to_lowercase();
    let mixed: String =
        SIGN.char_indices().map(|(at, c)| if at % 2 == 0 { c.to_ascii_lowercase() } else { c }).collect();
    let mut values = vec![
        format!("HMAC-SHA256 Sign={lower},{n},{t}"),
        format!("HMAC-SHA256 Sign={mixed},{n},{t}"),
        format!("hmac-sha256 {s},{n},{t}"),
        format!("HMAC-SHA256  {s},{n},{t}"),
        format!("HMAC-SHA256\t{s},{n},{t}"),
        format!("HMAC-SHA256 {s}, {n}, {t}"),
        format!("HMAC-SHA256 {s},  {n},\t{t}"),
        format!("HMAC-SHA256 {s} , {n} , {t}"),
        format!(" HMAC-SHA256 {s},{n},{t} "),
        format!("{s}, {n}, {t}"),
        format!("HMAC-SHA256 {s},{n},{t},"),
        format!("HMAC-SHA256 ,{s},,{n},{t}"),
        format!("HMAC-SHA256 {s},{n},{t},V=2"),
        format!("HMAC-SHA256 V=2,{s},Key=a=b,{n},{t},more"),
        format!("HMAC-SHA256 sign=0,{s},nonce=x,{n},ts=1,{t}"),
        format!("HMAC-SHA256 V=1,{s},V=2,{n},{t}"),
    ];
    for [a, b, c] in [[&s, &n, &t], [&s, &t, &n], [&n, &s, &t], [&n, &t, &s], [&t, &s, &n], [&t, &n, &s]] {
        values.push(format!("HMAC-SHA256 {a},{b},{c}"));
        values.push(format!("{a},{b},{c}"));
    }
    for nonce in ["1", "a=b", "!#$%&'()*+-./;<=>?@[]^_`{|}~", &"n".repeat(4000)] {
        values.push(signed_over(nonce, TS));
    }
    values.into_iter().map(|value| case("written otherwise, and honest", value, Verified)).collect()
}

/// Fields missing, doubled, empty, or of another name.
fn fields() -> Vec<Case> {
    let (s, n, t) = (format!("Sign={SIGN}"), format!("Nonce={NONCE}"), format!("TS={TS}"));
    let fields = [s.as_str(), n.as_str(), t.as_str()];
    let mut all = Vec::new();
    for without in 0..3 {
        let rest: Vec<&str> = (0..3).filter(|at| *at != without).map(|at| fields[at]).collect();
        all.push(case("a field is missing", format!("HMAC-SHA256 {}", rest.join(",")), Forged));
        all.push(case("a field is missing", rest.join(","), Forged));
        all.push(case("one field alone", fields[without], Forged));
    }
    for doubled in fields {
        all.push(case("a field twice", format!("HMAC-SHA256 {s},{n},{t},{doubled}"), Forged));
        all.push(case("a field twice", format!("{doubled},{s},{n},{t}"), Forged));
    }
    let zeros = "0".repeat(64);
    for other in [format!("Sign={zeros}"), "Nonce=x".into(), "TS=1684633817".into(), "Sign=".into(), "TS=".into()] {
        all.push(case("a field twice, with another value", format!("{s},{n},{t},{other}"), Forged));
        all.push(case("a field twice, with another value", format!("{other},{s},{n},{t}"), Forged));
    }
    let both = format!("{},{}", written(SIGN, NONCE, TS), written(SIGN, NONCE, TS));
    all.push(case("two headers joined by a proxy", both, Forged));
    for (from, to) in [
        ("Sign=", "sign="),
        ("Sign=", "SIGN="),
        ("Sign=", "Signature="),
        ("Sign=", "Sign =:"),
        ("Sign=", "Sign = "),
        ("Sign=", "Sign= "),
        ("Sign=", "Sign:"),
        ("Sign=", "Sign=="),
        ("Nonce=", "nonce="),
        ("Nonce=", "Nonce= "),
        ("Nonce=", "Nonce\t="),
        ("TS=", "ts="),
        ("TS=", "T S="),
        ("TS=", "TS= "),
        ("TS=", "TS=+"),
        (",Nonce", ";Nonce"),
        (",Nonce", " Nonce"),
        (",Nonce", "\tNonce"),
        (",Nonce", "Nonce"),
        (",TS", ";TS"),
        (",TS", "&TS"),
        ("HMAC-SHA256 ", "HMAC-SHA256"),
        ("HMAC-SHA256 ", "HMAC-SHA256,"),
        ("HMAC-SHA256 ", "HMAC-SHA256:"),
        ("HMAC-SHA256 ", "HMAC-SHA512 "),
        ("HMAC-SHA256 ", "HMAC-SHA1 "),
        ("HMAC-SHA256 ", "Bearer "),
        ("HMAC-SHA256 ", "SHA256 "),
        ("HMAC-SHA256 ", "HMAC_SHA256 "),
        ("HMAC-SHA256 ", "HMAC-SHA256 HMAC-SHA256 "),
        ("HMAC-SHA256 ", "none "),
        ("HMAC-SHA256 ", "Signature: HMAC-SHA256 "),
    ] {
        let value = written(SIGN, NONCE, TS).replacen(from, to, 1);
        // Behind a comma the scheme is a field of another name, and those are ignored.
        let expected = if to == "HMAC-SHA256," { Verified } else { Forged };
        all.push(case("the form broken", value, expected));
    }
    for value in
        ["HMAC-SHA256", "HMAC-SHA256 ", " ", ",", ",,,", "=", "Sign=,Nonce=,TS=", "null", "*", "{}", "undefined"]
    {
        all.push(case("no fields", value, Forged));
    }
    all.push(case("not text", b"HMAC-SHA256 Sign=\xff\xfe,Nonce=x,TS=1", Forged));
    all.push(case(
        "not text in a field that nobody reads",
        [written(SIGN, NONCE, TS).as_bytes(), b",V=\xff"].concat(),
        Forged,
    ));
    all.push(case("a hundred thousand fields", "a=b,".repeat(10_000), Forged));
    all
}

fn signatures() -> Vec<Case> {
    let forged = |kind, sign: &str| case(kind, written(sign, NONCE, TS), Forged);
    let mut all = Vec::new();
    for at in 0..SIGN.len() {
        for other in ["0", "F", "G", " "] {
            let changed = format!("{}{other}{}", &SIGN[..at], &SIGN[at + 1..]);
            if changed != SIGN {
                all.push(forged("a digit of the signature changed", &changed));
            }
        }
    }
    all.extend((0..SIGN.len()).map(|end| forged("signature cut", &SIGN[..end])));
    all.extend((1..SIGN.len()).map(|start| forged("signature begins late", &SIGN[start..])));
    for other in [
        format!("{SIGN}0"),
        format!("{SIGN}00"),
        format!("0{SIGN}"),
        format!("{SIGN}{SIGN}"),
        format!("0x{SIGN}"),
        format!("\"{SIGN}\""),
        format!("'{SIGN}'"),
        format!("sha256:{SIGN}"),
        SIGN.chars().rev().collect(),
        "0".repeat(64),
        "F".repeat(64),
        "x".repeat(4000),
        SIGN_OF_REVERSED.into(),
        SIGN_BY_PREVIOUS.into(),
        FULL_SIGN.into(),
        "XZBJnVmw2Z+tRKFREpNs/Kunput+6mqrprYKD8A/QOpQ=".into(),
    ] {
        all.push(forged("another signature", &other));
    }
    let (nonce, ts, body) = (NONCE.as_bytes(), TS.as_bytes(), BODY.as_bytes());
    let hex: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&KEY[2 * at..2 * at + 2], 16).unwrap()).collect();
    let decoded = String::from_utf8_lossy(&hex).into_owned();
    for (kind, sign) in [
        ("the body alone", sign(KEY, &[body])),
        ("nothing", sign(KEY, &[])),
        ("without separators", sign(KEY, &[nonce, ts, body])),
        ("with points", sign(KEY, &[nonce, b".", ts, b".", body])),
        ("with one colon", sign(KEY, &[nonce, b":", ts, body])),
        ("time before nonce", sign(KEY, &[ts, b":", nonce, b":", body])),
        ("body first", sign(KEY, &[body, b":", nonce, b":", ts])),
        ("time alone, as Pay1st signs", sign(KEY, &[ts, body])),
        ("a line end after", sign(KEY, &[nonce, b":", ts, b":", body, b"\n"])),
        ("nonce and time alone", sign(KEY, &[nonce, b":", ts, b":"])),
        ("key and message swapped", sign(&format!("{NONCE}:{TS}:{BODY}"), &[KEY.as_bytes()])),
        ("the key in upper case", sign(&KEY.to_uppercase(), &[nonce, b":", ts, b":", body])),
        ("the key cut", sign(&KEY[1..], &[nonce, b":", ts, b":", body])),
        ("the key decoded", sign(decoded.trim(), &[nonce, b":", ts, b":", body])),
        ("the nonce as key", sign(NONCE, &[nonce, b":", ts, b":", body])),
        ("another key", sign("guess", &[nonce, b":", ts, b":", body])),
    ] {
        all.push(forged(kind, &sign));
    }
    all
}

fn nonces_and_times() -> Vec<Case> {
    let mut all = Vec::new();
    for other in ["", "x", "b7891a74-ca9a-4770-bedd-8fd8341b122c", "B7891A74-CA9A-4770-BEDD-8FD8341B122B", ":", "null"]
    {
        all.push(case("another nonce", written(SIGN, other, TS), Forged));
    }
    for at in 0..NONCE.len() {
        all.push(case("nonce cut", written(SIGN, &NONCE[..at], TS), Forged));
    }
    for other in
        ["1684633815", "1684633817", "01684633816", "1684633816.0", "1684633816 1", "16846338160", "168463381", "0"]
    {
        all.push(case("another time", written(SIGN, NONCE, other), Forged));
    }
    for (at, digit) in TS.char_indices() {
        let other = if digit == '9' { "0" } else { "9" };
        let changed = format!("{}{other}{}", &TS[..at], &TS[at + 1..]);
        all.push(case("a digit of the time changed", written(SIGN, NONCE, &changed), Forged));
    }
    // Signed right, and still nothing that has one meaning.
    for nonce in ["a:b", ":", "a:1684633816", "a b", "caf\u{e9}", "\u{1f511}", "a\tb"] {
        all.push(case("signed, but the nonce is none", signed_over(nonce, TS), Forged));
    }
    for ts in [
        "",
        "-1",
        "-9223372036854775808",
        "9223372036854775807",
        "18446744073709551616",
        "170141183460469231731687303715884105727",
        "1684633816000",
        "+1684633816",
        "1684633816.5",
        "1e9",
        "0x64697a18",
        "NaN",
        "inf",
        "now",
        "2023-05-21T01:50:16Z",
        "1684633816:",
        "\u{0661}684633816",
        "1_684_633_816",
    ] {
        all.push(case("signed, but the time is none", signed_over(NONCE, ts), Forged));
    }
    // Signed right, at a time that is far off.
    for ts in ["0", "1", "1684547415", "1684720217", "999999999999", "000000000001"] {
        all.push(case("signed, long ago or far ahead", signed_over(NONCE, ts), Stale));
    }
    for ts in ["1684547416", "1684720216", "001684633816"] {
        all.push(case("signed, within a day", signed_over(NONCE, ts), Verified));
    }
    all
}

/// What is signed is `Nonce:TS:body`: a colon moved from one part to the next would leave the signature right.
fn borders() -> Vec<Case> {
    let moved = |nonce: &str, ts: &str, body: &str| Case {
        kind: "border moved",
        headers: with(written(SIGN, nonce, ts)),
        body: body.into(),
        expected: Forged,
    };
    let mut all = vec![
        moved(&format!("{NONCE}:{TS}"), "", BODY),
        moved(&format!("{NONCE}:{TS}"), &BODY[..10], &BODY[11..]),
        moved(NONCE, "", &format!("{TS}:{BODY}")),
        moved("", NONCE, &format!("{TS}:{BODY}")),
        moved("", "", &format!("{NONCE}:{TS}:{BODY}")),
        moved(NONCE, &format!("{TS}:{{\"id\""), BODY.split_once(':').unwrap().1),
    ];
    // A body that begins with digits and a colon, so that every part looks plain.
    let body = format!("1684633816:{BODY}");
    let sign = sign(KEY, &[b"a:1684633816:", body.as_bytes()]);
    all.push(Case {
        kind: "border moved into the nonce",
        headers: with(written(&sign, "a:1684633816", "1684633816")),
        body: BODY.into(),
        expected: Forged,
    });
    all
}

fn bodies() -> Vec<Case> {
    let mut all = Vec::new();
    let mut forged =
        |kind, body: &[u8]| all.push(Case { kind, headers: honest(), body: body.to_vec(), expected: Forged });
    let body = BODY.as_bytes();
    for bit in 0..body.len() * 8 {
        let mut flipped = body.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        forged("a bit of the body flipped", &flipped);
    }
    (0..body.len()).for_each(|end| forged("body cut", &body[..end]));
    for around in [" ", "\n", "\r\n", "\0", "\u{feff}", "}"] {
        forged("something after the body", format!("{BODY}{around}").as_bytes());
        forged("something before the body", format!("{around}{BODY}").as_bytes());
    }
    for other in [
        BODY.replace(':', ": "),
        BODY.replace("0.010000", "0.01"),
        BODY.replace("0.010000", "1000000.00"),
        BODY.replace("Completed", "Reversed"),
        BODY.replace("Credit", "Debit"),
        BODY.replace("\"PIX\"", "\"PIX\",\"transactionState\":\"Error\""),
        BODY.replace("Johnny", "\\u004aohnny"),
        BODY.replace("f6431a0f", "f6431a0e"),
        format!("[{BODY}]"),
        format!("{BODY}{BODY}"),
        "{}".into(),
    ] {
        forged("the same written otherwise, or something else", other.as_bytes());
    }
    all
}

fn header_games() -> Vec<Case> {
    let good = written(SIGN, NONCE, TS);
    let bad = written(&"0".repeat(64), NONCE, TS);
    let (good, bad) = (good.as_bytes(), bad.as_bytes());
    type Given<'a> = &'a [(&'a str, &'a [u8])];
    let games: [(&'static str, Given<'_>, Outcome); 15] = [
        ("no header", &[], Unsigned),
        ("an empty header", &[(HEADER, b"")], Unsigned),
        ("in lower case", &[("x-webhook-signature", good)], Verified),
        ("in upper case", &[("X-WEBHOOK-SIGNATURE", good)], Verified),
        ("good, then bad", &[(HEADER, good), (HEADER, bad)], Forged),
        ("bad, then good", &[(HEADER, bad), (HEADER, good)], Forged),
        ("the same twice", &[(HEADER, good), (HEADER, good)], Forged),
        ("an empty one beside it", &[(HEADER, good), (HEADER, b"")], Forged),
        ("two empty ones", &[(HEADER, b""), (HEADER, b"")], Forged),
        ("with underscores", &[("X_Webhook_Signature", good)], Unsigned),
        ("without the X", &[("Webhook-Signature", good)], Unsigned),
        ("in another header", &[("Authorization", good)], Unsigned),
        ("Pay1st's headers", &[("X-Signature", SIGN.as_bytes()), ("X-Timestamp", TS.as_bytes())], Unsigned),
        ("Pay Agency's header", &[("fs-webhook-hash", SIGN.as_bytes())], Unsigned),
        ("another header beside it", &[(HEADER, good), ("X-Signature", b"0")], Verified),
    ];
    let case = |(kind, given, expected): (&'static str, Given<'_>, Outcome)| Case {
        kind,
        headers: headers(given),
        body: BODY.into(),
        expected,
    };
    games.into_iter().map(case).collect()
}

#[test]
fn each_header_has_the_outcome_that_it_must_have() {
    let webhooks = webhooks();
    assert_eq!(outcome(&webhooks.verify(BODY.as_bytes(), &honest(), moment())), Verified, "the honest one");
    let groups = [honest_writings(), fields(), signatures(), nonces_and_times(), borders(), header_games(), bodies()];
    let mangled: usize = groups[..6].iter().map(Vec::len).sum();
    let (mut counts, mut kinds): (BTreeMap<Outcome, usize>, BTreeMap<&str, usize>) = Default::default();
    for Case { kind, headers, body, expected } in groups.into_iter().flatten() {
        let received = webhooks.verify(&body, &headers, moment());
        assert_eq!(outcome(&received), expected, "{kind}: {headers:?}");
        *counts.entry(expected).or_default() += 1;
        *kinds.entry(kind).or_default() += 1;
    }
    println!("{mangled} headers of {} kinds, and bodies: {counts:?}", kinds.len());
    assert!(mangled >= 200 && counts[&Forged] >= 200 && counts.len() == 4 && kinds.len() >= 40);
}

#[test]
fn several_keys_believe_no_more() {
    let others = Webhooks::new("another").unwrap().and_key("one more").unwrap();
    assert_eq!(outcome(&others.verify(BODY.as_bytes(), &honest(), moment())), Forged, "signed with none of these");
    let several = others.and_key(KEY).unwrap();
    for Case { kind, headers, body, expected } in [fields(), signatures(), borders()].into_iter().flatten() {
        assert_eq!(outcome(&several.verify(&body, &headers, moment())), expected, "{kind}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nobody_without_the_key_is_believed(
        sign in prop_oneof!["[0-9a-fA-F]{64}", "[ -~]{0,80}"],
        nonce in prop_oneof![Just(NONCE.to_owned()), "[ -~]{0,40}"],
        ts in prop_oneof![Just(TS.to_owned()), "-?[0-9]{1,40}", "[ -~]{0,20}"],
        extra in "[ -~]{0,40}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        bare in any::<bool>(),
    ) {
        let value = if bare { extra } else { format!("{},{extra}", written(&sign, &nonce, &ts)) };
        for body in [&body[..], BODY.as_bytes()] {
            let received = webhooks().verify(body, &with(&value), moment());
            let expected = if value.is_empty() { Unsigned } else { Forged };
            // A header that happens to be the vector's own is the one exception, and no generator finds it.
            prop_assert_eq!(outcome(&received), expected, "{}", value);
        }
    }

    #[test]
    fn whatever_is_signed_is_read_or_kept(
        body in proptest::collection::vec(any::<u8>(), 0..300),
        nonce in "[!-9;-~&&[^,]]{1,60}",
        seconds in 0_u64..1_000_000_000_000,
        lower in any::<bool>(),
    ) {
        let ts = seconds.to_string();
        let mut sign = sign(KEY, &[nonce.as_bytes(), b":", ts.as_bytes(), b":", &body]);
        if lower {
            sign.make_ascii_lowercase();
        }
        let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        let received = webhooks().verify(&body, &with(written(&sign, &nonce, &ts)), at);
        let event = received.verified().expect("signed, and now");
        prop_assert_eq!((&event.stamp().nonce, event.stamp().sent_at), (&nonce, at));
    }

    #[test]
    fn no_bytes_make_it_panic(value: Vec<u8>, body: Vec<u8>) {
        if let Ok(value) = http::HeaderValue::from_bytes(&value) {
            let headers = HeaderMap::from_iter([(http::HeaderName::from_static("x-webhook-signature"), value)]);
            let received = webhooks().verify(&body, &headers, moment());
            prop_assert!(matches!(outcome(&received), Forged | Unsigned));
        }
    }
}
