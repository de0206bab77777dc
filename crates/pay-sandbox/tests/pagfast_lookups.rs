//! PagFast's look-ups over raw HTTP: by id, by order id within a day, receivers; and what is found after an answer was lost.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod pagfast_common;

use pagfast_common::*;
use pay_sandbox::{Acting, Fault, FaultRule, RandomFaults, Sandbox, StatusFault};
use serde_json::{Value, json};

#[tokio::test]
async fn pages_have_five_ten_or_twenty() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(shop.created(CASH_IN, &shop.deposit("many", "0.99")).await);
    }
    ids.reverse();
    for (limit, offset, found) in [
        ("5", "0", 0..5),
        ("5", "10", 10..12),
        ("10", "0", 0..10),
        ("20", "0", 0..12),
        ("5", "12", 12..12),
        ("5", "99", 12..12),
    ] {
        let answer = shop.get(&list("many", -60, 60, limit, offset)).await;
        let data = answer.data();
        assert_eq!(data["limit"].to_string(), limit);
        assert_eq!((data["offset"].to_string(), &data["total"]), (offset.to_owned(), &json!(12)));
        let items = data["items"].as_array().unwrap();
        let listed: Vec<&str> = items.iter().map(|item| item["transaction"]["id"].as_str().unwrap()).collect();
        assert_eq!(listed, ids[found], "{limit} from {offset}");
        assert!(items.iter().all(|item| item["transaction"]["amount"] == "0.990000"));
    }
    for limit in ["0", "1", "6", "50", "21"] {
        let refused = shop.get(&list("many", -60, 60, limit, "0")).await;
        assert!(refused.is(400, "InvalidRequestFormatError", "enum"), "{limit}: {refused:?}");
        assert_eq!(refused.detail()["info"]["allowedValues"], json!(["5", "10", "20"]));
    }
    sandbox.pagfast().set_mode("page_sizes", "any").unwrap();
    assert_eq!(shop.get(&list("many", -60, 60, "50", "0")).await.data()["items"].as_array().unwrap().len(), 12);
    assert_eq!(shop.get(&list("many", -60, 60, "101", "0")).await.status, 400);
}

#[tokio::test]
async fn a_window_is_one_day_at_most() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    let total = async |from, until| shop.get(&list("a", from, until, "5", "0")).await.data()["total"].clone();
    assert_eq!(total(-43_200, 43_200).await, 1, "a whole day, its last moment included");
    assert_eq!((total(-7_200, -3_600).await, total(3_600, 7_200).await), (json!(0), json!(0)));
    for (from, until) in [(-43_200, 43_201), (10, -10)] {
        let refused = shop.get(&list("a", from, until, "5", "0")).await;
        assert!(refused.is(400, "InvalidRequestFormatError", "interval"), "{refused:?}");
    }
    // To the millisecond: from when it was made until then.
    let date = shop.listed("a").await[0]["date"].as_str().unwrap().to_owned();
    let exact = |from: &str, until: &str| {
        format!("{TRANSACTIONS}?transactionOrderId=a&startDate={from}&endDate={until}&dataset.limit=5&dataset.offset=0")
    };
    assert_eq!(shop.get(&exact(&date, &date)).await.data()["total"], 1);
    let whole = list("a", -60, 60, "5", "0");
    for parameter in ["transactionOrderId", "startDate", "endDate", "dataset.limit", "dataset.offset"] {
        let less = whole.split(['?', '&']).filter(|part| !part.starts_with(parameter)).collect::<Vec<_>>().join("&");
        let refused = shop.get(&less.replacen('&', "?", 1)).await;
        assert!(refused.is(400, "InvalidRequestFormatError", "required"), "{parameter}: {refused:?}");
        assert_eq!(refused.detail()["info"]["missingProperty"], parameter);
    }
    for wrong in ["2026-11-21", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00.000", "2026-13-21T10:00:00.000Z", "today"]
    {
        assert_eq!(shop.get(&exact(wrong, wrong)).await.status, 400, "{wrong}");
    }
    for (name, value) in [("dataset.offset", "-1"), ("dataset.offset", "x"), ("dataset.limit", "5.5")] {
        let wrong: Vec<String> = whole
            .split('&')
            .map(|part| if part.starts_with(name) { format!("{name}={value}") } else { part.to_owned() })
            .collect();
        assert_eq!(shop.get(&wrong.join("&")).await.status, 400, "{name}={value}");
    }
}

#[tokio::test]
async fn unknown_ids_and_order_ids_are_different_answers() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let refused = shop.get(&format!("{TRANSACTIONS}/00000000-0000-4000-8000-000000000000")).await;
    assert!(refused.is(404, "SandboxNotFoundError", "SandboxNotFound"), "{refused:?}");
    assert!(shop.listed("nothing").await.is_empty(), "an empty page, no error");
    // Two transactions with one order id, and items of either version.
    shop.created(CASH_IN, &shop.deposit("a", "5")).await;
    shop.created(CASH_OUT, &shop.withdrawal("a", "5")).await;
    let types = |items: &[Value]| items.iter().map(|it| it["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let items = shop.listed("a").await;
    assert_eq!(types(&items), ["Debit", "Credit"], "newest first");
    assert!(items.iter().all(|it| it.get("externalResourceId").is_none() && it.get("category").is_none()));
    sandbox.pagfast().set_mode("list_items", "v2_0_2").unwrap();
    let items = shop.listed("a").await;
    assert!(items.iter().all(|it| it["externalResourceId"].is_string() && it["category"] == "PartnerSales"));
    sandbox.pagfast().set_mode("delivery_status", "absent").unwrap();
    let id = items[0]["id"].as_str().unwrap();
    let answer = shop.get(&format!("{TRANSACTIONS}/{id}")).await.data();
    assert!(answer["webhook"].get("deliveryStatus").is_none());
    let payment = json!({
        "recipient": { "name": "Ana Sandbox", "cpf": ANA }, "key": { "type": "CPF", "value": ANA }, "value": "5",
    });
    assert_eq!(answer["payment"], payment, "what was asked for");
}

#[tokio::test]
async fn receivers_are_listed_and_the_rest_is_not_invented() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant_with(&sandbox, &sandbox.pagfast().companies_key()).await;
    let ask = async |query: &str| shop.get(&format!("{RECEIVERS}?{query}")).await;
    let all = ask("dataset.limit=10&dataset.offset=0").await;
    assert_eq!((all.data()["total"].clone(), all.data()["items"].as_array().unwrap().len()), (json!(12), 10));
    assert!(all.assumed.contains("members of a receiver"), "{all:?}");
    let mut sum = 0;
    for status in ["Pending", "Approved", "Rejected"] {
        let data = ask(&format!("dataset.limit=5&dataset.offset=0&receiverStatus={status}")).await.data();
        let items = data["items"].as_array().unwrap();
        assert!(
            !items.is_empty()
                && items.iter().all(|it| it["receiverStatus"] == status && it["companyFantasyName"].is_string())
        );
        sum += data["total"].as_u64().unwrap();
    }
    assert_eq!(sum, 12);
    assert_eq!(ask("dataset.limit=10&dataset.offset=10").await.data()["items"].as_array().unwrap().len(), 2);
    let refused = ask("dataset.limit=10&dataset.offset=0&receiverStatus=approved").await;
    assert_eq!(refused.detail()["info"]["allowedValues"], json!(["Pending", "Approved", "Rejected"]));
    assert_eq!(ask("dataset.offset=0").await.status, 400);
    let id = all.data()["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [format!("{RECEIVERS}/{id}/accounts"), format!("{RECEIVERS}/{id}/payments")] {
        let refused = shop.get(&path).await;
        assert!(refused.is(501, "SandboxNotImplemented", "SandboxPathNotKnown"), "{refused:?}");
        assert!(refused.text.contains("not its path"));
    }
}

/// What a caller finds that sent a withdrawal and got no answer.
#[tokio::test]
async fn a_withdrawal_whose_answer_is_lost_is_found_by_its_order_id() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let after = |code| Fault::from(StatusFault::new(code, Acting::After));
    let before = |code| Fault::from(StatusFault::new(code, Acting::Before));
    for (order, fault, found) in [
        ("reset-after", Fault::ResetAfterActing, 1),
        ("closed", Fault::CloseAfterActing, 1),
        ("cut", Fault::TruncatedBody, 1),
        ("html", Fault::Html, 1),
        ("500", after(500), 1),
        ("reset-before", Fault::ResetAfterReading, 0),
        ("unread", Fault::ResetBeforeReading, 0),
        ("503", before(503), 0),
        ("429", StatusFault::new(429, Acting::Before).retry_after("1").into(), 0),
        ("401", Fault::Unauthorized, 0),
    ] {
        add_fault(&sandbox, "pix_cash_out", fault);
        let request = shop.request(reqwest::Method::POST, CASH_OUT).json(&shop.withdrawal(order, "5"));
        let answer = try_send(request).await;
        assert!(
            answer.as_ref().is_ok_and(|it| it.status != 201) || answer.is_err() || order == "cut",
            "{order}: {answer:?}"
        );
        let listed = shop.listed(order).await;
        assert_eq!(listed.len(), found, "{order}");
        let payouts = sandbox.ledger();
        let payout = payouts.providers["pagfast"].payouts.iter().find(|it| it.reference == order);
        // Who wants to charge again looks first: what is found is not sent twice.
        assert_eq!(payout.is_some(), found == 1, "{order}");
        if let Some(payout) = payout {
            assert_eq!((payout.attempts, payout.answered), (1, 0), "{order}");
        }
        // Faults speak the provider's envelope.
        if let Ok(answer) = answer
            && ["500", "503", "429"].contains(&order)
        {
            assert!(answer.is(order.parse().unwrap(), "SandboxFault", "SandboxFault"), "{answer:?}");
        }
    }
    assert_sound(&sandbox);
}

#[tokio::test]
async fn the_books_hold_under_random_faults() {
    let sandbox = Sandbox::start().await.unwrap();
    let shop = merchant(&sandbox).await;
    let random = RandomFaults::new(7, 40).operations(["pix_cash_out"]);
    sandbox.add_fault(FaultRule::random("pagfast", random)).unwrap();
    let mut lost = 0;
    for number in 0..40 {
        let order = format!("order-{number}");
        let answer = try_send(shop.request(reqwest::Method::POST, CASH_OUT).json(&shop.withdrawal(&order, "1"))).await;
        if !answer.is_ok_and(|it| it.status == 201) {
            lost += 1;
        }
        // A caller that looks instead of repeating never pays twice.
        let listed = shop.listed(&order).await;
        assert!(listed.len() <= 1, "{order}");
    }
    assert!(lost > 5, "the rule struck {lost} times");
    assert_sound(&sandbox);
}
