//! Pay Agency's hosted pages and the sandbox's pages about it.

use crate::tools;
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Environment;

/// Runs one story of `payagency.mjs` against a sandbox of its own.
async fn story(name: &'static str) {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, agency) = (sandbox.url(), sandbox.payagency());
    let variables = [
        ("SANDBOX", url),
        ("PAYAGENCY_BASE_URL", agency.base_url().to_owned()),
        ("PAYAGENCY_SECRET_KEY", agency.secret_key(Environment::Test)),
        ("PAYAGENCY_ENCRYPTION_KEY", agency.encryption_key(Environment::Test)),
        ("PAYAGENCY_LIVE_SECRET_KEY", agency.secret_key(Environment::Live)),
        ("PAYAGENCY_LIVE_ENCRYPTION_KEY", agency.encryption_key(Environment::Live)),
    ];
    tokio::task::block_in_place(|| tools::run("payagency.mjs", &[name], &variables));
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
    a_payer_approves_declines_leaves_and_comes_back
    a_card_is_typed_on_the_hosted_page
    a_payer_uses_another_method
    a_link_is_paid_once
    coins_come_in_exactly_short_and_over
    a_payer_uses_the_keyboard_alone
    everything_works_without_javascript
    a_double_submit_is_charged_once
    wrong_addresses_lead_nowhere
    what_merchants_and_payers_write_is_escaped
    an_operator_looks_charges_back_and_resends
}
