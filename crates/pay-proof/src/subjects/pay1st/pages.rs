//! What customers and operators see of Pay1st: its checkout, and the sandbox's own pages about it.

use super::shop::{Facts, Shop};
use crate::leaks::ask;
use crate::{Broken, Kept, Limits};
use pay_sandbox::Sandbox;
use std::time::Duration;

const REFERENCE: &str = "leaks-page";

const LIMITS: Limits =
    Limits { attempt: Duration::from_secs(10), deadline: Duration::from_secs(30), attempts: 2, max_body: 256 << 10 };

/// Opens every page that there is, the checkout of a payment of a marked customer among them, which must not repeat its token.
pub(super) async fn visit(sandbox: &Sandbox, marker: &(dyn Fn(&str) -> String + Sync)) -> Result<Vec<Vec<u8>>, Broken> {
    let address = sandbox.url().trim_start_matches("http://").parse()?;
    // A client of its own, with the sandbox's own credentials: only what it sends of its customer is marked.
    let facts = Facts::of(sandbox).with_customer(marker);
    let (link, token) = Shop::new(sandbox, &sandbox.url(), LIMITS, &Kept::default(), facts)?.link(REFERENCE).await?;
    let mut seen = Vec::new();
    for (url, status) in [
        (link.clone(), "200"),
        (link.replacen("accessToken=", "accessToken=x", 1), "4"),
        ("/_sandbox/pages/pay1st/payments".to_owned(), "200"),
        ("/_sandbox/pages/pay1st/settings".to_owned(), "200"),
        ("/_sandbox/pages/deliveries".to_owned(), "200"),
    ] {
        let page = ask(address, "GET", url.trim_start_matches(&sandbox.url()), b"").await?;
        let path = url.split('?').next().unwrap_or_default();
        if !page.starts_with(format!("HTTP/1.1 {status}").as_bytes()) {
            let head = String::from_utf8_lossy(&page[..page.len().min(12)]).into_owned();
            return Err(format!("{path} answers {head}").into());
        }
        let encoded = link.split("accessToken=").nth(1).unwrap_or(&token);
        if [token.as_str(), encoded].iter().any(|token| memchr::memmem::find(&page, token.as_bytes()).is_some()) {
            return Err(format!("{path} repeats the token of its address").into());
        }
        seen.push(page);
    }
    Ok(seen)
}
