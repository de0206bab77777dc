//! What stands in `X-Webhook-Signature`, read as tolerantly as senders were seen to write it, and never in two ways.

use pay_core::stamp;
use std::time::SystemTime;

const SCHEME: &str = "HMAC-SHA256";

/// The three fields, as they came; nothing is verified yet.
#[derive(Clone, Copy)]
pub(super) struct Signed<'a> {
    /// Digits that should be hexadecimal.
    pub(super) sign: &'a str,
    pub(super) nonce: &'a str,
    /// The text of `at`, which is what was signed.
    pub(super) ts: &'a str,
    pub(super) at: SystemTime,
}

/// Reads `[HMAC-SHA256 ]Sign=<hex>,Nonce=<text>,TS=<unix seconds>`: the prefix may be missing, as on the sister's page; white space may
/// follow a comma, as on PagFast's; the order does not matter, and fields of other names are ignored.
///
/// `None` where a field is missing or stands there twice, where `TS` is no plain number of seconds, and where the nonce is empty or
/// holds anything but visible ASCII, or a `:`. What is signed is `Nonce:TS:body`: without a `:` in the nonce or the time there is one
/// way alone to take it apart, so that nothing can be moved from one part into the next.
pub(super) fn parse(value: &[u8]) -> Option<Signed<'_>> {
    let text = std::str::from_utf8(value).ok()?.trim_ascii();
    let fields = match text.split_once(|c: char| c.is_ascii_whitespace()) {
        Some((scheme, fields)) if scheme.eq_ignore_ascii_case(SCHEME) => fields,
        _ => text,
    };
    let (mut sign, mut nonce, mut ts) = (None, None, None);
    for field in fields.split(',') {
        let Some((name, value)) = field.trim_ascii().split_once('=') else { continue };
        let place = match name {
            "Sign" => &mut sign,
            "Nonce" => &mut nonce,
            "TS" => &mut ts,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    let (sign, nonce, ts) = (sign?, nonce?, ts?);
    let at = stamp::unix_seconds(ts)?;
    let plain = |nonce: &str| !nonce.is_empty() && nonce.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    plain(nonce).then_some(Signed { sign, nonce, ts, at })
}
