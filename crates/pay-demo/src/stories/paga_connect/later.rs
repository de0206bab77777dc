//! What happens to a consent over time: tokens that end, a restart, a user who revokes, one who is forgotten.

use super::super::step::{Seen, Told};
use super::shop::{Shop, naira, payment};
use paga_connect::{Kind, Outcome};
use tokio::task::JoinSet;

const LATER: &str = "paga-later";
const RESTART: &str = "paga-restart";
const GONE: &str = "paga-gone";
const OTHER: &str = "paga-other";
const FORGOTTEN: &str = "paga-forgotten";
const TASKS: usize = 20;

impl Shop<'_> {
    pub(super) async fn charged_later(&mut self) -> Told {
        self.later();
        let refreshes = self.refreshes("ada");
        let reply = self.session("ada").merchant_payment(payment(LATER, "1500.00")?).reply().await?;
        let refreshes = self.refreshes("ada") - refreshes;
        let seen = Seen::new(format!("its token had ended: a 401, {refreshes} refresh, saved first; then charged"))
            .same("refreshes", refreshes, 1)
            .same("attempts", reply.attempts, 2);
        Ok(self.sold(seen, LATER, 150_000))
    }

    pub(super) async fn herd(&mut self) -> Told {
        self.later();
        let refreshes = self.refreshes("ngozi");
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let (session, payment) = (self.session("ngozi"), payment(&format!("paga-herd-{task}"), "10.00")?);
            tasks.spawn(async move { session.merchant_payment(payment).send().await.is_ok() });
        }
        let done = tasks.join_all().await.into_iter().filter(|done| *done).count();
        let refreshes = self.refreshes("ngozi") - refreshes;
        let ledger = self.sandbox.ledger();
        let once = (0..TASKS).filter(|task| ledger.charges(&format!("paga-herd-{task}")) == 1).count();
        self.payments += TASKS;
        let seen = Seen::new(format!("{done} of {TASKS} charged; {refreshes} refresh of a token that works once"))
            .same("charged", done, TASKS)
            .same("refreshes", refreshes, 1);
        Ok(self.nothing_moved(seen).ledger(format!("{once} charged once, NGN 10.00 each")).same("once", once, TASKS))
    }

    pub(super) async fn restarted(&mut self) -> Told {
        let tokens = self.requests("token");
        // Nothing is left of the old one but its files.
        self.client = self.restarted_client()?;
        let reply = self.session("ada").merchant_payment(payment(RESTART, "250.00")?).reply().await?;
        let refreshed = self.requests("token") - tokens;
        let seen = Seen::new("restored from the files, refreshed where the token had ended; the user was not asked")
            .same("token calls", refreshed, 1)
            .check("at most one replay", reply.attempts <= 2);
        Ok(self.sold(seen, RESTART, 25_000))
    }

    pub(super) async fn revoked(&mut self) -> Told {
        self.paga.revoke("ada")?;
        self.later();
        let gone = self.session("ada").merchant_payment(payment(GONE, "100.00")?).send().await;
        let gone = gone.err().ok_or("a user who revoked")?;
        self.session("ngozi").merchant_payment(payment(OTHER, "100.00")?).send().await?;
        let seen = Seen::new(format!(
            "{:?} for one, {}: ask this user again; the other is charged",
            gone.kind(),
            gone.outcome()
        ))
        .same("kind", gone.kind(), Kind::ConsentRequired)
        .same("outcome", gone.outcome(), Outcome::NotDone)
        .same("charges of the first", self.sandbox.ledger().charges(GONE), 0);
        Ok(self.sold(seen, OTHER, 10_000))
    }

    pub(super) async fn forgotten(&mut self) -> Told {
        let session = self.session("ada");
        session.forget().await?;
        let error = session.merchant_payment(payment(FORGOTTEN, "100.00")?).send().await;
        let kind = error.err().map(|error| error.kind());
        let consents = self.paga.user("ada").map_or(0, |user| user.consents);
        let seen = Seen::new("gone here and from the files; at Paga the consent stands until the user ends it there")
            .same("a charge then", kind, Some(Kind::ConsentRequired))
            .same("consents at Paga", consents, 1)
            .check("it is kept no more", !session.is_kept().await?);
        Ok(self.nothing_moved(seen))
    }

    pub(super) async fn closing(&self) -> Told {
        let books = self.books();
        let broken = self.sandbox.ledger().check();
        let rules = if broken.is_empty() { "no rule broken".to_owned() } else { format!("{} broken", broken.len()) };
        let total: i64 = books.sales.iter().map(|sale| sale.amount_cents).sum();
        let sent: i64 = books.payouts.iter().map(|payout| payout.amount_cents).sum();
        let seen =
            Seen::new(format!("{} payments, each charged once; {} transfer", books.sales.len(), books.payouts.len()))
                .ledger(format!("{rules}, {} taken, {} transferred", naira(total), naira(sent)))
                .same("rules broken", broken, Vec::new())
                .same("payments", books.sales.len(), self.payments)
                .same("kobo taken", total, 405_000)
                .same("transfers", books.payouts.len(), 1)
                .check("each is charged once", books.sales.iter().all(|sale| sale.charges == 1));
        Ok(seen)
    }
}
