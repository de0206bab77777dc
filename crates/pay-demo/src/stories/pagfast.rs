//! PagFast's story: deposits, withdrawals, Open Finance and webhooks, each held against the books.

mod bank;
mod deposits;
mod hooks;
mod shop;
mod withdrawals;

use super::step::{Teller, Told};
use super::{Story, Telling};
use pay_sandbox::Sandbox;
use shop::Shop;

pub(super) const STORY: Story = Story {
    provider: "pagfast",
    tell: |sandbox, teller| -> Telling<'_> { Box::pin(tell(sandbox, teller)) },
    environment,
    to_try: "# try: cargo run -p pagfast --example deposit",
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
    let charge = teller.step("pix_cash_in(R$ 50.00)", shop.deposit()).await;
    teller.step("the payer pays: simulate_pix(id)", shop.paid(charge.as_ref())).await;
    let event = teller.step("webhooks arrive", shop.told()).await;
    teller.step("confirm(event), then credit", shop.confirmed(event.as_ref())).await;
    teller.step("find_by_order_id(order id)", shop.reconciled(charge.as_ref())).await;
    teller.step("a deposit, paid by somebody else", shop.somebody_else()).await;
    teller.step("a webhook, delivered three times", shop.repeated()).await;
    teller.step("a webhook, its amount changed on the way", shop.tampered()).await;
    teller.step("a webhook without a signature", shop.unsigned()).await;
    let withdrawal = teller.step("pix_cash_out(R$ 80.00)", shop.withdrawn()).await;
    teller.step("the bank pays it: settle(withdrawal)", shop.went_through(withdrawal.as_ref())).await;
    let lost = teller.step("pix_cash_out(R$ 120.00), reset after acting", shop.lost_answer()).await;
    teller.step("settle(its order id)", shop.found_again(lost)).await;
    let checkout = teller.step("open_finance_cash_in(R$ 25.00)", shop.open_finance()).await;
    teller.step("its page, opened and paid", shop.page_paid(checkout)).await;
    teller.step("settle(deposit), the token ends meanwhile", shop.long_poll()).await;
    teller.step("the books at the end", shop.closing()).await;
    shop.close();
}

fn environment(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let pagfast = sandbox.pagfast();
    vec![
        ("PAGFAST_ENVIRONMENT", "local".to_owned()),
        ("PAGFAST_BASE_URL", pagfast.base_url().to_owned()),
        ("PAGFAST_ACCESS_KEY", pagfast.access_key()),
        ("PAGFAST_SECRET", pagfast.secret()),
        ("PAGFAST_WEBHOOK_KEY", pagfast.webhook_key()),
    ]
}
