//! Names: from the wire to Rust, and which of them Rust keeps for itself.

/// `merchantReference` → `merchant_reference`.
pub(crate) fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let letters: Vec<char> = name.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        if letter == '-' || letter == ' ' || letter == '.' {
            out.push('_');
            continue;
        }
        let after_lower = at > 0 && (letters[at - 1].is_lowercase() || letters[at - 1].is_ascii_digit());
        let starts_word =
            at > 0 && letters[at - 1].is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_lower || starts_word) {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// `merchant_reference` → `MerchantReference`; `IN_FLIGHT` → `InFlight`.
pub(crate) fn pascal(name: &str) -> String {
    let name = if name.chars().any(char::is_lowercase) { snake(name) } else { name.to_lowercase() };
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
            first + letters.as_str()
        })
        .collect()
}

/// `merchant_reference` → `merchantReference`, as serde's `camelCase` does.
pub(crate) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut letters = pascal.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

/// Whether it can be the name of a field or a function.
pub(crate) fn is_field(name: &str) -> bool {
    let fits = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    fits && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// Whether it can be the name of a type or a variant.
pub(crate) fn is_type(name: &str) -> bool {
    let starts = name.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    starts && name.chars().all(|c| c.is_ascii_alphanumeric()) && syn::parse_str::<syn::Ident>(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_their_case() {
        for (wire, rust) in [
            ("merchantReference", "merchant_reference"),
            ("id", "id"),
            ("lookUpReceipt", "look_up_receipt"),
            ("userTypeID", "user_type_id"),
            ("HTTPStatus", "http_status"),
            ("x-request-id", "x_request_id"),
        ] {
            assert_eq!(snake(wire), rust);
        }
        assert_eq!(pascal("IN_FLIGHT"), "InFlight");
        assert_eq!(pascal("lookup_bill_payment"), "LookupBillPayment");
        assert_eq!(camel("merchant_reference"), "merchantReference");
    }

    #[test]
    fn names_that_rust_keeps_are_known() {
        assert!(is_field("kind") && !is_field("type") && !is_field("1st") && !is_field("aB"));
        assert!(is_type("Purchase") && !is_type("Self") && !is_type("purchase") && !is_type("A-b"));
    }
}
