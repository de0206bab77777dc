//! Paga Connect's story: a user consents once, and the wallet is charged from then on, until the user says otherwise.

mod charges;
mod consents;
mod later;
mod shop;

use super::step::{Teller, Told};
use super::{Story, Telling};
use pay_sandbox::Sandbox;
use shop::Shop;

pub(super) const STORY: Story = Story {
    provider: "paga-connect",
    tell: |sandbox, teller| -> Telling<'_> { Box::pin(tell(sandbox, teller)) },
    environment,
    to_try: "# try: cargo run -p paga-connect --example merchant_site",
};

async fn tell(sandbox: &Sandbox, teller: &mut Teller) {
    let mut shop = match Shop::open(sandbox).await {
        Ok(shop) => shop,
        Err(error) => {
            teller.step("Client::builder().build()", async { Told::<()>::Err(error) }).await;
            return;
        }
    };
    teller.step("check_credentials()", shop.credentials()).await;
    let code = teller.step("consent(..), the page, approved", shop.consented("ada")).await;
    teller.step("exchange(code), keep(answer)", shop.kept("ada", code)).await;
    teller.step("merchant_payment(NGN 1500.00)", shop.charged()).await;
    teller.step("13 hours later, merchant_payment(..)", shop.charged_later()).await;
    teller.step("money_transfer(NGN 200.00)", shop.transferred()).await;
    teller.step("user_details()", shop.details()).await;
    teller.step("consent(..), the page, declined", shop.declined()).await;
    teller.step("a return with another state", shop.forged()).await;
    let code = teller.step("consent(..) of a second user", shop.consented("ngozi")).await;
    teller.step("exchange(code), keep(answer)", shop.kept("ngozi", code)).await;
    teller.step("20 payments at the token's end", shop.herd()).await;
    teller.step("a restart, merchant_payment(..)", shop.restarted()).await;
    teller.step("merchant_payment(), reset after acting", shop.lost_answer()).await;
    teller.step("merchant_payment(NGN 90000.00)", shop.too_much()).await;
    teller.step("a user revokes, both are charged", shop.revoked()).await;
    let code = teller.step("consent(..) once more", shop.consented("ada")).await;
    teller.step("exchange(code), keep(answer)", shop.kept("ada", code)).await;
    teller.step("forget()", shop.forgotten()).await;
    teller.step("the books at the end", shop.closing()).await;
    shop.close();
}

fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let paga = sandbox.paga_connect();
    let id = paga.client_id();
    vec![
        ("PAGA_CONNECT_ENVIRONMENT", "local".to_owned()),
        ("PAGA_CONNECT_BASE_URL", paga.base_url().to_owned()),
        ("PAGA_CONNECT_CLIENT_SECRET", paga.client_secret(&id).unwrap_or_default()),
        ("PAGA_CONNECT_CLIENT_ID", id),
        ("PAGA_CONNECT_REDIRECT_URI", paga.redirect_uri().to_owned()),
    ]
}
