//! What payers and operators see of PagFast: its hosted pages, and the sandbox's own about it.

use crate::Broken;
use crate::leaks::ask;
use pay_sandbox::Sandbox;
use pay_sandbox::pagfast::Kind;

/// Opens every page that there is.
pub(super) async fn visit(sandbox: &Sandbox) -> Result<Vec<Vec<u8>>, Broken> {
    let address = sandbox.url().trim_start_matches("http://").parse()?;
    let pagfast = sandbox.pagfast();
    let mut paths = ["transactions", "accounts"].map(|page| format!("/_sandbox/pages/pagfast/{page}")).to_vec();
    for transaction in pagfast.transactions().iter().filter(|it| it.kind != Kind::Withdrawal) {
        let url = pagfast.page_url(&transaction.id).ok_or("a deposit has no page")?;
        paths.push(url.replacen(&sandbox.url(), "", 1));
    }
    let mut seen = Vec::new();
    for path in paths {
        let page = ask(address, "GET", &path, b"").await?;
        if !page.starts_with(b"HTTP/1.1 200") {
            return Err(format!("{path} cannot be seen").into());
        }
        seen.push(page);
    }
    Ok(seen)
}
