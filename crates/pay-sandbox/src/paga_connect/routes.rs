//! Which address a path names: the forms that the facts show, and no other.

use super::modes::LastDot;
use crate::generated::paga_connect::ROUTES;
use crate::provider::KnownPath;
use percent_encoding::percent_decode_str;

pub(super) const AUTHORIZATION: &str = "/paga-webservices/oauth2/authorization";
const TOKEN: &str = "/paga-webservices/oauth2/token";
pub(super) const SECURE: &str = "/paga-webservices/oauth2/secure/";

/// The names before the values of a payment's path, in their order; the last two may be left out from the end.
const PAYMENT: [&str; 5] =
    ["referenceNumber", "amount", "merchantCustomerReference", "merchantProductCode", "currency"];

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Authorization,
    Token,
    /// A payment whose values stand in the path: three to five, in the order of `PAYMENT`.
    Payment(Vec<String>),
    /// A payment whose values stand in the body.
    PaymentForm,
    Transfer,
    /// With the reference that one library appends.
    Details(Option<String>),
    OneTime(String),
}

/// Why a path leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// No path of the facts.
    Unknown,
    /// A value holds what servers often refuse to take in a path.
    BadValue,
}

/// What a path leads to.
pub(super) fn find(path: &str, last_dot: LastDot) -> Result<Target, Lost> {
    // One integration writes a slash at the end.
    if path == AUTHORIZATION || path.strip_suffix('/') == Some(AUTHORIZATION) {
        return Ok(Target::Authorization);
    }
    if path == TOKEN {
        return Ok(Target::Token);
    }
    let below = path.strip_prefix(SECURE).ok_or(Lost::Unknown)?;
    let parts: Vec<&str> = below.split('/').collect();
    match parts[..] {
        ["merchantPayment"] => Ok(Target::PaymentForm),
        ["merchantPayment", "v3", ref pairs @ ..] | ["merchantPayment", ref pairs @ ..] => {
            let named = pairs.chunks(2).zip(PAYMENT).all(|(pair, name)| pair[0] == name);
            if !named || ![6, 8, 10].contains(&pairs.len()) {
                return Err(Lost::Unknown);
            }
            let values = pairs.chunks(2).map(|pair| value(pair[1]));
            let mut values = values.collect::<Result<Vec<String>, Lost>>()?;
            if let Some(last) = values.last_mut() {
                cut(last, last_dot);
            }
            Ok(Target::Payment(values))
        }
        ["moneyTransfer", "v2"] => Ok(Target::Transfer),
        ["getUserDetails"] => Ok(Target::Details(None)),
        ["getUserDetails", "referenceNumber", text] => Ok(Target::Details(Some(last(text, last_dot)?))),
        ["getOneTimeToken", "referenceNumber", text] => Ok(Target::OneTime(last(text, last_dot)?)),
        _ => Err(Lost::Unknown),
    }
}

fn last(text: &str, last_dot: LastDot) -> Result<String, Lost> {
    let mut text = value(text)?;
    cut(&mut text, last_dot);
    Ok(text)
}

/// One value of a path. An empty one is a double slash.
fn value(text: &str) -> Result<String, Lost> {
    if text.is_empty() {
        return Err(Lost::Unknown);
    }
    let text = percent_decode_str(text).decode_utf8().map_err(|_| Lost::BadValue)?.into_owned();
    let refused = |c: char| c.is_control() || "/\\;?#%".contains(c);
    if text.contains(refused) { Err(Lost::BadValue) } else { Ok(text) }
}

/// Cuts off what such servers once took for the ending of a file.
fn cut(text: &mut String, last_dot: LastDot) {
    if last_dot == LastDot::Cut
        && let Some((start, _)) = text.rsplit_once('.')
    {
        *text = start.to_owned();
    }
}

/// A secured path that the document does not have.
const OTHER: KnownPath = KnownPath { operation: "other_secured", template: "/paga-webservices/oauth2/secure/{path}" };

/// What the request log and fault rules call a path. Values stand in paths here, so everything below `secure` has a
/// template: none of it is ever logged as it came.
pub(super) fn known_path(path: &str) -> Option<KnownPath> {
    let path = path.strip_suffix('/').filter(|path| *path == AUTHORIZATION).unwrap_or(path);
    let route = ROUTES.iter().find(|route| fits(route.template, path));
    let known = route.map(|route| KnownPath { operation: route.operation, template: route.template });
    known.or_else(|| path.starts_with(SECURE).then_some(OTHER))
}

fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted == given || wanted.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

/// Every operation that a fault rule may name.
pub(super) fn operations() -> Vec<&'static str> {
    ROUTES.iter().map(|route| route.operation).chain([OTHER.operation]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Result<Target, Lost> {
        find(&format!("{SECURE}{path}"), LastDot::Kept)
    }

    fn values(list: &[&str]) -> Result<Target, Lost> {
        Ok(Target::Payment(list.iter().map(|it| (*it).to_owned()).collect()))
    }

    #[test]
    fn both_versions_have_three_forms() {
        for version in ["", "/v3"] {
            let start =
                format!("merchantPayment{version}/referenceNumber/r/amount/5.00/merchantCustomerReference/a%40b%20c");
            assert_eq!(of(&start), values(&["r", "5.00", "a@b c"]));
            let coded = format!("{start}/merchantProductCode/p");
            assert_eq!(of(&coded), values(&["r", "5.00", "a@b c", "p"]));
            assert_eq!(of(&format!("{coded}/currency/NGN")), values(&["r", "5.00", "a@b c", "p", "NGN"]));
            assert_eq!(of(&format!("{start}/currency/NGN")), Err(Lost::Unknown), "no form without the product code");
            assert_eq!(of(&format!("{start}/")), Err(Lost::Unknown));
        }
        assert_eq!(of("merchantPayment"), Ok(Target::PaymentForm));
    }

    #[test]
    fn what_the_facts_do_not_show_is_not_there() {
        for path in [
            "",
            "merchantPayment/",
            "merchantPayment/v3",
            "merchantPayment/v2/referenceNumber/r/amount/1/merchantCustomerReference/c",
            "merchantPayment//referenceNumber/r/amount/1/merchantCustomerReference/c",
            "merchantPayment/v3//referenceNumber/r/amount/1/merchantCustomerReference/c",
            "merchantPayment/referenceNumberr/amount/1/merchantCustomerReference/c",
            "merchantPayment/referenceNumber//amount/1/merchantCustomerReference/c",
            "merchantPayment/amount/1/referenceNumber/r/merchantCustomerReference/c",
            "merchantPayment/referenceNumber/r/amount/1",
            "moneyTransfer",
            "moneyTransfer/amount/1/destinationPhoneNumber/0/referenceNumber/r",
            "getUserDetails/",
            "getUserDetails/r",
            "getOneTimeToken",
            "accountBalance",
            "banksList",
        ] {
            assert_eq!(of(path), Err(Lost::Unknown), "{path}");
        }
        for path in
            ["/paga-webservices/oauth2", "/paga-webservices/oauth2/token/", "/paga-webservices/oauth2/token/info"]
        {
            assert_eq!(find(path, LastDot::Kept), Err(Lost::Unknown), "{path}");
        }
    }

    #[test]
    fn values_that_servers_refuse_are_refused() {
        for bad in ["a%2Fb", "a%5Cb", "a;b", "a%3Bb", "a%25b", "a%3Fb", "a%23b", "a%0Ab", "%FF"] {
            assert_eq!(of(&format!("getUserDetails/referenceNumber/{bad}")), Err(Lost::BadValue), "{bad}");
        }
        assert_eq!(of("getOneTimeToken/referenceNumber/%C3%BC"), Ok(Target::OneTime("ü".to_owned())));
    }

    #[test]
    fn a_server_that_cuts_at_the_last_dot() {
        let path =
            format!("{SECURE}merchantPayment/referenceNumber/r.1/amount/1.50/merchantCustomerReference/a@b.example");
        let Ok(Target::Payment(values)) = find(&path, LastDot::Cut) else { panic!("{path}") };
        assert_eq!(values, ["r.1", "1.50", "a@b"]);
    }

    #[test]
    fn the_document_and_this_reading_of_the_facts_agree() {
        let start = "merchantPayment/referenceNumber/r/amount/1/merchantCustomerReference/c";
        let product = format!("{start}/merchantProductCode/p");
        let v3 = |path: &str| path.replacen("merchantPayment", "merchantPayment/v3", 1);
        let played = [
            ("authorization", AUTHORIZATION.to_owned()),
            ("token", TOKEN.to_owned()),
            ("merchant_payment", format!("{SECURE}{start}")),
            ("merchant_payment_product", format!("{SECURE}{product}")),
            ("merchant_payment_currency", format!("{SECURE}{product}/currency/NGN")),
            ("merchant_payment_v3", format!("{SECURE}{}", v3(start))),
            ("merchant_payment_v3_product", format!("{SECURE}{}", v3(&product))),
            ("merchant_payment_v3_currency", format!("{SECURE}{}/currency/NGN", v3(&product))),
            ("merchant_payment_form", format!("{SECURE}merchantPayment")),
            ("money_transfer", format!("{SECURE}moneyTransfer/v2")),
            ("user_details", format!("{SECURE}getUserDetails")),
            ("user_details_by_path", format!("{SECURE}getUserDetails/referenceNumber/r")),
            ("one_time_token", format!("{SECURE}getOneTimeToken/referenceNumber/r")),
        ];
        for (operation, path) in &played {
            assert!(find(path, LastDot::Kept).is_ok(), "{path}");
            assert_eq!(known_path(path).map(|known| known.operation), Some(*operation), "{path}");
        }
        let names: Vec<&str> = played.iter().map(|(operation, _)| *operation).chain(["other_secured"]).collect();
        assert_eq!(operations(), names);
        assert_eq!(known_path(&format!("{AUTHORIZATION}/")).map(|known| known.operation), Some("authorization"));
    }

    #[test]
    fn nothing_below_secure_is_logged_as_it_came() {
        for path in
            ["", "merchantPayment//x@y", "moneyTransfer/amount/1", "getUserDetails/x@y", "getOneTimeToken", "x@y"]
        {
            let known = known_path(&format!("{SECURE}{path}")).unwrap();
            assert_eq!(known.operation, "other_secured", "{path}");
        }
        assert!(known_path("/paga-webservices/oauth2/token/info").is_none());
    }
}
