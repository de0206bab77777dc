//! What a client may ask for, and how the consent page says it.

/// A scope or a field, and its plain words.
pub(super) type Known = (&'static str, &'static str);

/// The first four stand on Paga's page, the others in libraries only; what the words say is our reading.
pub(super) const SCOPES: [Known; 6] = [
    ("MERCHANT_PAYMENT", "Charge your Paga account, without asking you each time"),
    ("USER_REQUEST_ACCOUNT_BALANCE", "See the balance of your Paga account"),
    ("MONEY_TRANSFER", "Transfer money into a Paga account"),
    ("USER_DETAILS_REQUEST", "Ask for your details, as listed below"),
    ("USER_DEPOSIT_FROM_CARD", "Put money into your Paga account from a card"),
    ("PAGA_ACCOUNT_NUBAN", "Use PAGA_ACCOUNT_NUBAN, whose meaning is not documented"),
];

/// The first five stand on Paga's page.
pub(super) const USER_DATA: [Known; 6] = [
    ("FIRST_NAME", "First name"),
    ("LAST_NAME", "Last name"),
    ("MOBILE_NUMBER", "Mobile number"),
    ("EMAIL", "E-mail address"),
    ("USERNAME", "User name"),
    ("ACCOUNT_BALANCE", "Account balance"),
];

/// The plain words of a scope or a field.
pub(super) fn words(known: &[Known], name: &str) -> &'static str {
    known.iter().find(|(it, _)| *it == name).map_or("", |(_, words)| words)
}

/// Scopes as the server is thought to split them: on space and on a `+` that is still there after decoding.
pub(super) fn split_scopes(text: &str) -> Vec<String> {
    split(text.split(|c: char| c.is_whitespace() || c == '+'))
}

/// Fields, split on space only: a `+` that is still there was escaped twice.
pub(super) fn split_user_data(text: &str) -> Vec<String> {
    split(text.split_whitespace())
}

/// Each once, in the order of the request.
fn split<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if !found.iter().any(|known| known == part) {
            found.push(part.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_and_each_stands_once() {
        assert_eq!(split_scopes("A  B+C A"), ["A", "B", "C"]);
        assert_eq!(split_user_data("A B+C A"), ["A", "B+C"]);
        assert_eq!(split_scopes(" + "), [""; 0]);
    }
}
