//! Pay1st's story: one order from the payment methods to its refund, and the days on which somebody is to be misled.

mod calls;
mod hooks;
mod shop;
mod trouble;

use super::step::{Teller, Told};
use super::{Story, Telling};
use pay_sandbox::Sandbox;
use shop::Shop;

/// Where the customers are, and the provider's documented example of a price.
const COUNTRY: &str = "NG";
const CURRENCY: &str = "NGN";
const PRICE: &str = "100.00";
const PRICE_CENTS: i64 = 10_000;
const SKU: &str = "12345";

pub(super) const STORY: Story = Story {
    provider: "pay1st",
    tell: |sandbox, teller| -> Telling<'_> { Box::pin(tell(sandbox, teller)) },
    environment,
    to_try: "# try: cargo run -p pay1st --example create_and_redirect -- --show-link",
};

async fn tell(sandbox: &Sandbox, teller: &mut Teller) {
    let mut shop = match Shop::open(sandbox).await {
        Ok(shop) => shop,
        Err(error) => {
            teller.step("Client::builder().build()", async { Told::<()>::Err(error) }).await;
            return;
        }
    };
    teller.step("check_credentials()", shop.token()).await;
    teller.step("payment_methods(NG)", shop.methods()).await;
    let created = teller.step("create_payment(NGN 100.00)", shop.create()).await;
    teller.step("checkout_link(), opened and paid", shop.paid(created.as_ref())).await;
    let event = teller.step("a webhook arrives", shop.told()).await;
    teller.step("confirm(event), then ship", shop.confirmed(event)).await;
    teller.step("report_fulfilment(..)", shop.fulfilled(created.as_ref())).await;
    teller.step("payment(reference)", shop.queried(created.as_ref())).await;
    teller.step("refund(full)", shop.refunded(created.as_ref())).await;
    teller.step("10 minutes later on the sandbox clock", shop.given_back()).await;
    teller.step("a webhook, its amount changed on the way", shop.tampered()).await;
    teller.step("a webhook, stamped an hour ago", shop.stale()).await;
    teller.step("a webhook, delivered five times", shop.repeated()).await;
    teller.step("back at the failure URL, though paid", shop.lying_redirect()).await;
    teller.step("the success URL, nothing paid", shop.early_bird()).await;
    teller.step("create_payment(), reset after acting", shop.lost_answer()).await;
    teller.step("a token replaced under a link, rebuild(..)", shop.rotated()).await;
    teller.step("the books at the end", shop.closing()).await;
    shop.close();
}

fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let pay1st = sandbox.pay1st();
    vec![
        ("PAY1ST_ENVIRONMENT", "local".to_owned()),
        ("PAY1ST_BASE_URL", pay1st.base_url().to_owned()),
        ("PAY1ST_CHECKOUT_URL", pay1st.checkout_url().to_owned()),
        ("PAY1ST_API_KEY", pay1st.api_key().to_owned()),
        ("PAY1ST_API_SECRET", pay1st.api_secret().to_owned()),
        ("PAY1ST_SIGNING_KEY", pay1st.signing_key()),
    ]
}
