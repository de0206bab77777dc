//! PagFast's hosted pages and the sandbox's pages about it.

use crate::tools;
use pay_sandbox::Sandbox;

/// Runs one story of `pagfast.mjs` against a sandbox of its own.
async fn story(name: &'static str) {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, pagfast) = (sandbox.url(), sandbox.pagfast());
    let variables = [
        ("SANDBOX", url),
        ("PAGFAST_BASE_URL", pagfast.base_url().to_owned()),
        ("PAGFAST_ACCESS_KEY", pagfast.access_key()),
        ("PAGFAST_SECRET", pagfast.secret()),
        ("PAGFAST_WEBHOOK_KEY", pagfast.webhook_key()),
    ];
    tokio::task::block_in_place(|| tools::run("pagfast.mjs", &[name], &variables));
    assert_eq!(sandbox.ledger().check(), [""; 0]);
}

macro_rules! stories {
    ($($name:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            story(stringify!($name)).await;
        }
    )* };
}

stories! {
    a_payer_pays_cancels_fails_and_comes_back
    a_code_is_shown_and_paid
    anybody_pays_an_amount_of_their_own
    a_payer_uses_the_keyboard_alone
    everything_works_without_javascript
    a_double_submit_is_paid_once
    wrong_addresses_lead_nowhere
    what_merchants_and_payers_write_is_escaped
    the_sandbox_pages_work
}
