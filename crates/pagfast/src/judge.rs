//! What an answer means: its words first, its HTTP status second. The table stands in `docs/providers/pagfast.md`, one test per row.

use crate::envelope::{Envelope, Refusal};
use crate::generated::operations::{
    OPEN_FINANCE_CASH_IN, PIX_CASH_IN, PIX_CASH_OUT, SIMULATE_OPEN_FINANCE, SIMULATE_PIX,
};
use pay_core::provider::{Answer, Auth, Failure, Operation, Repeat, Verdict};
use pay_core::{Kind, Outcome};

const DUPLICATE: &str = "what PagFast does with an order id that was used before is not documented: find it with \
                         `find_by_order_id` before anything is started again";
const EARLIER: &str = "not done by this call; if its order id was used before, an earlier transaction may stand: \
                       `find_by_order_id` shows it";
const LOOK: &str = "a success that says `Error`: find it with `find_by_order_id` before anything is started again";
const ROUTE: &str = "this is not PagFast's envelope: check `base_url`, `service_prefix` and `simulation_prefix`, whose defaults are assumed";
const PRIVILEGES: &str = "not a refused token: check what the access key may do, and that PagFast has activated it";
const WEBHOOK: &str = "PagFast answers so where it cannot call the transaction's webhook: read the transaction";

static SIMULATORS: [&Operation; 2] = [&SIMULATE_PIX, &SIMULATE_OPEN_FINANCE];

/// Whether operations are the same one.
fn is(operation: &'static Operation, one_of: &[&'static Operation]) -> bool {
    one_of.iter().any(|known| std::ptr::eq(*known, operation))
}

/// Makes a transaction; what is sent raw may do so too.
fn creates(operation: &'static Operation) -> bool {
    let raw = operation.name == "raw" && operation.repeat == Repeat::Never;
    raw || is(operation, &[&PIX_CASH_IN, &PIX_CASH_OUT, &OPEN_FINANCE_CASH_IN])
}

pub(crate) fn judge(operation: &'static Operation, answer: &Answer) -> Verdict {
    let Envelope { refusal } = Envelope::read(&answer.body);
    let status = answer.status.as_u16();
    if answer.status.is_success() && refusal.is_none() {
        return Verdict::Accept;
    }
    // The one documented refusal of a token; its HTTP status is documented nowhere.
    if let Some(refusal) = refusal.as_ref().filter(|refusal| operation.auth == Auth::Token && refuses_token(refusal)) {
        return Verdict::TokenRefused(told(Failure::new(Kind::TokenRefused, Outcome::NotDone), refusal));
    }
    let failure = match (status, &refusal) {
        // Documented for a webhook that cannot be called, so it does not say that the transaction is unknown.
        (404, _) if is(operation, &SIMULATORS) => by_status(operation, status),
        // A 408 is a time-out in words, and nobody says what it interrupted.
        (200..=299 | 400..=407 | 409..=428 | 430..=499, Some(refusal)) => by_words(operation, status, refusal),
        (404 | 405, None) => Failure::new(Kind::Unexpected, Outcome::Unknown).advice(ROUTE),
        _ => by_status(operation, status),
    };
    Verdict::Fail(match &refusal {
        Some(refusal) => told(failure, refusal),
        None => failure,
    })
}

/// A status that decides whatever the body says.
fn by_status(operation: &'static Operation, status: u16) -> Failure {
    match status {
        404 => Failure::new(Kind::Unavailable, Outcome::Unknown).advice(WEBHOOK),
        // Refused before it acted, by the meaning of HTTP; no document has a limit, hence no repeat of what moves money.
        429 if operation.repeat == Repeat::Safe => Failure::new(Kind::RateLimited, Outcome::NotDone).again(),
        429 => Failure::new(Kind::RateLimited, Outcome::NotDone),
        500..=599 if is(operation, &SIMULATORS) => Failure::new(Kind::Unavailable, Outcome::Unknown).advice(WEBHOOK),
        408 | 500..=599 => Failure::new(Kind::Unavailable, Outcome::Unknown).again(),
        _ => Failure::new(Kind::Unexpected, Outcome::Unknown),
    }
}

/// PagFast's own envelope, at a status that is 2xx or 4xx.
fn by_words(operation: &'static Operation, status: u16, refusal: &Refusal) -> Failure {
    let refused = || Failure::new(Kind::Refused, Outcome::Refused);
    let duplicate = || Failure::new(Kind::Duplicate, Outcome::Unknown).advice(DUPLICATE);
    let success = (200..300).contains(&status);
    match refusal.name.as_deref() {
        Some("AuthenticationError") => Failure::new(Kind::Forbidden, Outcome::Refused).advice(PRIVILEGES),
        // A rule of the order id, or one that was used before: the two cannot be told apart.
        _ if creates(operation) && names_order(refusal) => duplicate(),
        Some("InvalidRequestFormatError") => refused(),
        // A bank's word is one about this payment.
        _ if creates(operation) && status == 409 && refusal.external_reason().is_none() => duplicate(),
        _ if creates(operation) && success => Failure::new(Kind::Unexpected, Outcome::Unknown).advice(LOOK),
        _ if creates(operation) => refused().advice(EARLIER),
        _ if success && operation.repeat != Repeat::Safe => Failure::new(Kind::Unexpected, Outcome::Unknown),
        _ if status == 403 => Failure::new(Kind::Forbidden, Outcome::Refused),
        _ if status == 404 => Failure::new(Kind::NotFound, Outcome::Refused),
        _ => refused(),
    }
}

fn refuses_token(refusal: &Refusal) -> bool {
    refusal.name.as_deref() == Some("AuthenticationError")
        && refusal.details.iter().any(|detail| detail.reason.as_deref() == Some("AuthenticationTokenInvalid"))
}

/// Whether what is wrong is the order id. Codes, names and paths are read, and no message.
fn names_order(refusal: &Refusal) -> bool {
    let told = |text: &str| {
        let text = text.to_ascii_lowercase().replace(['_', '-', ' '], "");
        text.contains("orderid") || text.contains("duplicat")
    };
    let of = |detail: &crate::envelope::RefusalDetail| {
        let texts = [&detail.reason, &detail.path, &detail.code, &detail.missing_property];
        texts.into_iter().flatten().any(|text| told(text))
    };
    refusal.name.as_deref().is_some_and(told) || refusal.details.iter().any(of)
}

/// The most specific code there is, and what a person needs: members by name, and no value that was sent.
fn told(failure: Failure, refusal: &Refusal) -> Failure {
    let code = refusal.reason().or_else(|| refusal.details.iter().find_map(|detail| detail.code.as_deref()));
    let mut message = refusal.message.as_deref().map(without_values);
    let wrong: Vec<String> = refusal.details.iter().filter_map(wrong).collect();
    if !wrong.is_empty() {
        let wrong = wrong.join(", ");
        message = Some(message.map_or_else(|| wrong.clone(), |text| format!("{text} ({wrong})")));
    }
    failure.provider(code.or(refusal.name.as_deref()).map(str::to_owned), message)
}

fn wrong(detail: &crate::envelope::RefusalDetail) -> Option<String> {
    let at = detail.path.as_deref().map(|path| format!(" at {path}")).unwrap_or_default();
    match (&detail.missing_property, detail.allowed_values.as_slice()) {
        (Some(name), _) => Some(format!("missing {name}{at}")),
        (None, []) => detail.path.as_ref().map(|path| format!("wrong at {path}")),
        (None, allowed) => Some(format!("one of {}{at}", allowed.join(", "))),
    }
}

/// A provider's message can repeat what was sent: words that look like an e-mail address, a random Pix key or a token are left out. So is
/// an id of a transaction, which looks the same as a random key.
fn without_values(text: &str) -> String {
    let uuid = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let fits = |(at, byte): (usize, u8)| {
            if [8, 13, 18, 23].contains(&at) { byte == b'-' } else { byte.is_ascii_hexdigit() }
        };
        word.len() == 36 && word.bytes().enumerate().all(fits)
    };
    let parts = text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '='));
    let hidden = parts.map(|part| match part {
        word if word.contains('@') => "[address] ",
        word if word.contains("eyJ") => "[token] ",
        word if uuid(word) => "[key] ",
        word => word,
    });
    without_tax_ids(hidden.collect::<String>().trim_end())
}

/// A provider's message can repeat a CPF or CNPJ: eleven digits or more, with or without their punctuation, are left out.
fn without_tax_ids(text: &str) -> String {
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '/');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !part(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        out.push_str(before);
        let digits = run.bytes().filter(u8::is_ascii_digit).count();
        out.push_str(if digits >= 11 { "[digits]" } else { run });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_random_keys_and_tokens_are_left_out_of_messages() {
        for (text, kept) in [
            ("key ana.exemplo@example.com not found", "key [address] not found"),
            ("key=ana@example.com", "key=[address]"),
            ("\"b6295ee1-f054-47d1-9e90-ee57b74f60d9\" is not theirs", "[key] is not theirs"),
            ("key:B6295EE1-F054-47D1-9E90-EE57B74F60D9, cpf:12345678909", "key:[key]  cpf:[digits]"),
            ("jwt eyJhbGciOiJIUzM4NCJ9.e30.c2ln expired", "jwt [token] expired"),
            ("not allowed: ask the bank; ção", "not allowed: ask the bank; ção"),
            ("", ""),
        ] {
            assert_eq!(without_values(text), kept);
        }
    }

    #[test]
    fn tax_ids_are_left_out_of_messages() {
        for (text, kept) in [
            ("cpf 12345678909 is wrong", "cpf [digits] is wrong"),
            ("cpf 123.456.789-09.", "cpf [digits]"),
            ("12.345.678/0001-95", "[digits]"),
            ("limit 10.50 at 2026-11-21", "limit 10.50 at 2026-11-21"),
            ("/payment/key: ção", "/payment/key: ção"),
            ("", ""),
        ] {
            assert_eq!(without_tax_ids(text), kept);
        }
    }
}
