//! The pages that belong to no provider.

use crate::tools;
use pay_sandbox::{Fault, FaultRule, Sandbox};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_page_and_request_log() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.add_fault(FaultRule::new("pagamio", Fault::Html).operation("purchase")).unwrap();
    let client = reqwest::Client::new();
    let base = sandbox.pagamio().base_url().to_owned();
    client.get(format!("{base}/transactions")).send().await.unwrap();
    client.get(format!("{base}/nothing/<script>alert(1)</script>")).send().await.unwrap();
    let sale = r#"{"merchantReference": "<script>alert('reference')</script>", "<img src=x onerror=alert(2)>": 1}"#;
    let purchase = client.post(format!("{base}/purchase")).header("content-type", "application/json");
    purchase.body(sale).send().await.unwrap();

    let url = sandbox.url();
    tokio::task::block_in_place(|| tools::run("own_pages.mjs", &[&url], &[]));
}
