//! Pagamio's story: from the token to an expired one, with a shop's good and bad days in between.

mod calls;
mod sales;
mod shop;

use super::step::{Teller, Told};
use super::{Story, Telling};
use pay_sandbox::Sandbox;
use shop::Shop;

/// The provider's documented test data.
const AIRTIME: &str = "AIR-VOD-001";
const NUMBER: &str = "+27821234567";
const ELECTRICITY: &str = "ELE-FLS-001";
const METER: &str = "00001100000";

pub(super) const STORY: Story = Story {
    provider: "pagamio",
    tell: |sandbox, teller| -> Telling<'_> { Box::pin(tell(sandbox, teller)) },
    environment,
    to_try: "# try: cargo run -p pagamio --example buy_airtime",
};

async fn tell(sandbox: &Sandbox, teller: &mut Teller) {
    let mut shop = match Shop::open(sandbox) {
        Ok(shop) => shop,
        Err(error) => {
            teller.step("Client::builder().build()", async { Told::<()>::Err(error.into()) }).await;
            return;
        }
    };
    teller.step("check_credentials()", shop.token()).await;
    let airtime = teller.step("categories()", shop.categories()).await;
    teller.step("category_fields(Airtime)", shop.fields(airtime)).await;
    teller.step("products()", shop.products()).await;
    teller.step("purchase(airtime, R10.00)", shop.airtime()).await;
    teller.step("purchase(electricity, R200.00)", shop.electricity()).await;
    let pending = teller.step("purchase(airtime, R25.00), the provider is slow", shop.slow_purchase()).await;
    teller.step("settle(pending)", shop.settled(pending)).await;
    teller.step("purchase(airtime, R30.00), reset after the charge", shop.lost_answer()).await;
    teller.step("purchase(airtime, R10.00), float of R5.00", shop.poor()).await;
    teller.step("check_credentials(), wrong password", shop.wrong_password()).await;
    teller.step("8 calls at once, the token expired", shop.expired()).await;
    teller.step("the books at the end", shop.closing()).await;
}

fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let pagamio = sandbox.pagamio();
    let merchant = pagamio.merchant();
    vec![
        ("PAGAMIO_ENVIRONMENT", "local".to_owned()),
        ("PAGAMIO_BASE_URL", pagamio.base_url().to_owned()),
        ("PAGAMIO_USERNAME", merchant.username().to_owned()),
        ("PAGAMIO_PASSWORD", merchant.password().to_owned()),
        ("PAGAMIO_MERCHANT_ID", merchant.account_id().to_owned()),
        ("PAGAMIO_USER_TYPE_ID", merchant.user_type_id().to_owned()),
        ("PAGAMIO_CHANNEL_ID", merchant.channel_id().to_owned()),
    ]
}
