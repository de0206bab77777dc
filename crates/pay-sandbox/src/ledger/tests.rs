//! The ledger answers questions, and sees each rule that is broken.

use super::*;

fn sale(reference: &str, issued: &str) -> Sale {
    Sale {
        reference: reference.to_owned(),
        transaction_id: format!("id-{reference}"),
        merchant: "M".to_owned(),
        product_code: "P".to_owned(),
        amount_cents: 500,
        state: SaleState::Completed,
        charges: 1,
        attempts: 1,
        answered: 1,
        customer: "+27820000000".to_owned(),
        history: vec![SaleState::Pending, SaleState::Completed],
        issued: vec![issued.to_owned()],
    }
}

fn ledger(sales: Vec<Sale>, float_cents: i64) -> Ledger {
    let accounts = vec![Balance { account: "M".to_owned(), float_cents, deposited_cents: 10_000 }];
    Ledger { providers: BTreeMap::from([("p", ProviderLedger { accounts, sales, ..ProviderLedger::default() })]) }
}

#[test]
fn healthy_books_pass_and_answer_questions() {
    let books = ledger(vec![sale("a", "1"), sale("b", "2")], 9_000);
    assert_eq!(books.check(), Vec::<String>::new());
    assert_eq!(books.charges("a"), 1);
    assert_eq!(books.charges_to("+27820000000"), 2);
    assert!(books.sale("c").is_none());
}

#[test]
fn every_rule_is_seen_when_broken() {
    let broken = |change: fn(&mut Vec<Sale>), float| {
        let mut sales = vec![sale("a", "1"), sale("b", "2")];
        change(&mut sales);
        ledger(sales, float).check().join("\n")
    };
    assert!(broken(|_| (), 8_999).contains("was debited 1001 cents for sales and payouts of 1000"));
    assert!(broken(|s| s[1].reference = "a".into(), 9_000).contains("two sales for reference a"));
    assert!(broken(|s| s[0].charges = 2, 9_000).contains("is charged 2 times"));
    assert!(broken(|s| s[0].history.insert(0, SaleState::Failed), 9_000).contains("moved out of a final state"));
    assert!(broken(|s| s[0].history = vec![SaleState::Pending], 9_000).contains("without a history"));
    assert!(broken(|s| s[1].issued = vec!["1".into()], 9_000).contains("issued before"));
}

#[test]
fn refunds_never_give_back_more_than_was_paid() {
    let books = |state: SaleState, refunds: &[(&str, i64, SaleState)]| {
        let mut books = ledger(vec![Sale { state, ..sale("a", "1") }], 9_500);
        let provider = books.providers.get_mut("p").unwrap();
        provider.sales[0].charges = u32::from(state == SaleState::Completed);
        provider.sales[0].history = vec![state];
        let refund = |(sale, cents, state): &(&str, i64, SaleState)| Refund {
            refund_id: "R-1".to_owned(),
            transaction_id: format!("id-{sale}"),
            amount_cents: *cents,
            state: *state,
        };
        provider.refunds = refunds.iter().map(refund).collect();
        books
    };
    let (paid, done) = (SaleState::Completed, SaleState::Completed);
    let good = books(paid, &[("a", 300, done), ("a", 200, SaleState::Pending), ("a", 500, SaleState::Failed)]);
    assert_eq!((good.check(), good.refunded_cents("a")), (vec![], 300));
    let broken = |state, refunds: &[(&str, i64, SaleState)]| books(state, refunds).check().join(" ");
    for wrong in [
        broken(paid, &[("a", 300, done), ("a", 201, SaleState::Pending)]),
        broken(paid, &[("b", 1, done)]),
        broken(SaleState::Open, &[("a", 1, done)]),
    ] {
        assert!(wrong.contains("gives back what was not paid"), "{wrong}");
    }
    let mut own = books(paid, &[]);
    own.providers.get_mut("p").unwrap().broken.push("a rule of its own".to_owned());
    assert_eq!(own.check(), ["p: a rule of its own"]);
}

fn payout(reference: &str) -> Payout {
    Payout {
        reference: reference.to_owned(),
        transaction_id: format!("payout-{reference}"),
        account: "M".to_owned(),
        amount_cents: 400,
        fee_cents: 100,
        state: SaleState::Completed,
        paid_out: 1,
        attempts: 1,
        answered: 1,
        customer: "ada@example.com".to_owned(),
        history: vec![SaleState::Pending, SaleState::Completed],
    }
}

#[test]
fn payouts_are_held_against_their_account() {
    let books = |change: fn(&mut Vec<Payout>), float_cents| {
        let mut books = ledger(vec![sale("a", "1")], float_cents);
        let mut payouts = vec![payout("x"), payout("y")];
        change(&mut payouts);
        if let Some(provider) = books.providers.get_mut("p") {
            provider.payouts = payouts;
        }
        books
    };
    let sound = books(|_| (), 8_500);
    assert_eq!(sound.check(), Vec::<String>::new());
    assert_eq!((sound.paid_out("x"), sound.paid_out_to("ada@example.com"), sound.paid_out("z")), (1, 2, 0));
    assert!(!format!("{sound:?}{}", serde_json::to_string(&sound.providers).unwrap()).contains("ada@"));
    let broken = |change, float| books(change, float).check().join("\n");
    assert!(broken(|_| (), 8_600).contains("debited 1400 cents for sales and payouts of 1500"));
    assert!(broken(|p| p[1].reference = "x".into(), 8_500).contains("two payouts for reference x"));
    assert!(broken(|p| p[0].paid_out = 2, 8_500).contains("payout-x is paid 2 times"));
    assert!(broken(|p| p[0].history.insert(0, SaleState::Failed), 8_500).contains("payout-x moved out"));
    assert!(broken(|p| p[0].state = SaleState::Failed, 8_500).contains("payout-x is paid 1 times"));
}

#[test]
fn debug_and_json_hide_the_customer_and_the_tokens() {
    let books = ledger(vec![sale("a", "12345678901234567890")], 9_500);
    let shown = format!("{books:?}{}", serde_json::to_string(&books.providers).unwrap());
    assert!(!shown.contains("+2782") && !shown.contains("12345678901234567890"));
}
