//! Pay Agency's story: cards, payouts, refunds, a link and webhooks, each held against the books.

mod after;
mod cards;
mod payouts;
mod shop;
mod told;

use super::step::{Teller, Told};
use super::{Story, Telling};
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Environment;
use shop::Shop;

pub(super) const STORY: Story = Story {
    provider: "payagency",
    tell: |sandbox, teller| -> Telling<'_> { Box::pin(tell(sandbox, teller)) },
    environment,
    to_try: "# try: cargo run -p payagency --example card_3ds",
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
    let paid = teller.step("card(GBP 25.00)", shop.paid_at_once()).await;
    let redirect = teller.step("card(GBP 40.00), 3-D Secure", shop.three_ds()).await;
    teller.step("its page, opened and approved", shop.approved(redirect.as_ref())).await;
    let event = teller.step("a webhook arrives", shop.told()).await;
    teller.step("confirm(event)", shop.confirmed(event.as_ref())).await;
    teller.step("card(GBP 15.00), declined", shop.declined()).await;
    let wallets = teller.step("wallets()", shop.wallets()).await;
    let estimate = teller.step("estimate_payout(USD 100.00)", shop.estimated(wallets.as_ref())).await;
    teller.step("payout(USD 100.00)", shop.paid_out(wallets.as_ref(), estimate.as_ref())).await;
    teller.step("payout(USD 100.00), wallet of USD 20.00", shop.empty(wallets.as_ref())).await;
    teller.step("refund(GBP 25.00)", shop.refunded(paid.as_deref())).await;
    teller.step("refund(GBP 25.00), once more", shop.refunded_again(paid.as_deref())).await;
    let link = teller.step("payment_link(GBP 12.50)", shop.linked()).await;
    teller.step("the link, opened and paid", shop.link_paid(link)).await;
    teller.step("a webhook, its amount changed on the way", shop.forged()).await;
    teller.step("card(GBP 30.00), reset after the charge", shop.lost_answer()).await;
    teller.step("the books at the end", shop.closing()).await;
    shop.close();
}

fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let payagency = sandbox.payagency();
    vec![
        ("PAYAGENCY_ENVIRONMENT", "local".to_owned()),
        ("PAYAGENCY_BASE_URL", payagency.base_url().to_owned()),
        ("PAYAGENCY_SECRET_KEY", payagency.secret_key(Environment::Test)),
        ("PAYAGENCY_ENCRYPTION_KEY", payagency.encryption_key(Environment::Test)),
        ("PAYAGENCY_WEBHOOK_SCHEME", "assumed_hmac_sha256_hex".to_owned()),
        ("PAYAGENCY_WEBHOOK_KEY", payagency.webhook_secret()),
    ]
}
