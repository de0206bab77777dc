//! The steps that sell nothing: log-ins, and what can be bought.

use super::super::step::{Seen, Told};
use super::shop::Shop;
use pagamio::{Category, Kind, Outcome};
use std::collections::BTreeSet;

impl Shop<'_> {
    pub(super) async fn token(&self) -> Told {
        let login = self.client.check_credentials().await?;
        let left = login.expires_at.and_then(|end| end.duration_since(self.sandbox.clock().now()).ok());
        let seconds = left.unwrap_or_default().as_secs();
        let seen = self.nothing_sold(Seen::new(format!("a token for {} min", seconds.div_ceil(60))));
        Ok(seen
            .ledger("1 log-in, no sale")
            .same("log-ins", self.requests("token", None), 1)
            .check("the token holds for half an hour", (1700..=1800).contains(&seconds)))
    }

    pub(super) async fn categories(&self) -> Told<Category> {
        let categories = self.client.categories().send().await?;
        let names: Vec<_> = categories.iter().filter_map(|category| category.name.as_deref()).collect();
        let seen = Seen::new(format!("{} categories: {}", names.len(), names.join(", ")));
        let seen = self.nothing_sold(seen).check("one is Electricity", names.contains(&"Electricity"));
        let airtime = categories.iter().find(|category| category.name.as_deref() == Some("Airtime"));
        Ok(seen.with(airtime.ok_or("no category is Airtime")?.clone()))
    }

    pub(super) async fn fields(&self, airtime: Option<Category>) -> Told {
        let Some(airtime) = airtime else { return Ok(Seen::not_run("no category")) };
        let fields = self.client.category_fields(airtime.id).send().await?;
        let names: Vec<_> = fields.fields.iter().map(|field| field.name.as_str()).collect();
        let seen = self.nothing_sold(Seen::new(format!("to send: {}", names.join(", "))));
        Ok(seen.same("fields", names, vec!["amount", "mobileNumber", "paymentMethod"]))
    }

    pub(super) async fn products(&self) -> Told {
        let products = self.client.products().send().await?;
        let codes: BTreeSet<_> = products.iter().map(|product| product.code.as_str()).collect();
        let list = codes.iter().copied().collect::<Vec<_>>().join(", ");
        let airtime = products.iter().find(|product| product.code == super::AIRTIME).ok_or("no airtime product")?;
        let cents = |bound: Option<pagamio::Amount>| bound.and_then(|bound| bound.to_minor(2));
        let seen = self.nothing_sold(Seen::new(format!("{} products: {list}", products.len())));
        Ok(seen
            .same("least airtime in cents", cents(airtime.min_amount), Some(500))
            .same("most airtime in cents", cents(airtime.max_amount), Some(100_000))
            .check("electricity is among them", codes.contains(super::ELECTRICITY)))
    }

    pub(super) async fn wrong_password(&self) -> Told {
        const WRONG: &str = "not-the-password";
        let answer = self.other(self.merchant, WRONG)?.check_credentials().await;
        let error = answer.err().ok_or("a token for a wrong password")?;
        let text = error.to_string();
        let refused = self.requests("token", Some(401));
        let explained = ["user name and password", "environment", "account is active"];
        let seen = self.nothing_sold(Seen::new(&text)).ledger(format!("{refused} log-in refused, no sale"));
        Ok(seen
            .same("kind", error.kind(), Kind::Login)
            .same("outcome", error.outcome(), Outcome::NotDone)
            .same("refused log-ins", refused, 1)
            .check("the three things to check are named", explained.iter().all(|check| text.contains(check)))
            .check("the text holds no password", !text.contains(WRONG)))
    }
}
