//! Pay1st's hosted checkout and its pages.

use crate::tools;
use pay_sandbox::Sandbox;

/// Runs one story of `pay1st.mjs` against a sandbox of its own.
async fn story(name: &'static str) {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, pay1st) = (sandbox.url(), sandbox.pay1st());
    let variables = [
        ("SANDBOX", url),
        ("PAY1ST_BASE_URL", pay1st.base_url().to_owned()),
        ("PAY1ST_API_KEY", pay1st.api_key().to_owned()),
        ("PAY1ST_API_SECRET", pay1st.api_secret().to_owned()),
        ("PAY1ST_SIGNING_KEY", pay1st.signing_key().to_owned()),
    ];
    tokio::task::block_in_place(|| tools::run("pay1st.mjs", &[name], &variables));
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
    a_person_pays_fails_cancels_and_comes_back
    a_payment_is_left_to_expire
    the_page_looks_right_and_says_what_is_missing
    a_person_pays_by_keyboard_alone
    everything_works_without_javascript
    a_double_submit_is_charged_once
    wrong_links_are_refused_and_spoilt_tokens_explained
    what_merchants_and_customers_write_is_escaped
    the_sandbox_pages_work
    a_delivery_that_fails_is_tried_again
}
