//! Paga's consent page, from the shop's page back to the shop, and the sandbox's pages beside it.

use crate::tools;
use pay_sandbox::Sandbox;

/// Runs one story of `paga_connect.mjs` against a sandbox of its own.
async fn story(name: &'static str) {
    let sandbox = Sandbox::start().await.unwrap();
    let (url, paga) = (sandbox.url(), sandbox.paga_connect());
    let secret = |id: &str| paga.client_secret(id).unwrap();
    let (id, awkward) = (paga.client_id(), paga.awkward_client_id());
    let variables = [
        ("SANDBOX", url),
        ("PAGA_BASE_URL", paga.base_url().to_owned()),
        ("PAGA_CLIENT_SECRET", secret(&id)),
        ("PAGA_CLIENT_ID", id),
        ("PAGA_AWKWARD_SECRET", secret(&awkward)),
        ("PAGA_AWKWARD_ID", awkward),
        ("PAGA_PASSWORD_ADA", paga.password("ada").unwrap().to_owned()),
        ("PAGA_PASSWORD_BOLA", paga.password("bola").unwrap().to_owned()),
    ];
    tokio::task::block_in_place(|| tools::run("paga_connect.mjs", &[name], &variables));
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
    a_user_approves_and_the_shop_charges
    a_user_declines_and_nothing_is_connected
    a_wrong_password_and_a_locked_account_stay_outside
    unknown_clients_and_redirects_lead_nowhere
    a_user_consents_by_keyboard_alone
    consent_works_without_javascript
    what_shops_and_users_write_is_escaped
    pages_of_others_neither_approve_nor_frame
    a_user_ends_a_consent_and_the_pages_look_right
}
