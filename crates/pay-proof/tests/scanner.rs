//! The scanner finds a seeded leak in each encoding, whole or cut in half, and nothing where nothing is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pay_proof::leaks::{Scanner, Secret};

const SECRET: &str = "q7Vd2\"KxP+9/mZ=4tR%Lw&8\\sYé3Nb";
const OTHER: &str = "Zy8WvUtSrQpOnMlKjIhGfEdCbA9076";

fn scanner() -> Scanner {
    Scanner::new(&[Secret::new("password", SECRET), Secret::new("token", OTHER)]).unwrap()
}

/// The password is found in `text`, and the token is not.
fn finds(text: impl AsRef<[u8]>) {
    let found = scanner().scan(text.as_ref());
    let fields: Vec<_> = found.iter().map(|found| found.field.as_str()).collect();
    let text = String::from_utf8_lossy(text.as_ref()).into_owned();
    assert!(!fields.is_empty() && fields.iter().all(|field| *field == "password"), "{fields:?} in {text}");
    assert!(found.iter().all(|found| !found.near.contains(&SECRET[..8])), "{found:?}");
}

fn each(write: impl Fn(u8) -> String) -> String {
    SECRET.bytes().map(write).collect()
}

#[test]
fn raw() {
    finds(format!("a log line with {SECRET} in it"));
}

#[test]
fn raw_among_bytes_that_are_no_text() {
    finds([&[0xff, 0xfe, 0][..], SECRET.as_bytes(), &[0xc0]].concat());
}

#[test]
fn hex_lower() {
    finds(format!("x{}y", each(|byte| format!("{byte:02x}"))));
}

#[test]
fn hex_upper() {
    finds(each(|byte| format!("{byte:02X}")));
}

#[test]
fn hex_with_separators() {
    let pairs: Vec<String> = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    finds(pairs.join(":"));
    finds(pairs.join(" "));
}

#[test]
fn base64_in_each_alignment() {
    for before in ["", "a", "ab", "abc"] {
        for after in ["", "1", "12"] {
            finds(STANDARD.encode(format!("{before}{SECRET}{after}")));
        }
    }
}

#[test]
fn base64_for_urls_in_each_alignment() {
    for before in ["", "a", "ab", "user:"] {
        finds(URL_SAFE_NO_PAD.encode(format!("{before}{SECRET}")));
    }
}

#[test]
fn percent() {
    let percent = percent_encoding::utf8_percent_encode(SECRET, percent_encoding::NON_ALPHANUMERIC).to_string();
    finds(format!("https://example.com/?q={percent}&x=1"));
    finds(each(
        |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") },
    ));
    finds(each(|byte| format!("%{byte:02X}")));
    finds(each(|byte| format!("%{byte:02x}")));
}

#[test]
fn a_form() {
    finds(form_urlencoded::byte_serialize(SECRET.as_bytes()).collect::<String>());
}

#[test]
fn json_text() {
    finds(serde_json::to_string(&[SECRET]).unwrap());
}

#[test]
fn json_escapes() {
    let escapes: String = SECRET.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    finds(&escapes);
    finds(SECRET.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<String>());
}

#[test]
fn debug_text() {
    finds(format!("{:?}", Some(SECRET)));
}

#[test]
fn html() {
    finds(SECRET.replace('&', "&amp;").replace('"', "&quot;"));
}

#[test]
fn decimal_bytes() {
    finds(format!("{:?}", SECRET.as_bytes()));
    finds(format!("{:#?}", vec![SECRET.as_bytes()]));
    finds(each(|byte| format!("{byte},")));
    finds(serde_json::to_string(SECRET.as_bytes()).unwrap());
}

#[test]
fn reversed() {
    finds(SECRET.chars().rev().collect::<String>());
}

#[test]
fn halves_around_a_truncation() {
    let cut = |from: usize, to: usize| SECRET.chars().skip(from).take(to - from).collect::<String>();
    let length = SECRET.chars().count();
    finds(format!("{}…", cut(0, length / 2)));
    finds(format!("{}…", cut(0, length - 3)));
    finds(format!("…{}", cut(length / 2, length)));
    finds(format!("…{}", cut(3, length)));
    finds(STANDARD.encode(cut(0, length - 3)));
    finds(&each(|byte| format!("{byte:02x}"))[..40]);
}

#[test]
fn what_is_no_secret_is_not_found() {
    let well =
        format!("{} {} RawBody(86 bytes) 50.00 +27 {}", &SECRET[..6], &OTHER[20..], "0123456789abcdef".repeat(50));
    assert_eq!(scanner().scan(well.as_bytes()), []);
    assert_eq!(scanner().scan(b""), []);
}
