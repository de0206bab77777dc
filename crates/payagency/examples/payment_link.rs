//! Makes a payment link: `payment_link AMOUNT CURRENCY [TEMPLATE_ID]`; with a live key and no template it lists the templates.
//!
//! Which account, and where, is in the environment: `PAYAGENCY_ENVIRONMENT` and the other variables of the crate's README.
//! Exit status: 0 the link is printed, 2 there is none.

use payagency::{Client, Environment, Money, PaymentLink};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::main]
async fn main() -> ExitCode {
    make().await.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

async fn make() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let given: Vec<String> = std::env::args().skip(1).collect();
    let [amount, currency, template @ ..] = given.as_slice() else {
        return Err("usage: payment_link AMOUNT CURRENCY [TEMPLATE_ID]".into());
    };
    if template.is_empty() && client.environment() == Environment::Production {
        println!("with a live key a link needs one of these templates:");
        for template in client.payment_templates().send().await? {
            println!("{:?} {:?}", template.payment_template_id, template.template_name);
        }
        return Ok(ExitCode::from(2));
    }
    let id = format!("example-{}-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis(), std::process::id());
    let mut link = PaymentLink::new(&id).price(Money { amount: amount.parse()?, currency: currency.to_owned() });
    if let Some(template) = template.first() {
        link = link.template(template);
    }
    // No money moves by it. A lost answer costs nothing but a link that nobody has.
    let made = client.payment_link(link).send().await?;
    println!("order {id}: {}", made.url);
    println!("when it is paid, the webhook of the template says so, and `settle` on the order id decides");
    Ok(ExitCode::SUCCESS)
}
