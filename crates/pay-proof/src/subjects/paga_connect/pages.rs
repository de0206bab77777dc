//! What users and operators see of Paga Connect: the consent page, and the sandbox's own about it.

use crate::Broken;
use crate::leaks::ask;
use pay_sandbox::Sandbox;

/// Opens every page that there is: the consent page as it is first seen, and as an address that leads nowhere.
pub(super) async fn visit(sandbox: &Sandbox) -> Result<Vec<Vec<u8>>, Broken> {
    let address = sandbox.url().trim_start_matches("http://").parse()?;
    let paga = sandbox.paga_connect();
    let consent = "/paga-connect/paga-webservices/oauth2/authorization";
    let asked = format!(
        "{consent}?response_type=code&client_id={}&redirect_uri=https%3A%2F%2Fshop.example%2Fpaga%2Fcallback\
         &scope=MERCHANT_PAYMENT+USER_DETAILS_REQUEST&user_data=FIRST_NAME&state=a-state-of-this-harness",
        paga.client_id()
    );
    let pages = [
        (asked, "200"),
        (format!("{consent}?client_id=nobody"), "400"),
        ("/_sandbox/pages/paga-connect/wallets".to_owned(), "200"),
        ("/_sandbox/pages/paga-connect/consents".to_owned(), "200"),
    ];
    let mut seen = Vec::new();
    for (path, status) in pages {
        let page = ask(address, "GET", &path, b"").await?;
        if !page.starts_with(format!("HTTP/1.1 {status}").as_bytes()) {
            let head = String::from_utf8_lossy(&page[..page.len().min(12)]).into_owned();
            return Err(format!("{path} answers {head}").into());
        }
        seen.push(page);
    }
    Ok(seen)
}
