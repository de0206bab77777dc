//! The settings for what the provider's pages disagree on: the method of reads, and the form of the history's question.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

#[path = "flows/catalogue.rs"]
#[allow(dead_code, unreachable_pub)]
mod catalogue;

use pagamio::{
    Account, BillLookupRequest, Client, Error, Kind, LookupName, Outcome, RawRequest, ReadMethod, Settled, Sought,
    TransactionQuery, TransactionStatus, TransactionsStyle,
};
use pay_core::script::{Play, Script};
use pay_sandbox::Sandbox;
use support::golden::{assert_sent, only};
use support::{COMPLETED, airtime, answering, bare, builder, calls, on};

const STYLES: [TransactionsStyle; 3] =
    [TransactionsStyle::PostQuery, TransactionsStyle::GetQuery, TransactionsStyle::PostJson];

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("goldens/", $name, ".http"))
    };
}

// The method of reads.

fn posting(script: &Script) -> Client {
    builder(script).read_method(ReadMethod::Post).build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_read_can_be_a_post_and_is_a_get_by_default() {
    let sub = Account::SubMerchant("S-2002".into());
    for (method, post) in [(ReadMethod::Post, true), (ReadMethod::Get, false), (ReadMethod::default(), false)] {
        let script = answering(vec![Play::answer(200, "[]"), Play::answer(200, "{}"), Play::answer(200, "[]")]);
        let client = builder(&script).read_method(method).build().unwrap();
        client.categories().send().await.unwrap();
        client.category_fields(1002_u64).send().await.unwrap();
        client.category_products(1002_u64).send().await.unwrap();
        client.products().send().await.unwrap();
        client.lookups(&LookupName::Brands).send().await.unwrap();
        let other = bare(&script).account(sub.clone()).read_method(method).build().unwrap();
        other.products().send().await.unwrap();
        let goldens = [
            golden!("categories_post"),
            golden!("category_fields_post"),
            golden!("category_products_post"),
            golden!("merchant_products_post"),
            golden!("lookups_post"),
            golden!("sub_merchant_products_post"),
        ];
        let calls = calls(&script);
        assert_eq!(calls.len(), goldens.len());
        for (sent, golden) in calls.iter().zip(goldens) {
            // The same but for the method.
            let golden = if post { golden.to_owned() } else { golden.replacen("POST", "GET", 1) };
            assert_sent(sent, &golden);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_read_stays_as_it_is() {
    let script = answering(vec![Play::answer(200, COMPLETED), Play::answer(200, "[]"), Play::answer(200, "{}")]);
    let client = posting(&script);
    let _ = client.purchase(airtime("ORDER-1")).send().await.unwrap();
    client.transactions(&TransactionQuery::new(), 0).send().await.unwrap();
    let bill = BillLookupRequest::builder().account_number("0081715524").product_code("BIL-DST-001").build().unwrap();
    client.lookup_bill_payment(&bill).send().await.unwrap();
    client.raw(RawRequest::get("/lookups/brands")).send().await.unwrap();
    let calls = calls(&script);
    assert_sent(&calls[0], golden!("purchase_airtime"));
    assert_sent(&calls[1], golden!("transactions"));
    assert_sent(&calls[2], golden!("lookup_bill_payment"));
    assert_eq!(calls[3].method, "GET", "a raw request says itself what it is");
}

#[tokio::test(start_paused = true)]
async fn a_lost_read_is_repeated_with_either_method() {
    let script = answering(vec![Play::lost(), Play::answer(500, ""), Play::answer(200, "[]")]);
    posting(&script).categories().send().await.unwrap();
    assert_eq!(calls(&script).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn another_account_inherits_both_settings() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let maker =
        builder(&script).read_method(ReadMethod::Post).transactions_style(TransactionsStyle::GetQuery).build().unwrap();
    let other = maker.with_credentials("v", "q").account(Account::Merchant("N".into())).channel("D").user_type_id("U");
    let other = other.build().unwrap();
    other.categories().send().await.unwrap();
    other.transactions(&TransactionQuery::new(), 0).send().await.unwrap();
    let methods: Vec<_> = calls(&script).into_iter().map(|sent| sent.method.to_string()).collect();
    assert_eq!(methods, ["POST", "GET"]);
}

// The history.

async fn asked(style: TransactionsStyle) -> pay_core::script::Sent {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client =
        bare(&script).account(Account::SubMerchant("S-2002".into())).transactions_style(style).build().unwrap();
    let query = TransactionQuery::new()
        .category_name("Pay Bills")
        .brand_name("Vodacom & Co")
        .aggregator_name("FLASH")
        .status(&TransactionStatus::Failed)
        .key_word("1GB+ week/ü")
        .size(100);
    client.transactions(&query, 3).send().await.unwrap();
    only(&script)
}

#[tokio::test(start_paused = true)]
async fn the_history_is_asked_in_each_form() {
    assert_sent(&asked(TransactionsStyle::PostQuery).await, golden!("transactions_filtered"));
    assert_sent(&asked(TransactionsStyle::default()).await, golden!("transactions_filtered"));
    assert_sent(&asked(TransactionsStyle::GetQuery).await, golden!("transactions_get"));
    assert_sent(&asked(TransactionsStyle::PostJson).await, golden!("transactions_json"));
}

#[tokio::test(start_paused = true)]
async fn an_export_is_asked_for_and_ends_the_pages() {
    let script = answering(vec![Play::answer(200, r#"[{"transactionId":"a"},{"transactionId":"b"}]"#)]);
    let client = support::client(&script);
    let mut pages = client.transaction_pages(TransactionQuery::new().export_all());
    assert_eq!(pages.next().await.unwrap().unwrap().items.len(), 2);
    assert!(pages.next().await.is_none());
    assert_sent(&only(&script), golden!("transactions_export"));
}

#[tokio::test(start_paused = true)]
async fn settle_and_pages_work_in_each_form() {
    for style in STYLES {
        let record = r#"{"content":[{"status":{"code":0},"transactionId":"T-9","merchantReference":"R-9"}]}"#;
        let script = answering(vec![Play::answer(200, record), Play::answer(200, r#"{"content":[]}"#)]);
        let client = builder(&script).transactions_style(style).build().unwrap();
        let settled = client.settle(Sought::reference("R-9").transaction_id("T-9")).await;
        assert!(matches!(settled, Settled::Completed(_)), "{settled:?}");
        let sent = only(&script);
        let asked = format!("{}{}", sent.path, sent.text());
        assert!(asked.contains("T-9") && asked.contains("R-9"), "{style:?}: {asked}");
        assert!(client.transaction_pages(TransactionQuery::new()).next().await.is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_account_id_is_named_in_each_form() {
    for style in STYLES {
        let script = Script::new(|_| panic!("something was sent"));
        let bare = Client::builder().provider_test().transport(pagamio::Transport::scripted(&script));
        let client = bare.credentials("u", "p").account(Account::Merchant("M".into())).channel("C");
        let client = client.transactions_style(style).build().unwrap();
        let error = client.transactions(&TransactionQuery::new(), 0).send().await.unwrap_err();
        assert!(error.kind() == Kind::Invalid && error.to_string().contains("user_type_id"), "{error}");
    }
}

#[test]
fn a_query_shows_its_filters_alone() {
    let query = TransactionQuery::new().brand_name("Vodacom").size(5);
    assert_eq!(format!("{query:?}"), r#"TransactionQuery {"brandName": "Vodacom", "size": "5"}"#);
    assert_eq!(TransactionQuery::default(), TransactionQuery::new());
}

// The wrong setting says which one it is.

#[track_caller]
fn names(error: &Error, setting: Option<&str>) {
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (Kind::Unexpected, Outcome::Refused, 1), "{error}");
    assert_eq!(error.status().unwrap().as_u16(), 405);
    for name in ["read_method", "transactions_style"] {
        assert_eq!(error.to_string().contains(&format!("`{name}`")), setting == Some(name), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_405_names_the_setting_and_nothing_is_switched_silently() {
    for method in [ReadMethod::Get, ReadMethod::Post] {
        let script = answering(vec![Play::answer(405, "")]);
        let client = builder(&script).read_method(method).build().unwrap();
        names(&client.categories().send().await.unwrap_err(), Some("read_method"));
        names(&client.category_fields(1_u64).send().await.unwrap_err(), Some("read_method"));
        names(&client.category_products(1_u64).send().await.unwrap_err(), Some("read_method"));
        names(&client.products().send().await.unwrap_err(), Some("read_method"));
        names(&client.lookups(&LookupName::Brands).send().await.unwrap_err(), Some("read_method"));
        let history = client.transactions(&TransactionQuery::new(), 0).send().await;
        names(&history.unwrap_err(), Some("transactions_style"));
        names(&client.raw(RawRequest::get("/lookups/brands")).send().await.unwrap_err(), None);
        names(&client.lookup_electricity("{}").send().await.unwrap_err(), None);
        assert_eq!(calls(&script).len(), 8, "one request each");
    }
}

#[tokio::test]
async fn the_sandbox_that_takes_only_one_method_is_read_with_it_and_refuses_the_other() {
    for (mode, right, wrong) in
        [("post", ReadMethod::Post, ReadMethod::Get), ("get", ReadMethod::Get, ReadMethod::Post)]
    {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_modes("pagamio", &[("reads", mode)]).unwrap();
        let account = sandbox.pagamio().merchant();
        let client = on(&sandbox, account).read_method(right).build().unwrap();
        let (categories, _) = catalogue::discover(&client).await;
        for category in &categories {
            let products = client.category_products(category.id.clone()).send().await.unwrap();
            assert!(products.iter().all(|product| product.category_id.as_ref() == Some(&category.id)));
        }
        assert_eq!(client.lookups(&LookupName::TransactionStatus).send().await.unwrap().len(), 4);
        let client = on(&sandbox, account).read_method(wrong).build().unwrap();
        names(&client.categories().send().await.unwrap_err(), Some("read_method"));
    }
}

#[tokio::test]
async fn the_sandbox_answers_the_history_in_the_form_that_it_takes() {
    for (mode, value, style) in [
        ("transactions_method", "post", TransactionsStyle::PostQuery),
        ("transactions_method", "get", TransactionsStyle::GetQuery),
        ("transactions_parameters", "query", TransactionsStyle::PostQuery),
        ("transactions_parameters", "body", TransactionsStyle::PostJson),
    ] {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.set_modes("pagamio", &[(mode, value), ("record_reference", "present")]).unwrap();
        let client = on(&sandbox, sandbox.pagamio().merchant()).transactions_style(style).build().unwrap();
        for reference in ["one", "two", "three"] {
            let _ = client.purchase(airtime(reference)).send().await.unwrap();
        }
        let page = client.transactions(&TransactionQuery::new().size(2), 0).send().await.unwrap();
        assert_eq!((page.items.len(), page.total), (2, Some(3)), "{value}");
        let failed = TransactionQuery::new().status(&TransactionStatus::Failed);
        assert!(client.transactions(&failed, 0).send().await.unwrap().items.is_empty());
        let all = client.transactions(&TransactionQuery::new().export_all(), 0).send().await.unwrap();
        assert_eq!((all.items.len(), all.last), (3, Some(true)));
        assert!(matches!(client.settle("one").await, Settled::Completed(_)));
    }
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.set_modes("pagamio", &[("transactions_method", "get")]).unwrap();
    let client = on(&sandbox, sandbox.pagamio().merchant()).build().unwrap();
    let error = client.transactions(&TransactionQuery::new(), 0).send().await.unwrap_err();
    names(&error, Some("transactions_style"));
}
