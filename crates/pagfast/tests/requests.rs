//! Requests as values: what is refused here, what survives the way to the wire, and what never prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{
    Amount, Client, Cpf, Kind, NewOpenFinanceDeposit, NewPixDeposit, NewPixWithdrawal, Notify, OrderQuery, Outcome,
    Payer, PixKey, RawRequest, ReceiverQuery, Recipient, Refusal, Sought,
};
use pay_core::script::{Play, Script};
use proptest::prelude::*;
use std::fmt::Debug;
use support::events::Events;
use support::{
    HOOK, ID, amount, calls, checkout, client, cpf, created, deposit, list, logged_in, notify, open_finance, record,
    secs, transaction, wall, withdrawal,
};

fn never() -> Script {
    Script::new(|_| panic!("something was sent"))
}

/// Refused before anything is sent, and not even logged in for.
async fn refused<T: Debug>(call: impl Fn(&Client) -> pagfast::Call<T>, says: &str) {
    let script = never();
    let error = call(&client(&script)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Invalid, Outcome::NotDone, 0), "{error}");
    assert!(error.to_string().contains(says), "{says:?} is missing: {error}");
    assert!(script.seen().is_empty());
    assert_eq!(call(&client(&script)).prepare().await.unwrap_err().kind(), Kind::Invalid);
}

#[tokio::test(start_paused = true)]
async fn what_every_transaction_needs() {
    for (order_id, sum, says) in [
        ("", "1", "order id is empty"),
        (" \t", "1", "order id is empty"),
        ("a\nb", "1", "control characters"),
        ("o", "0", "more than nothing"),
        ("o", "0.00", "more than nothing"),
        ("o", "-1", "more than nothing"),
        ("o", "10.505", "more than two decimals"),
        ("o", "10.500", "more than two decimals"),
    ] {
        let sum = amount(sum);
        refused(|c| c.pix_cash_in(NewPixDeposit::anonymous(order_id, sum)), says).await;
        refused(|c| c.pix_cash_out(NewPixWithdrawal::new(order_id, sum, support::recipient()).notify(notify())), says)
            .await;
        let open =
            || NewOpenFinanceDeposit::new(order_id, sum, cpf()).redirect_url("https://s.example").notify(notify());
        refused(|c| c.open_finance_cash_in(open()), says).await;
    }
    for url in ["", "shop.example/x", "/x", "ftp://shop.example", "https://", "https:///x", "not a url"] {
        let says = "the webhook's URL must be absolute";
        refused(|c| c.pix_cash_in(deposit("o").notify(Notify::to(url))), says).await;
        refused(|c| c.pix_cash_out(withdrawal("o").notify(Notify::to(url))), says).await;
        refused(|c| c.open_finance_cash_in(open_finance("o").redirect_url(url)), "`.redirect_url(url)`").await;
    }
    for (name, value, says) in [("", "x", "a name"), ("a b", "x", "a name"), ("X-A", "a\r\nb: c", "a value")] {
        refused(|c| c.pix_cash_out(withdrawal("o").notify(Notify::to(HOOK).header(name, value))), says).await;
    }
    // Neither is optional to PagFast, and each is named.
    let bare = || NewPixWithdrawal::new("o", amount("1"), support::recipient());
    refused(|c| c.pix_cash_out(bare()), "`.notify(Notify::to(url))`").await;
    refused(|c| c.open_finance_cash_in(NewOpenFinanceDeposit::new("o", amount("1"), cpf())), "`.notify(").await;
    let without = || NewOpenFinanceDeposit::new("o", amount("1"), cpf()).notify(notify());
    refused(|c| c.open_finance_cash_in(without()), "`.redirect_url(url)`").await;
    for (to, says) in [
        (Recipient::by_cpf(" ", cpf()), "name is empty"),
        (Recipient::new("A", cpf(), PixKey::email("")), "key is empty"),
        (Recipient::new("A", cpf(), PixKey::other("", "x")), "kind of the Pix key"),
    ] {
        refused(|c| c.pix_cash_out(NewPixWithdrawal::new("o", amount("1"), to.clone()).notify(notify())), says).await;
    }
    let error = client(&never()).pix_cash_out(bare()).send().await.unwrap_err();
    assert_eq!(error.reference(), Some("o"));
}

#[tokio::test(start_paused = true)]
async fn questions_that_cannot_be_meant() {
    refused(|c| c.transactions(&OrderQuery::new(" ", wall())), "order id is empty").await;
    refused(|c| c.transactions(&OrderQuery::new("o", wall()).until(wall() - secs(1))), "ends before it begins").await;
    let far = std::time::UNIX_EPOCH + secs(400_000_000_000);
    refused(|c| c.transactions(&OrderQuery::new("o", far)), "outside of the years").await;
    let error = client(&never()).simulate_open_finance(ID).payer("A", &cpf()).await.unwrap_err();
    assert!(error.to_string().contains("takes no payer"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_no_document_limits_is_not_limited() {
    let script = never();
    let client = client(&script);
    for deposit in [
        deposit(&"x".repeat(500)),
        deposit("a/b ü"),
        deposit("o").notify(Notify::to("http://127.0.0.1:1/hook").header("X-A", "")),
        NewPixDeposit::anonymous("o", amount("99999999999999.99")),
    ] {
        client.pix_cash_in(deposit).prepare().await.unwrap();
    }
    // A longer interval is PagFast's to refuse.
    client.transactions(&OrderQuery::new("o", wall()).until(wall() + secs(90 * 86_400))).prepare().await.unwrap();
}

proptest! {
    #[test]
    fn what_is_sent_is_what_was_given(order_id in "[^\\p{C}\\s][^\\p{C}]{0,20}", name in "[^\\p{C}\\s][^\\p{C}]{0,20}", key in "\\PC{1,30}", cents in 1_i64..i64::MAX, decimals in 0_u32..=2) {
        prop_assume!(!key.trim().is_empty());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let sum = Amount::from_minor(cents, decimals).unwrap();
            let to = Recipient::new(&name, cpf(), PixKey::random(&key));
            let new = NewPixWithdrawal::new(&order_id, sum, to).notify(notify());
            let prepared = client(&never()).pix_cash_out(new).prepare().await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(prepared.body()).unwrap();
            assert_eq!(body["payment"]["value"], serde_json::Value::String(sum.to_string()), "text, and its very digits");
            assert_eq!(body["payment"]["recipient"]["name"].as_str(), Some(name.as_str()));
            assert_eq!(body["payment"]["key"]["value"].as_str(), Some(key.as_str()));
            assert_eq!(body["transaction"]["orderId"].as_str(), Some(order_id.as_str()));
        });
    }
}

/// Marks all that is secret or personal, runs every call, and looks for the marks in all that can be printed.
#[tokio::test(start_paused = true)]
async fn nothing_secret_or_personal_prints() {
    const MARK: &str = "SENTINEL";
    const PERSON: &str = "11144477735";
    let (events, _guard) = Events::capture();
    let mut printed = String::new();
    let mut print = |value: &dyn Debug| printed.push_str(&format!("{value:?} {value:#?}\n"));

    let someone = || Cpf::new(PERSON).unwrap();
    let hook = || Notify::to(format!("https://h.example/{MARK}")).header("X-Shared", MARK);
    let cash_in = NewPixDeposit::identified("order-1", amount("10.50"), Payer::new(someone()).name(MARK))
        .notify(hook())
        .description(MARK);
    let to = Recipient::new(MARK, someone(), PixKey::email(MARK));
    print(&to);
    let cash_out = NewPixWithdrawal::new("order-1", amount("10.50"), to).notify(hook()).description(MARK);
    let open = NewOpenFinanceDeposit::new("order-1", amount("10.50"), someone())
        .redirect_url(format!("https://h.example/{MARK}"))
        .notify(hook());
    print(&(&cash_in, &cash_out, &open, Payer::new(someone()).name(MARK), PixKey::cpf(&someone()), someone()));
    print(&RawRequest::get(format!("/{MARK}")).query("q", MARK).body("application/json", MARK));

    let personal = |text: String| {
        text.replace("Ana Exemplo", MARK)
            .replace("09977799400", PERSON)
            .replace("00020126BR.GOV.BCB.PIX", MARK)
            .replace("\"text\"", "\"SENTINEL\"")
            .replace("\"receiptUrl\":null", "\"receiptUrl\":\"https://r.example/SENTINEL\"")
            .replace("checkout/init/1", MARK)
            .replace("{\"x\":1}", "{\"x\":\"SENTINEL\"}")
    };
    let refusal = format!(
        r#"{{"statusCode":"Error","error":{{"name":"N","message":"cpf {PERSON}","details":{{"reason":"R","externalReason":"{MARK}","message":"{MARK}"}}}}}}"#
    );
    for (status, body) in [
        (201, personal(created("order-1", "Created", "10.50"))),
        (201, personal(checkout())),
        (201, format!("{MARK}<html>")),
        (200, personal(transaction("order-1", "Completed", "10.50"))),
        (200, personal(list(&[record("order-1", "Completed", "10.50")], 0, 1))),
        (200, format!(r#"{{"data":{{"items":[{{"name":"{MARK}"}}]}}}}"#)),
        (400, refusal.clone()),
        (409, refusal),
        (500, MARK.into()),
    ] {
        let token = support::jwt(MARK, "");
        let script = Script::new(move |sent| match sent.path.ends_with("/login") {
            true => Play::answer(201, format!("{token}{MARK}")),
            false => Play::answer(status, body.clone()).header("x-secret", MARK),
        });
        let client = support::builder(&script)
            .credentials(format!("K-{MARK}"), format!("S-{MARK}"))
            .company_credentials(format!("C-{MARK}"), format!("D-{MARK}"))
            .build()
            .unwrap();
        print(&client);
        print(&client.check_credentials().await.unwrap());
        print(&client.lease().await.unwrap());
        let mut call = client.pix_cash_out(cash_out.clone());
        print(&call);
        print(&call.prepare().await.unwrap());
        match call.reply().await {
            Ok(reply) => {
                print(&reply);
                print(&Sought::from(&reply.model));
                assert!(reply.headers.get("x-secret").is_none());
            }
            Err(error) => {
                print(&error);
                print(&format!("{error} {error:#}"));
                print(&Refusal::of(&error));
            }
        }
        print(&client.pix_cash_in(cash_in.clone()).send().await);
        print(&client.open_finance_cash_in(open.clone()).send().await);
        print(&client.transaction(ID).send().await);
        print(&client.transactions(&OrderQuery::new("order-1", wall())).send().await);
        print(&client.find_by_order_id("order-1", wall()).await);
        print(&client.simulate_pix(ID).payer(MARK, &someone()));
        print(&client.simulate_pix(ID).payer(MARK, &someone()).await);
        print(&client.companies().receivers(&ReceiverQuery::new()).send().await);
        print(&client.settle(ID).within(secs(1)).await);
        print(&client.settle(cash_out.sought(wall())).within(secs(1)).await);
    }
    let logged = events.all();
    assert!(logged.iter().any(|seen| seen.span) && logged.len() > 100, "{}", logged.len());
    printed.push_str(&format!("{logged:?}"));
    for shown in [
        "order-1",
        "PixCharge {",
        "OpenFinanceCharge {",
        "Pending(Created",
        "Simulated {",
        "ReceiverPage {",
        "Record {",
    ] {
        assert!(printed.contains(shown), "{shown} was not printed");
    }
    for mark in [MARK, PERSON] {
        let at = printed.find(mark);
        assert_eq!(at, None, "{}", at.map_or("", |at| &printed[at.saturating_sub(300)..at + 20]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_prepared_request_goes_nowhere_else() {
    let script = logged_in(|_| Play::answer(201, created("order-1", "Created", "10.5")));
    let prepared = client(&script).pix_cash_out(withdrawal("order-1")).prepare().await.unwrap();
    assert_eq!(prepared.url(), format!("{}/partners-int/accounts/pix/cashout", support::BASE));
    assert_eq!((prepared.operation(), prepared.method()), ("pix_cash_out", "POST"));
    assert!(script.seen().is_empty() && calls(&script).is_empty());
}
