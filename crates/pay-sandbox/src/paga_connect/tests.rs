//! Whatever is sent to whatever address, in whatever modes: an answer that is no fault of the server, and sound books.

use super::PagaConnectProvider;
use super::account::REDIRECT;
use crate::provider::{Provider, ProviderRequest, Reply};
use crate::{Ledger, SandboxClock};
use bytes::Bytes;
use fastrand::Rng;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderValue, Method};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

const REQUESTS: u64 = 6_000;
/// Any number; a failure names the request's own, which repeats it.
const SEED: u64 = 20_261_121;

const CLIENT: &str = "5a4db0c5-0000-4000-8000-000000000001";
const BASIC: &str = "Basic NWE0ZGIwYzUtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxOnNhbmRib3gtcGFnYS1jb25uZWN0LXNlY3JldA==";
const SCOPES: &str = "MERCHANT_PAYMENT MONEY_TRANSFER USER_DETAILS_REQUEST";
const FORM: &str = "application/x-www-form-urlencoded";

const PARTS: [&str; 22] = [
    "paga-webservices",
    "oauth2",
    "authorization",
    "token",
    "secure",
    "merchantPayment",
    "moneyTransfer",
    "getUserDetails",
    "getOneTimeToken",
    "v2",
    "v3",
    "referenceNumber",
    "amount",
    "merchantCustomerReference",
    "merchantProductCode",
    "currency",
    "NGN",
    "r-1",
    "10.00",
    "%2F%00",
    "%FF%C3",
    "",
];
const NAMES: [&str; 20] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "user_data",
    "code_challenge",
    "code_challenge_method",
    "grant_type",
    "code",
    "refresh_token",
    "code_verifier",
    "referenceNumber",
    "amount",
    "merchantCustomerReference",
    "skipMessaging",
    "recipientCredential",
    "csrf",
    "action",
    "username",
];
const TEXTS: [&str; 22] = [
    "",
    CLIENT,
    REDIRECT,
    "code",
    SCOPES,
    "FIRST_NAME ACCOUNT_BALANCE MOBILE_NUMBER",
    "S256",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "authorization_code",
    "refresh_token",
    "10.00",
    "99999999999999999999999999",
    "-1",
    "NaN",
    "true",
    "08000000009",
    "approve",
    "sign_in",
    "ada",
    "\u{0}\u{7f}\r\n",
    "\u{1f600}",
    "%2F..%00+&=#\"<",
];

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.usize(..from.len())]
}

fn send(
    provider: &PagaConnectProvider,
    method: Method,
    path: &str,
    query: &str,
    headers: HeaderMap,
    body: &[u8],
) -> Reply {
    let request = ProviderRequest {
        method,
        path: path.to_owned(),
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        raw_query: query.to_owned(),
        headers,
        body: Bytes::copy_from_slice(body),
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    if let Some(known) = provider.known_path(path)
        && let Some(reference) = provider.reference(known.operation, &request)
    {
        provider.note_attempt(known.operation, &reference);
    }
    provider.handle(&request, None)
}

fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
}

fn pairs(rng: &mut Rng, fixed: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    // One is left out or changed at times; some are added.
    for (name, value) in fixed {
        match rng.u32(..12) {
            0 => {}
            1 => drop(query.append_pair(name, pick(rng, &TEXTS))),
            _ => drop(query.append_pair(name, value)),
        }
    }
    for _ in 0..rng.usize(..3) {
        if rng.u32(..3) == 0 {
            query.append_pair(pick(rng, &NAMES), pick(rng, &TEXTS));
        }
    }
    query.finish()
}

/// Access and refresh token of a user who consents as things stand; `None`: the modes do not let them.
fn connect(provider: &PagaConnectProvider, user: &str) -> Option<(String, String)> {
    let url = format!(
        "{}?client_id={CLIENT}&response_type=code&redirect_uri={REDIRECT}&scope={}&user_data=FIRST_NAME",
        super::routes::AUTHORIZATION,
        SCOPES.replace(' ', "+")
    );
    let address = provider.consent(&url, user, true).ok()?;
    let code =
        form_urlencoded::parse(address.split_once('?')?.1.as_bytes()).find(|(name, _)| name == "code")?.1.into_owned();
    let query = format!("grant_type=authorization_code&code={code}&redirect_uri={REDIRECT}");
    let reply =
        send(provider, Method::POST, "/paga-webservices/oauth2/token", &query, headers(&[(AUTHORIZATION, BASIC)]), b"");
    let json: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&reply.body).ok()?;
    let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
    Some((text("access_token")?, text("refresh_token")?))
}

fn any(rng: &mut Rng, provider: &PagaConnectProvider, tokens: &(String, String)) -> (String, Reply) {
    let reference = format!("r-{}", rng.u32(..60));
    let bearer = headers(&[(AUTHORIZATION, &format!("Bearer {}", tokens.0)), (CONTENT_TYPE, FORM)]);
    let payment = [("referenceNumber", reference.as_str()), ("amount", "10.00"), ("merchantCustomerReference", "c")];
    let secure = super::routes::SECURE;
    match rng.u32(..8) {
        0 => {
            let path: Vec<&str> = (0..rng.usize(..9)).map(|_| pick(rng, &PARTS)).collect();
            let path = format!("/{}", path.join("/"));
            let body: Vec<u8> = (0..rng.usize(..200)).map(|_| rng.u8(..)).collect();
            (path.clone(), send(provider, Method::POST, &path, &pairs(rng, &[]), bearer, &body))
        }
        1 => {
            let values: Vec<String> = payment
                .iter()
                .map(|(name, value)| format!("{name}/{}", if rng.u32(..6) == 0 { pick(rng, &PARTS) } else { value }))
                .collect();
            let path = format!("{secure}merchantPayment/{}{}", pick(rng, &["", "v3/"]), values.join("/"));
            (path.clone(), send(provider, Method::POST, &path, "", bearer, b""))
        }
        2 => {
            let path = format!("{secure}merchantPayment");
            let body = pairs(rng, &payment);
            (path.clone(), send(provider, Method::POST, &path, "", bearer, body.as_bytes()))
        }
        3 => {
            let path = format!("{secure}moneyTransfer/v2");
            let values = [
                ("amount", "1.50"),
                ("referenceNumber", &reference),
                ("skipMessaging", "false"),
                ("recipientCredential", "08000000009"),
            ];
            (path.clone(), send(provider, Method::POST, &path, &pairs(rng, &values), bearer, b""))
        }
        4 => {
            let path = format!("{secure}getUserDetails");
            (
                path.clone(),
                send(provider, Method::POST, &path, "", bearer, pick(rng, &["", "{}", "{", "null", "a=b"]).as_bytes()),
            )
        }
        5 => {
            let path = "/paga-webservices/oauth2/token".to_owned();
            let values = [("grant_type", "refresh_token"), ("refresh_token", tokens.1.as_str())];
            let body = pairs(rng, &values);
            let head = headers(&[
                (AUTHORIZATION, pick(rng, &[BASIC, BASIC, BASIC, "Basic", "Basic /w=="])),
                (CONTENT_TYPE, FORM),
            ]);
            (path.clone(), send(provider, Method::POST, &path, "", head, body.as_bytes()))
        }
        _ => {
            let path = super::routes::AUTHORIZATION.to_owned();
            let asks = [
                ("client_id", CLIENT),
                ("response_type", "code"),
                ("redirect_uri", REDIRECT),
                ("scope", SCOPES),
                ("state", "s"),
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
                ("code_challenge_method", "S256"),
            ];
            let query = pairs(rng, &asks);
            let method = if rng.bool() { Method::GET } else { Method::POST };
            let head =
                headers(&[(COOKIE, pick(rng, &["", "sandbox_paga_session=", "sandbox_paga_session=x; a", "="]))]);
            (path.clone(), send(provider, method, &path, &query, head, pairs(rng, &[("action", "approve")]).as_bytes()))
        }
    }
}

#[test]
fn nothing_makes_it_fail() {
    let provider = PagaConnectProvider::new(SandboxClock::new());
    let on = [("consent_without_browser", "on")];
    provider.set_modes(&on).unwrap();
    let mut tokens = connect(&provider, "ada").unwrap();
    let mut statuses = BTreeMap::new();
    for number in 0..REQUESTS {
        let mut rng = Rng::with_seed(SEED + number);
        match number % 60 {
            0 => {
                for mode in provider.modes() {
                    let value = mode.allowed[rng.usize(..mode.allowed.len())].value;
                    provider.set_modes(&[(mode.name, value)]).unwrap();
                }
                provider.set_modes(&on).unwrap();
            }
            20 => {
                for mode in provider.modes() {
                    provider.set_modes(&[(mode.name, mode.default)]).unwrap();
                }
                provider.set_modes(&on).unwrap();
            }
            _ => {}
        }
        if number % 20 == 0 {
            tokens = connect(&provider, "ada").unwrap_or(tokens);
        }
        let (path, reply) = any(&mut rng, &provider, &tokens);
        assert!(reply.status.as_u16() < 500, "request {number}, {path}: {reply:?}");
        let is_json = reply.content_type == "application/json" && !reply.body.is_empty();
        if is_json {
            let json: Result<serde_json::Value, _> = serde_json::from_slice(&reply.body);
            assert!(json.is_ok(), "request {number}, {path}: {reply:?}");
        }
        assert!(
            !reply.assumed.is_empty() || reply.content_type.starts_with("text/html"),
            "request {number}, {path}: {reply:?}"
        );
        *statuses.entry(reply.status.as_u16()).or_insert(0) += 1;
    }
    let ledger = provider.ledger();
    assert!(ledger.sales.len() > 20 && !ledger.payouts.is_empty(), "few were good: the test shows too little");
    assert!(ledger.sales.iter().all(|sale| sale.amount_cents > 0 && sale.charges == 1));
    let ledger = Ledger { providers: BTreeMap::from([(super::NAME, ledger)]) };
    assert_eq!(ledger.check(), Vec::<String>::new());
    for status in [200, 303, 400, 401, 403, 404] {
        assert!(statuses.contains_key(&status), "{status}: {statuses:?}");
    }
}
