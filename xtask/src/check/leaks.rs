//! The step `leaks`: what published crates are packed with, and their tests, hold no private key, no token, no card number, no file of secrets.

use std::path::Path;

use super::package::packed;
use super::{Progress, Report};
use crate::Result;
use crate::workspace::Workspace;

/// Numbers that pass for card numbers and are public: documents that everybody can read print them, and no card has them.
const PUBLIC: [&str; 18] = [
    // Test cards of Pay1st: /reference/test-payment-details.
    "4111111111111111",
    "5343208850185202",
    "4084084084084081",
    "4000000000000010",
    "5413330002001429",
    "5438898014560229",
    "507850785078507812",
    "4109230200002009",
    "4483870000267447",
    "4483870000267462",
    // A test number that everybody knows; seen in use with Pay Agency.
    "4012888888881881",
    // Listed by a reseller of Pay Agency.
    "5555555555554444",
    "378282246310005",
    // Test cards of card networks and of other gateways, such as https://docs.stripe.com/testing; the sandbox gives them results
    // of its own choice.
    "6011111111111117",
    "4000008400001629",
    "4000000000000002",
    "4100000000000019",
    "4000000000000077",
];

/// How tokens begin that give somebody power, how many letters and digits follow at least, and whose they are. A JSON web token is
/// none of them: those of the documents and of the tests look like real ones.
const TOKENS: [(&str, usize, &str); 8] = [
    ("PA_LIVE_", 20, "a live key of Pay Agency"),
    ("PA_TEST_", 20, "a test key of Pay Agency"),
    ("cio", 32, "a token of the Rust registry"),
    ("ghp_", 30, "a token of GitHub"),
    ("github_pat_", 30, "a token of GitHub"),
    ("npm_", 30, "a token of npm"),
    ("glpat-", 20, "a token of GitLab"),
    ("AKIA", 16, "a key of Amazon Web Services"),
];

/// Lists what cargo would pack, and reads every file of it, and the tests, which are not packed.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Report> {
    let mut report = Report::default();
    for package in workspace.published() {
        progress.at(&package.name);
        let named = |problem: String| format!("{}: {problem}", package.name);
        let mut files = packed(&package.name)?;
        files.extend(tests(&package.dir, "tests")?);
        for file in files {
            // Cargo makes some of them while it packs.
            let Ok(bytes) = std::fs::read(package.dir.join(&file)) else { continue };
            report.looked(None);
            let problems = problems(&file, &String::from_utf8_lossy(&bytes));
            report.problems.extend(problems.into_iter().map(named));
        }
    }
    report.note = format!("{} files, packed ones and tests", report.done);
    Ok(report)
}

/// The files below a folder of a package, as paths from the package's own folder.
fn tests(package: &Path, folder: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let Ok(entries) = std::fs::read_dir(package.join(folder)) else { return Ok(files) };
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() { files.extend(tests(package, &path)?) } else { files.push(path) }
    }
    files.sort();
    Ok(files)
}

fn problems(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let ending = |ending: &str| name.rsplit_once('.').is_some_and(|(_, last)| last.eq_ignore_ascii_case(ending));
    if name == ".env" || name.starts_with(".env.") || ["pem", "key", "p12", "pfx"].iter().any(|one| ending(one)) {
        problems.push(format!("{file}: such files hold secrets, and are packed with nothing"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.contains("-----BEGIN") && line.contains("PRIVATE KEY-----") {
            problems.push(format!("{file}:{number}: a private key"));
        }
        problems
            .extend(tokens(line).map(|whose| format!("{file}:{number}: {whose}; take it out and have it replaced")));
        for digits in card_numbers(line) {
            let (first, last) = (&digits[..6], &digits[digits.len() - 4..]);
            problems.push(format!(
                "{file}:{number}: {first}...{last} passes for a card number; a public test number is listed in xtask/src/check/leaks.rs"
            ));
        }
    }
    problems
}

/// Whose tokens a line holds. The beginning of a token stands alone, since a word may have it in the middle.
fn tokens(line: &str) -> impl Iterator<Item = &'static str> {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    TOKENS.into_iter().filter_map(move |(start, least, whose)| {
        let long = |at: usize| line[at + start.len()..].chars().take_while(|letter| inside(*letter)).count() >= least;
        let found = line.match_indices(start).any(|(at, _)| !line[..at].ends_with(inside) && long(at));
        found.then_some(whose)
    })
}

/// The runs of 13 to 19 digits, in one piece or in groups as on a card, that have a card number's check digit and are not
/// public. Digits inside a word, such as a hash, are no number.
fn card_numbers(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = line;
    let mut before = None;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let word = rest[..start].chars().next_back().or(before);
        let (digits, length) = run_of_digits(&rest[start..]);
        let after = rest[start + length..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
        let card = (13..=19).contains(&digits.len()) && luhn(&digits) && !PUBLIC.contains(&digits.as_str());
        // A row of one digit is a placeholder.
        let placeholder = digits.bytes().all(|digit| digits.starts_with(char::from(digit)));
        if card && !placeholder && !inside(word) && !inside(after.filter(|c| *c != '.')) {
            found.push(digits);
        }
        before = rest[..start + length].chars().next_back();
        rest = &rest[start + length..];
    }
    found
}

/// The digits at the start of a text, and how much of it they take: single spaces and dashes may stand between groups of
/// three and more, as on a card.
fn run_of_digits(text: &str) -> (String, usize) {
    let group = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = group(text);
    let mut digits = text[..length].to_owned();
    while let Some(separator) = text[length..].chars().next().filter(|c| matches!(c, ' ' | '-')) {
        let next = group(&text[length + separator.len_utf8()..]);
        let on_a_card =
            (3..=6).contains(&next) && digits.len() >= 4 && digits.len() < 19 || next == 2 && digits.len() == 16;
        if !on_a_card {
            break;
        }
        let start = length + separator.len_utf8();
        digits.push_str(&text[start..start + next]);
        length = start + next;
    }
    (digits, length)
}

/// The check digit of card numbers.
fn luhn(digits: &str) -> bool {
    let sum: u32 = (digits.bytes().rev().zip([1, 2].into_iter().cycle()))
        .map(|(digit, times)| u32::from(digit - b'0') * times)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_numbers_are_found_whole_and_in_groups() {
        for line in [
            "pan = \"4242424242424242\"",
            "card 4242 4242 4242 4242, 12/31",
            "4242-4242-4242-4242",
            "amex 3714 496353 98431.",
            "(6011000990139424)",
        ] {
            assert_eq!(card_numbers(line).len(), 1, "{line}");
        }
    }

    #[test]
    fn what_is_no_card_number_is_left_alone() {
        for line in [
            "card 4111 1111 1111 1111, 12/25, public",
            "4242424242424241 has another check digit",
            "sha256 90c2118b4242424242424242dec8",
            "C4242424242424242P",
            "0000000000000000",
            "on 2025-03-17 08:10:52.544247646",
            "12345678901 has eleven digits",
            "1.4242424242424242",
        ] {
            assert_eq!(card_numbers(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn tokens_are_named_and_not_shown() {
        for (start, least, whose) in TOKENS {
            let token = format!("{start}{}", "a1B2".repeat(8).chars().take(least).collect::<String>());
            let found = problems("src/a.rs", &format!("// x\nlet key = \"{token}\";"));
            assert_eq!(found, [format!("src/a.rs:2: {whose}; take it out and have it replaced")]);
            assert_eq!(problems("src/a.rs", &format!("x{token} {}", &token[..token.len() - 1])), [""; 0], "{start}");
        }
        assert_eq!(problems("src/a.rs", "PA_TEST_... or PA_LIVE_..., PA_TEST_made_up, precious"), [""; 0]);
    }

    #[test]
    fn files_of_secrets_and_private_keys_are_named() {
        assert_eq!(problems("src/lib.rs", "fn main() {}"), [""; 0]);
        for file in [".env", "a/.env.local", "certs/server.pem", "x.KEY"] {
            assert_eq!(problems(file, "").len(), 1, "{file}");
        }
        let found = problems("a.txt", &format!("x\n-----BEGIN RSA {} KEY-----\n", "PRIVATE"));
        assert_eq!(found, ["a.txt:2: a private key"]);
        let found = problems("a.txt", "4242424242424242");
        assert!(found[0].contains("424242...4242") && !found[0].contains("4242424242424242"), "{found:?}");
    }
}
