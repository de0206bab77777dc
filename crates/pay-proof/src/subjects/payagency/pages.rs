//! What payers and operators see of Pay Agency: its hosted pages, and the sandbox's own about it.

use super::facts::{CVV, NUMBER};
use crate::Broken;
use crate::leaks::ask;
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Kind;

/// Opens every page that there is, and types the card wrongly where one is asked for: what is drawn then must not repeat it.
pub(super) async fn visit(sandbox: &Sandbox, marker: &(dyn Fn(&str) -> String + Sync)) -> Result<Vec<Vec<u8>>, Broken> {
    let address = sandbox.url().trim_start_matches("http://").parse()?;
    let payagency = sandbox.payagency();
    let mut paths: Vec<String> =
        ["payments", "links", "wallets"].map(|page| format!("/_sandbox/pages/payagency/{page}")).to_vec();
    let mut forms = Vec::new();
    for payment in payagency.payments() {
        let id = payment.transaction_id;
        let page = match payment.kind {
            Kind::HostedCard => "card/hosted",
            Kind::Apm => "apm",
            Kind::CryptoPayin => "crypto/payin",
            Kind::OnRamp | Kind::OffRamp => "crypto/ramp",
            // Paid at once: it has no page.
            _ => continue,
        };
        let path = format!("/payagency/v1/test/{page}/{id}");
        if payment.kind == Kind::HostedCard {
            forms.push(path.clone());
        }
        paths.push(path);
    }
    for link in payagency.links() {
        let path = format!("/payagency/pay/{}", link.link_id);
        let crypto = format!("/payagency/v1/test/crypto/pay/{}", link.link_id);
        let is_plain = shown(&ask(address, "GET", &path, b"").await?).is_ok();
        forms.extend(is_plain.then(|| path.clone()));
        paths.push(if is_plain { path } else { crypto });
    }
    let mut seen = Vec::new();
    for path in paths {
        let page = ask(address, "GET", &path, b"").await?;
        shown(&page).map_err(|()| format!("{path} cannot be seen"))?;
        seen.push(page);
    }
    for path in forms {
        let (number, cvv) = (marker(NUMBER), marker(CVV));
        let typed = format!("action=pay&card_number={number}&card_expiry=12%2F39&card_cvv={cvv}x&email=nobody");
        let page = ask(address, "POST", &path, typed.as_bytes()).await?;
        if !page.starts_with(b"HTTP/1.1 422") {
            return Err(format!("a wrong card on {path} was not refused").into());
        }
        seen.push(page);
    }
    // What came of the forms stands in the logs.
    for path in ["/_sandbox/requests", "/_sandbox/pages/requests", "/_sandbox/payagency/payments"] {
        seen.push(ask(address, "GET", path, b"").await?);
    }
    Ok(seen)
}

fn shown(page: &[u8]) -> Result<(), ()> {
    if page.starts_with(b"HTTP/1.1 404") { Err(()) } else { Ok(()) }
}
