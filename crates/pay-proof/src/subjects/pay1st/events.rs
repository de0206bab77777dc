//! Pay1st's webhooks and the Shop's calls as a receiver holds them: signed and not, whole, stale and of no known form.

use crate::leaks::{At, PLAIN, Plant};
use crate::{Broken, Eye};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use pay_core::mac::MacKey;
use pay1st::shop::{Refusal, Summaries, UserInfo, UserInfoQuery};
use pay1st::webhook::{Ask, Received, Webhooks};
use std::time::{Duration, SystemTime};

const STAMP: &str = "2025-03-17T08:10:52.544247646Z";
/// The same moment.
const SENT: Duration = Duration::new(1_742_199_052, 544_247_646);

const SHOP_USER: &str = "user name of the Shop's calls";
const SHOP_PASSWORD: &str = "password of the Shop's calls";
const PLAYER: &str = "player's id";
const PARTNER_KEY: &str = "signing key";
const CUSTOMER: &str = "customer's id";

/// What receivers alone are told.
pub(super) fn plants() -> [Plant; 3] {
    [SHOP_USER, SHOP_PASSWORD, PLAYER].map(|field| Plant::new(field, PLAIN, At::Kept))
}

/// Receives deliveries that hold the markers of everything that Pay1st tells, and shows whatever comes of each.
pub(super) fn show(marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
    payments(marker, eye)?;
    sales(marker, eye)
}

fn payments(marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
    let body = serde_json::json!({
        "partnerId": 9, "partnerCode": "ACME", "partnerReference": "leaks-1", "reference": "C-142710055596150-P",
        "orderAmount": 100, "currencyCode": "NGN", "countryCode": "NG", "customerId": marker(CUSTOMER),
        "status": "SUCCESSFUL", "metadata": { "note": marker("value of metadata") },
    });
    let (body, key) = (body.to_string(), marker(PARTNER_KEY));
    let webhooks = Webhooks::new(key.clone())?.and_key(format!("{key}-2"))?;
    let at = SystemTime::UNIX_EPOCH + SENT;
    let other = format!("[{body}]");
    let deliver = |body: &str| signed(&key, &[STAMP.as_bytes(), body.as_bytes()]);
    let received = [
        webhooks.verify(body.as_bytes(), &deliver(&body)?, at),
        webhooks.verify(body.as_bytes(), &deliver(&body)?, at + Duration::from_secs(30 * 86_400)),
        webhooks.verify(other.as_bytes(), &deliver(&other)?, at),
        webhooks.verify(other.as_bytes(), &deliver(&body)?, at),
        webhooks.verify(body.as_bytes(), &HeaderMap::new(), at),
    ];
    eye(&webhooks);
    let mut kinds = Vec::new();
    for received in &received {
        eye(received);
        kinds.push(match received {
            Received::Verified(event) => {
                eye(&(event, event.key(), Ask::from(event)));
                "verified"
            }
            Received::Stale(event) => {
                eye(&(event, Ask::from(event)));
                "stale"
            }
            Received::Forged => "forged",
            Received::Unsigned => "unsigned",
        });
    }
    expect(&kinds, &["verified", "stale", "verified", "forged", "unsigned"])
}

fn sales(marker: &dyn Fn(&str) -> String, eye: &Eye) -> Result<(), Broken> {
    let (user, password, player) = (marker(SHOP_USER), marker(SHOP_PASSWORD), marker(PLAYER));
    let summaries = Summaries::new(&user, &password.clone().into())?;
    let body = serde_json::json!({
        "reference": "C1st-1", "playerId": player, "productBundleId": 1, "amount": 1000, "currency": "ZAR",
        "tokensPurchased": 11, "digitalCurrency": { "name": "Credits", "code": "CRE" }, "status": "SUCCESSFUL",
    });
    let body = body.to_string();
    let other = format!("[{body}]");
    let key = STANDARD.encode(format!("{user}:{password}"));
    let deliver = |body: &str| signed(&key, &[body.as_bytes()]);
    eye(&summaries);
    let mut kinds = Vec::new();
    for received in [
        summaries.verify(body.as_bytes(), &deliver(&body)?),
        summaries.verify(other.as_bytes(), &deliver(&other)?),
        summaries.verify(other.as_bytes(), &deliver(&body)?),
    ] {
        eye(&received);
        kinds.push(if matches!(received, pay_core::webhook::Received::Verified(_)) { "verified" } else { "forged" });
    }
    let asked = format!("playerId={player}&productBundleId=1&externalReference=leaks-1&amount=1000&currencyCode=NGN");
    match UserInfoQuery::parse(&asked) {
        Ok(query) => eye(&(UserInfo::of(&player, &query), query, Refusal::new("1", "nobody"))),
        Err(error) => return Err(format!("the question about a player was not read: {error}").into()),
    }
    eye(&UserInfoQuery::parse(&format!("{asked}&amount={player}")));
    expect(&kinds, &["verified", "verified", "forged"])
}

fn expect(kinds: &[&str], wanted: &[&str]) -> Result<(), Broken> {
    if kinds == wanted { Ok(()) } else { Err(format!("deliveries were received as {kinds:?}").into()) }
}

fn signed(key: &str, parts: &[&[u8]]) -> Result<HeaderMap, Broken> {
    let signature = MacKey::new(&key.into())?.sign(parts);
    let mut headers = HeaderMap::new();
    headers.insert("X-SIGNATURE", signature.as_str().parse()?);
    headers.insert("X-TIMESTAMP", STAMP.parse()?);
    Ok(headers)
}
