//! What goes over the wire, byte for byte, against requests written by hand from the provider's documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagfast::{
    Call, Client, NewPixDeposit, NewPixWithdrawal, OrderQuery, PageSize, Payer, PixKey, RawRequest, ReceiverQuery,
    ReceiverStatus, Recipient, Repeat,
};
use pay_core::script::{Play, Sent};
use support::golden::{assert_sent, only};
use support::{
    ID, amount, answering, builder, client, cpf, created, deposit, logged_in, notify, open_finance, recipient, secs,
    wall, withdrawal,
};

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("goldens/", $name, ".http"))
    };
}

/// The request of one call, whatever becomes of it.
async fn sent<T>(call: impl FnOnce(&Client) -> Call<T>) -> Sent {
    let script = answering(vec![Play::answer(400, "")]);
    let _ = call(&client(&script)).send().await;
    only(&script)
}

#[tokio::test(start_paused = true)]
async fn login() {
    let script = logged_in(|_| Play::answer(404, ""));
    client(&script).check_credentials().await.unwrap();
    assert_eq!(script.seen().len(), 1);
    assert_sent(&script.seen()[0], golden!("login"));
}

#[tokio::test(start_paused = true)]
async fn an_identified_deposit() {
    let deposit = deposit("order-1")
        .editable(false)
        .description("Depósito \"x\"")
        .notify(notify().header("Authorization", "shared-1"));
    assert_sent(&sent(|client| client.pix_cash_in(deposit)).await, golden!("pix_cash_in"));
}

#[tokio::test(start_paused = true)]
async fn an_anonymous_deposit_with_nothing_optional() {
    let deposit = NewPixDeposit::anonymous("order-2", amount("0.99"));
    assert_sent(&sent(|client| client.pix_cash_in(deposit)).await, golden!("pix_cash_in_anonymous"));
}

#[tokio::test(start_paused = true)]
async fn a_deposit_whose_amount_the_payer_may_change() {
    let deposit =
        NewPixDeposit::identified("order-3", amount("10.0"), Payer::new(cpf())).editable(true).notify(notify());
    assert_sent(&sent(|client| client.pix_cash_in(deposit)).await, golden!("pix_cash_in_editable"));
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal() {
    let withdrawal = withdrawal("order-1").description("Saque").notify(notify().header("Authorization", "shared-1"));
    assert_sent(&sent(|client| client.pix_cash_out(withdrawal)).await, golden!("pix_cash_out"));
}

#[tokio::test(start_paused = true)]
async fn a_withdrawal_to_a_key_of_a_kind_that_no_document_lists() {
    let to = Recipient::new("Ana Exemplo", cpf(), PixKey::other("CNPJ", "as it is"));
    let withdrawal = NewPixWithdrawal::new("order-1", amount("10"), to).notify(notify());
    assert_sent(&sent(|client| client.pix_cash_out(withdrawal)).await, golden!("pix_cash_out_other_key"));
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_key_has_the_providers_word() {
    for (key, kind) in [
        (PixKey::cpf(&cpf()), "CPF"),
        (PixKey::email("ana@example.com"), "EMAIL"),
        (PixKey::phone("+5511900000000"), "PHONE"),
        (PixKey::random("b6295ee1"), "EVP"),
        (PixKey::other("e-mail", "x"), "e-mail"),
    ] {
        let withdrawal = NewPixWithdrawal::new("o", amount("1"), Recipient::new("A", cpf(), key)).notify(notify());
        let body = sent(|client| client.pix_cash_out(withdrawal)).await.text().to_owned();
        assert!(body.contains(&format!(r#""key":{{"type":"{kind}","value":"#)), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deposit_through_open_finance() {
    assert_sent(
        &sent(|client| client.open_finance_cash_in(open_finance("order-1"))).await,
        golden!("open_finance_cash_in"),
    );
}

#[tokio::test(start_paused = true)]
async fn a_transaction_by_id() {
    assert_sent(&sent(|client| client.transaction(ID)).await, golden!("transaction"));
}

#[tokio::test(start_paused = true)]
async fn transactions_by_order_id() {
    let query = OrderQuery::new("order 1/&", wall());
    assert_sent(&sent(|client| client.transactions(&query)).await, golden!("transactions"));
    let query = OrderQuery::new("order-1", wall()).until(wall() + secs(60)).size(PageSize::Other(50)).offset(100);
    assert_sent(&sent(|client| client.transactions(&query)).await, golden!("transactions_page"));
    for (size, number) in [(PageSize::Five, "5"), (PageSize::Ten, "10"), (PageSize::Twenty, "20")] {
        let query = OrderQuery::new("order-1", wall()).size(size);
        let url = sent(|client| client.transactions(&query)).await.url;
        assert!(url.contains(&format!("dataset.limit={number}&")), "{url}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_simulators() {
    let script = answering(vec![Play::answer(400, "")]);
    let client = client(&script);
    let _ = client.simulate_pix(ID).await;
    let _ = client.simulate_pix(ID).payer("Ana Exemplo", &cpf()).await;
    let _ = client.simulate_open_finance(ID).await;
    let _ = client.simulate_pix(ID).method(http::Method::POST).await;
    let calls = support::calls(&script);
    assert_sent(&calls[0], golden!("simulate_pix"));
    assert_sent(&calls[1], golden!("simulate_pix_payer"));
    assert_sent(&calls[2], golden!("simulate_open_finance"));
    assert_eq!((calls[3].method.as_str(), &calls[3].url), ("POST", &calls[0].url));
}

#[tokio::test(start_paused = true)]
async fn receivers() {
    let query = ReceiverQuery::new().status(ReceiverStatus::Approved);
    assert_sent(&sent(|client| client.companies().receivers(&query)).await, golden!("receivers"));
}

#[tokio::test(start_paused = true)]
async fn raw_requests_go_below_the_root() {
    let request = RawRequest::new(http::Method::POST, "/partners-int/receivers/7/payments", Repeat::Never)
        .query("x", "a b")
        .body("application/json", r#"{"amount":"1.00"}"#);
    assert_sent(&sent(|client| client.raw(request)).await, golden!("raw"));
}

#[tokio::test(start_paused = true)]
async fn every_assumed_part_of_a_path_is_a_setting() {
    let script = support::answering(vec![Play::answer(400, "")]);
    let build = |change: fn(pagfast::Builder) -> pagfast::Builder| change(builder(&script)).build().unwrap();
    let client =
        build(|b| b.service_prefix("/merchant/v2/").simulation_prefix("").simulate_pix_method(http::Method::POST));
    let _ = client.pix_cash_out(withdrawal("o")).send().await;
    let _ = client.simulate_pix(ID).await;
    let _ = client.simulate_open_finance(ID).await;
    let bare = build(|b| b.service_prefix("").provider_test("https://pagfast.example/x/"));
    let _ = bare.companies().receivers(&ReceiverQuery::new()).send().await;
    let _ = bare.simulate_pix(ID).await;
    let seen: Vec<_> =
        support::calls(&script).into_iter().map(|sent| format!("{} {}", sent.method, sent.url)).collect();
    let base = support::BASE;
    assert_eq!(
        seen,
        [
            format!("POST {base}/merchant/v2/accounts/pix/cashout"),
            format!("POST {base}/sandbox/transactions/complete/{ID}"),
            format!("POST {base}/sandbox/payment-initiation/complete/{ID}"),
            "GET https://pagfast.example/x/receivers?dataset.limit=10&dataset.offset=0".to_owned(),
            format!("PUT https://pagfast.example/x/sandbox/transactions/complete/{ID}"),
        ]
    );
    let logins: Vec<_> = script.seen().into_iter().filter(|sent| sent.path.ends_with("/login")).collect();
    assert_eq!(logins[0].url, format!("{base}/merchant/v2/login"));
    assert_eq!(logins[1].url, "https://pagfast.example/x/login");
}

#[tokio::test(start_paused = true)]
async fn a_prepared_withdrawal_is_what_is_sent_and_is_for_looking_at() {
    let script = answering(vec![Play::answer(201, created("order-1", "Created", "10.500000"))]);
    let mut call = client(&script).pix_cash_out(withdrawal("order-1"));
    let prepared = call.prepare().await.unwrap();
    assert!(!prepared.may_be_resent(), "PagFast does not say that it de-duplicates");
    assert_eq!(prepared.reference(), Some("order-1"));
    assert!(!serde_json::to_string(&prepared).unwrap().contains("Bearer"));
    let _ = call.send().await.unwrap();
    assert_eq!(only(&script).body.as_ref(), prepared.body());
}

#[tokio::test(start_paused = true)]
async fn ids_cannot_change_the_question() {
    let url = sent(|client| client.transaction("a/b?c=d#e ü")).await.url;
    assert_eq!(url, format!("{}/partners-int/accounts/transactions/pix/a%2Fb%3Fc%3Dd%23e%20%C3%BC", support::BASE));
    for id in ["", ".", "..", "a\nb"] {
        let script = pay_core::script::Script::new(|_| panic!("something was sent"));
        let error = client(&script).transaction(id).send().await.unwrap_err();
        assert_eq!(error.kind(), pagfast::Kind::Invalid, "{id:?}");
    }
    let _ = recipient();
}
