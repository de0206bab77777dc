//! The steps that move money, or should not: payments, a transfer, what the user shares, a lost answer.

use super::super::step::{Seen, Told};
use super::shop::{Shop, naira, payment};
use paga_connect::{DetailsShape, Kind, MoneyTransfer, Outcome, TransferTo};
use pay_sandbox::Fault;

const FIRST: &str = "paga-first";
const TRANSFER: &str = "paga-transfer";
const LOST: &str = "paga-lost";
const TOO_MUCH: &str = "paga-too-much";

impl Shop<'_> {
    pub(super) async fn charged(&mut self) -> Told {
        let reply = self.session("ada").merchant_payment(payment(FIRST, "1500.00")?).reply().await?;
        let seen = Seen::new("charged, with ids of the transaction; the user was not asked")
            .same("attempts", reply.attempts, 1)
            .check("it has an id", reply.model.transaction_id.is_some());
        Ok(self.sold(seen, FIRST, 150_000))
    }

    pub(super) async fn transferred(&mut self) -> Told {
        let to = TransferTo { reference: TRANSFER.to_owned(), recipient: self.paga.recipient().to_owned() };
        let transfer = MoneyTransfer::new(to, "200.00".parse()?);
        let receipt = self.session("ada").money_transfer(transfer).send().await?;
        let paid_out = self.sandbox.ledger().paid_out(TRANSFER);
        let books = self.books();
        let sent = books.payouts.iter().find(|payout| payout.reference == TRANSFER);
        let seen = Seen::new("credited; whose money moves no source says, so the sandbox has a mode for it");
        let seen = self.nothing_moved(seen);
        Ok(seen
            .ledger(format!("paid out {paid_out} time, {}", naira(sent.map_or(0, |payout| payout.amount_cents))))
            .same("times paid out", paid_out, 1)
            .same("kobo", sent.map(|payout| payout.amount_cents), Some(20_000))
            .check("it has an id", receipt.transaction_id.is_some()))
    }

    pub(super) async fn details(&self) -> Told {
        let profile = self.session("ada").user_details(DetailsShape::default()).send().await?;
        let details = &profile.details;
        let shared = [details.first_name.is_some(), profile.balance().is_some()];
        let hidden = [details.last_name.is_some(), details.email.is_some()];
        let seen = Seen::new("first name and balance, as consented to; nothing else of the user")
            .same("first name and balance", shared, [true, true])
            .same("last name and e-mail", hidden, [false, false])
            .check("none of it prints", !format!("{profile:?}").contains("Ada"));
        Ok(self.nothing_moved(seen))
    }

    pub(super) async fn lost_answer(&mut self) -> Told {
        self.fault("merchant_payment", Fault::ResetAfterActing)?;
        let sent = self.session("ngozi").merchant_payment(payment(LOST, "500.00")?).send().await;
        let error = sent.err().ok_or("an answer that was lost")?;
        let text = error.to_string();
        let seen = Seen::new(format!(
            "outcome: {}, after {} attempt; Connect has no question by reference, and the error says what to do",
            error.outcome(),
            error.attempts()
        ))
        .same("kind", error.kind(), Kind::Interrupted)
        .same("outcome", error.outcome(), Outcome::Unknown)
        .same("attempts", error.attempts(), 1)
        .check("it says how to go on", text.contains("no question by reference") && text.contains("support"));
        Ok(self.sold(seen, LOST, 50_000))
    }

    pub(super) async fn too_much(&self) -> Told {
        let session = self.session("ngozi");
        let sent = session.merchant_payment(payment(TOO_MUCH, "90000.00")?).send().await;
        let error = sent.err().ok_or("more than the wallet holds")?;
        let asked = self.requests("merchant_payment");
        let local = session.merchant_payment(payment("no/slashes", "1.00")?.currency("NGN")).send().await;
        let local = local.err().ok_or("a currency without a product code")?;
        let code = error.provider_code().unwrap_or_default().to_owned();
        let seen =
            Seen::new(format!("{}: {code}; a wrong reference is refused before anything is sent", error.outcome()))
                .same("outcome", error.outcome(), Outcome::Refused)
                .same("code", code.as_str(), "SANDBOX_INSUFFICIENT_FUNDS")
                .same("of the wrong reference", (local.kind(), local.outcome()), (Kind::Invalid, Outcome::NotDone))
                .same("requests for it", self.requests("merchant_payment") - asked, 0)
                .same("charges", self.sandbox.ledger().charges(TOO_MUCH), 0);
        Ok(self.nothing_moved(seen))
    }
}
