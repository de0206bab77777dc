//! The whole story, written against the client alone and run on the sandbox; the stage around it is set here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod support;

#[path = "flows/buying.rs"]
mod buying;
#[path = "flows/catalogue.rs"]
mod catalogue;
#[path = "flows/history.rs"]
mod history;
#[path = "flows/settling.rs"]
mod settling;

use buying::{airtime, bill, complete, electricity, refused, tokens, voucher};
use pagamio::{
    Amount, Client, Code, ExposeSecret, Kind, Outcome, Pacing, Purchase, ReadMethod, Reason, Sought, TransactionQuery,
    TransactionStatus, TransactionsStyle, Unit,
};
use pay_sandbox::{Ends, Fault, FaultRule, SaleState, Sandbox};
use settling::{briefly, completed, failed, once, pending, unknown};
use std::collections::HashSet;
use support::{account_of, amount, on, secs};

/// A sandbox without rate limits, unless a test is about them.
async fn stage() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    set(&sandbox, &[("rate_limits", "off")]);
    let client = on(&sandbox, sandbox.pagamio().merchant()).pacing(Pacing::Off).build().unwrap();
    (sandbox, client)
}

fn set(sandbox: &Sandbox, modes: &[(&str, &str)]) {
    sandbox.set_modes("pagamio", modes).unwrap();
}

/// The next purchase meets this fault.
fn next_purchase(sandbox: &Sandbox, fault: Fault) {
    sandbox.add_fault(FaultRule::new("pagamio", fault).operation("purchase")).unwrap();
}

fn settles(after: u64, ends: Ends) -> Fault {
    Fault::Pending { settle_after: secs(after), ends }
}

fn times_out(after: u64, ends: Ends) -> Fault {
    Fault::ProviderTimeout { settle_after: secs(after), ends }
}

#[track_caller]
fn assert_sound(sandbox: &Sandbox) {
    assert_eq!(sandbox.ledger().check(), Vec::<String>::new());
}

fn count(sandbox: &Sandbox, operation: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
}

// The story of one shop.

#[tokio::test]
async fn categories_fields_and_products_are_discovered() {
    let (sandbox, client) = stage().await;
    let (categories, products) = catalogue::discover(&client).await;
    let airtime = catalogue::named(&categories, "Airtime");
    let meta = airtime.meta_fields().unwrap().unwrap();
    let names: Vec<_> = meta.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["amount", "mobileNumber", "paymentMethod"]);
    assert!(products.iter().all(|product| product.code != "DAT-MTN-037"), "a product that nobody may buy");
    let bundle = products.iter().find(|product| product.code == "DAT-CLC-028").unwrap();
    assert_eq!(bundle.fixed_price(), Some(amount("19.00")));
    assert_eq!(count(&sandbox, "token"), 1, "one log-in serves all of it");
}

#[tokio::test]
async fn a_sub_merchant_has_its_own_list_and_buys() {
    let (sandbox, _) = stage().await;
    let client = on(&sandbox, sandbox.pagamio().sub_merchant()).build().unwrap();
    catalogue::discover(&client).await;
    complete(&client, airtime("sub-1")).await;
    assert_eq!(count(&sandbox, "sub_merchant_products"), 1);
    let records = history::all(&client, TransactionQuery::new()).await;
    assert_eq!(records.len(), 1);
}

#[tokio::test]
async fn airtime_is_bought_and_stands_in_the_history() {
    let (sandbox, client) = stage().await;
    let receipt = complete(&client, airtime("air-1")).await;
    assert_eq!(receipt.message(), Some("Purchase successful"));
    assert_eq!(receipt.aggregator().as_deref(), Some("FLASH"));
    assert_eq!(receipt.amount_unit(amount("10.00")), Some(Unit::Minor));
    assert!(receipt.date().is_some());
    let records = history::all(&client, TransactionQuery::new().category_name("Airtime")).await;
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].transaction_id.as_deref(), receipt.transaction_id());
    assert_eq!(records[0].status, Some(TransactionStatus::Completed));
    assert_eq!(records[0].total_amount.unwrap().to_string(), "10.0000");
    assert_eq!(sandbox.ledger().charges("air-1"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn electricity_brings_every_token() {
    let (sandbox, client) = stage().await;
    let paid = tokens(&complete(&client, electricity("000001020001", "ele-1")).await);
    assert_eq!(paid.len(), 1);
    assert_eq!((paid[0].1.as_deref(), paid[0].2), (Some("kWh"), Some(false)));
    let free_only = tokens(&complete(&client, electricity("00001000000", "ele-2")).await);
    assert_eq!(free_only.iter().map(|token| token.2).collect::<Vec<_>>(), [Some(true)]);
    let both = tokens(&complete(&client, electricity("00001100000", "ele-3")).await);
    assert_eq!(both.iter().map(|token| token.2).collect::<Vec<_>>(), [Some(false), Some(true)]);
    let water = complete(&client, electricity("000000000100", "ele-4")).await;
    assert_eq!(water.meter_number().as_deref(), Some("000000000100"));
    let water = tokens(&water);
    assert_eq!(water[0].1.as_deref(), Some("kl"));
    let all: HashSet<_> = [paid, free_only, both, water].into_iter().flatten().map(|token| token.0).collect();
    assert_eq!(all.len(), 5, "each token is issued once");
    refused(&client, electricity("99999999999", "ele-5"), Code::InvalidMeter).await;
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_voucher_brings_its_pin() {
    let (_sandbox, client) = stage().await;
    let receipt = complete(&client, voucher("vch-1")).await;
    let pins = receipt.pins();
    assert_eq!(pins.len(), 1);
    let pin = pins[0].pin.expose_secret();
    assert_eq!(pin.len(), 16);
    assert_eq!(pins[0].expiry_date.as_deref(), Some("2099-12-31"));
    assert!(!format!("{receipt:?}{pins:?}").contains(pin));
}

#[tokio::test]
async fn a_bill_is_paid_to_an_account_at_the_biller() {
    let (sandbox, client) = stage().await;
    let receipt = complete(&client, bill("93888880", "bil-1")).await;
    assert_eq!(receipt.aggregator().as_deref(), Some("BLUE_LABEL"));
    assert_eq!(sandbox.ledger().charges_to("93888880"), 1);
    refused(&client, bill("11111111", "bil-2"), Code::InvalidAccount).await;
}

#[tokio::test]
async fn wrong_amounts_products_and_channels_are_refused_with_their_codes() {
    let (sandbox, client) = stage().await;
    let bundle = Purchase::airtime("DAT-CLC-028", amount("18.00"), support::NUMBER).reference("w-1");
    refused(&client, bundle, Code::InvalidAmount).await;
    refused(
        &client,
        Purchase::airtime("XXX-YYY-001", amount("10"), support::NUMBER).reference("w-2"),
        Code::ProductNotSupported,
    )
    .await;
    refused(
        &client,
        Purchase::airtime("DAT-MTN-037", amount("99.00"), support::NUMBER).reference("w-3"),
        Code::ProductInactive,
    )
    .await;
    let error = refused(
        &client,
        Purchase::airtime("DAT-MTN-002", amount("10.00"), support::NUMBER).reference("w-4"),
        Code::NotAvailable,
    )
    .await;
    assert!(error.to_string().contains("fetch the account's own products again"), "{error}");
    refused(&client, airtime("w-5").channel("WRONG1"), Code::ProductNotOnChannel).await;
    assert_eq!(sandbox.ledger().sales().count(), 0);
}

#[tokio::test]
async fn an_empty_float_is_refused_until_it_is_topped_up() {
    let (sandbox, _) = stage().await;
    let poor = sandbox.pagamio().poor_merchant();
    let client = on(&sandbox, poor).build().unwrap();
    let error = refused(&client, airtime("poor-1"), Code::InsufficientBalance).await;
    assert!(error.to_string().contains("top up the account's float"), "{error}");
    sandbox.pagamio().set_float(poor.account_id(), "10.00").unwrap();
    complete(&client, airtime("poor-2")).await;
    assert_eq!(sandbox.pagamio().float_cents(poor.account_id()), Some(0));
    refused(&client, airtime("poor-3"), Code::InsufficientBalance).await;
    assert_sound(&sandbox);
}

#[tokio::test]
async fn administrators_read_and_may_not_buy() {
    let (sandbox, _) = stage().await;
    for account in [sandbox.pagamio().vendor(), sandbox.pagamio().partner()] {
        let client = on(&sandbox, account).build().unwrap();
        client.categories().send().await.unwrap();
        let error = client.purchase(airtime("role-1")).send().await.unwrap_err();
        assert_eq!((error.kind(), error.outcome()), (Kind::Forbidden, Outcome::Refused), "{error}");
        assert!(error.to_string().contains("only merchants and sub-merchants may buy"), "{error}");
    }
    assert_eq!(sandbox.ledger().sales().count(), 0);
}

#[tokio::test]
async fn another_accounts_products_are_forbidden() {
    let (sandbox, _) = stage().await;
    let other = sandbox.pagamio().other_merchant();
    let client = on(&sandbox, sandbox.pagamio().merchant()).account(account_of(other)).build().unwrap();
    let error = client.products().send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Forbidden, Outcome::Refused));
}

// Purchases that do not end at once.

#[tokio::test]
async fn a_pending_purchase_settles_well() {
    for shape in ["code_1", "code_0", "status_object"] {
        let (sandbox, client) = stage().await;
        set(&sandbox, &[("pending_answer", shape)]);
        next_purchase(&sandbox, settles(600, Ends::Completed));
        let waiting = pending(&client, airtime("pend-1")).await;
        let running = unknown(once(client.settle(&waiting)).await);
        assert_eq!(running.reason, Reason::StillOpen, "{shape}: {running:?}");
        assert!(matches!(running.last_status, Some(TransactionStatus::Pending | TransactionStatus::Processing)));
        sandbox.clock().advance(secs(600));
        let settlement = completed(once(client.settle(&waiting)).await);
        assert_eq!(settlement.record.unwrap().transaction_id.as_deref(), waiting.transaction_id());
        assert_eq!(sandbox.ledger().charges("pend-1"), 1);
        assert_sound(&sandbox);
    }
}

#[tokio::test]
async fn a_pending_purchase_that_fails_gives_the_money_back() {
    let (sandbox, client) = stage().await;
    next_purchase(&sandbox, settles(600, Ends::Failed));
    let waiting = pending(&client, airtime("pend-2")).await;
    sandbox.clock().advance(secs(600));
    let settlement = failed(once(client.settle(&waiting)).await);
    assert_eq!(settlement.record.unwrap().status, Some(TransactionStatus::Failed));
    assert_eq!(sandbox.ledger().charges("pend-2"), 0);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_provider_timeout_is_unknown_and_settles_both_ways() {
    let (sandbox, client) = stage().await;
    set(&sandbox, &[("record_reference", "present")]);
    for (reference, ends) in [("out-1", Ends::Completed), ("out-2", Ends::Failed)] {
        next_purchase(&sandbox, times_out(60, ends));
        let error = client.purchase(airtime(reference)).send().await.unwrap_err();
        assert_eq!((error.outcome(), Code::of(&error)), (Outcome::Unknown, Some(Code::Timeout)), "{error}");
        assert!(error.to_string().contains("settle"), "{error}");
        assert_eq!(unknown(once(client.settle(reference)).await).reason, Reason::StillOpen);
        sandbox.clock().advance(secs(60));
        let settled = briefly(client.settle(&error)).await;
        match ends {
            Ends::Completed => {
                completed(settled);
            }
            Ends::Failed => {
                failed(settled);
            }
        }
        let charges = u32::from(ends == Ends::Completed);
        assert_eq!(sandbox.ledger().charges(reference), charges);
    }
    assert_eq!(count(&sandbox, "purchase"), 2, "a sale that nobody knows of is never bought again");
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_timeout_without_a_question_is_settled_by_the_same_purchase() {
    let (sandbox, client) = stage().await;
    next_purchase(&sandbox, times_out(60, Ends::Completed));
    let mut call = client.purchase(airtime("out-3"));
    let prepared = call.prepare().await.unwrap();
    let error = call.send().await.unwrap_err();
    sandbox.clock().advance(secs(60));
    // Records carry no reference, and the answer named no transaction: nothing can be asked.
    let no_question = unknown(briefly(client.settle(&error)).await);
    assert_eq!((no_question.reason, no_question.asked), (Reason::NoQuestion, 1));
    let settlement = completed(briefly(client.settle(&error).or_resend(prepared)).await);
    assert_eq!(settlement.receipt.unwrap().reference(), "out-3");
    assert_eq!(sandbox.ledger().charges("out-3"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_and_charged_once() {
    let (sandbox, client) = stage().await;
    for (reference, fault) in [
        ("lost-1", Fault::ResetAfterActing),
        ("lost-2", Fault::CloseAfterActing),
        ("lost-3", Fault::TruncatedBody),
        ("lost-4", Fault::HalfHeaders),
        ("lost-5", Fault::Html),
        ("lost-6", Fault::ResetBeforeReading),
    ] {
        next_purchase(&sandbox, fault);
        complete(&client, airtime(reference)).await;
        assert_eq!(sandbox.ledger().charges(reference), 1, "{reference}");
    }
    assert_sound(&sandbox);
}

// References.

#[tokio::test]
async fn the_same_purchase_again_brings_the_same_receipt() {
    let (sandbox, client) = stage().await;
    let first = complete(&client, voucher("same-1")).await;
    let again = complete(&client, voucher("same-1")).await;
    assert_eq!(again.transaction_id(), first.transaction_id());
    assert_eq!(again.pins()[0].pin.expose_secret(), first.pins()[0].pin.expose_secret());
    assert_eq!(sandbox.ledger().charges("same-1"), 1);
    assert_sound(&sandbox);
}

#[tokio::test]
async fn two_at_once_with_one_reference_are_one_sale() {
    let (sandbox, client) = stage().await;
    let (a, b) = tokio::join!(complete(&client, airtime("twice-1")), complete(&client, airtime("twice-1")));
    assert_eq!(a.transaction_id(), b.transaction_id());
    assert_eq!(sandbox.ledger().charges("twice-1"), 1);
}

#[tokio::test]
async fn another_purchase_with_the_same_reference_is_a_duplicate() {
    let (sandbox, client) = stage().await;
    complete(&client, airtime("dup-1")).await;
    let other = Purchase::airtime("AIR-VOD-001", amount("20.00"), support::NUMBER).reference("dup-1");
    let error = client.purchase(other).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Duplicate, Outcome::Unknown), "{error}");
    assert_eq!(Code::of(&error), Some(Code::Duplicate));
    assert!(error.to_string().contains("the first purchase with this reference counts"), "{error}");
    assert_eq!(sandbox.ledger().charges("dup-1"), 1);
    assert_eq!(sandbox.ledger().sale("dup-1").unwrap().amount_cents, 1000);
}

// Tokens.

#[tokio::test]
async fn an_expired_token_is_refreshed_and_an_expired_pair_logs_in_again() {
    let (sandbox, client) = stage().await;
    complete(&client, airtime("tok-1")).await;
    sandbox.clock().advance(secs(1801));
    complete(&client, airtime("tok-2")).await;
    assert_eq!((count(&sandbox, "token"), count(&sandbox, "refresh")), (1, 1));
    sandbox.clock().advance(secs(7 * 86_400 + 1));
    complete(&client, airtime("tok-3")).await;
    assert_eq!(count(&sandbox, "token"), 2, "a dead refresh token falls back to the password");
    for reference in ["tok-1", "tok-2", "tok-3"] {
        assert_eq!(sandbox.ledger().charges(reference), 1);
    }
}

#[tokio::test]
async fn without_refresh_tokens_the_password_serves() {
    let (sandbox, client) = stage().await;
    set(&sandbox, &[("refresh_token", "off")]);
    complete(&client, airtime("pwd-1")).await;
    sandbox.clock().advance(secs(1801));
    complete(&client, airtime("pwd-2")).await;
    assert_eq!((count(&sandbox, "token"), count(&sandbox, "refresh")), (2, 0));
}

#[tokio::test]
async fn a_wrong_password_is_explained() {
    let (sandbox, _) = stage().await;
    let account = sandbox.pagamio().merchant();
    let client = on(&sandbox, account).credentials(account.username(), "hunter2").build().unwrap();
    let error = client.purchase(airtime("bad-1")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone), "{error}");
    let text = error.to_string();
    for check in ["user name and password", "environment", "account is active"] {
        assert!(text.contains(check), "{check:?} is missing: {text}");
    }
    assert!(!format!("{error:?}{client:?}").contains("hunter2"));
    // The shared answer of the one log-in, not another log-in each.
    for _ in 0..5 {
        assert_eq!(client.categories().send().await.unwrap_err().kind(), Kind::Login);
    }
    assert_eq!(count(&sandbox, "token"), 1);
}

// Limits.

#[tokio::test]
async fn the_eleventh_purchase_of_a_minute_is_not_done() {
    let (sandbox, client) = stage().await;
    set(&sandbox, &[("rate_limits", "on")]);
    for n in 0..10 {
        complete(&client, airtime(&format!("lim-{n}"))).await;
    }
    let error = client.purchase(airtime("lim-10")).attempts(1).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::RateLimited, Outcome::NotDone), "{error}");
    assert!(error.to_string().contains("wait one"), "{error}");
    sandbox.clock().advance(secs(61));
    complete(&client, airtime("lim-10")).await;
    // With its own count the client stops before the provider does.
    let client = on(&sandbox, sandbox.pagamio().merchant()).build().unwrap();
    for n in 0..10 {
        complete(&client, airtime(&format!("own-{n}"))).await;
    }
    let before = count(&sandbox, "purchase");
    let error = client.purchase(airtime("own-10")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Paced, Outcome::NotDone));
    assert_eq!(count(&sandbox, "purchase"), before);
    assert_sound(&sandbox);
}

// History.

#[tokio::test]
async fn the_history_is_whole_in_both_page_bases() {
    for base in ["0", "1"] {
        let (sandbox, client) = stage().await;
        set(&sandbox, &[("page_base", base)]);
        let mut bought = Vec::new();
        for n in 0..7 {
            let receipt = complete(&client, airtime(&format!("hist-{n}"))).await;
            bought.push(receipt.transaction_id().unwrap().to_owned());
        }
        bought.reverse();
        for size in [1, 2, 3, 7, 100] {
            let ids = history::ids(&client, TransactionQuery::new().size(size)).await;
            assert_eq!(ids, bought, "base {base}, pages of {size}: newest first, each once");
        }
    }
}

#[tokio::test]
async fn filters_narrow_the_history() {
    let (_sandbox, client) = stage().await;
    complete(&client, airtime("f-1")).await;
    complete(&client, electricity("000001020001", "f-2")).await;
    complete(&client, voucher("f-3")).await;
    let query = TransactionQuery::new;
    let completed = query().status(&TransactionStatus::Completed);
    for (query, count) in [
        (query(), 3),
        (query().category_name("Electricity"), 1),
        (query().brand_name("Vodacom"), 1),
        (query().aggregator_name("BLUE_LABEL"), 2),
        (query().key_word("steam"), 1),
        (query().status(&TransactionStatus::Failed), 0),
        (completed, 3),
    ] {
        assert_eq!(history::all(&client, query.clone()).await.len(), count, "{query:?}");
    }
    let page = client.transactions(&TransactionQuery::new().size(2), 0).send().await.unwrap();
    assert_eq!((page.items.len(), page.total), (2, Some(3)));
}

#[tokio::test]
async fn settle_is_not_fooled_by_a_filter_that_is_ignored() {
    for (filter, records) in [("ignored", "present"), ("honoured", "present"), ("ignored", "absent")] {
        let (sandbox, client) = stage().await;
        set(&sandbox, &[("transaction_filter", filter), ("record_reference", records)]);
        next_purchase(&sandbox, settles(600, Ends::Failed));
        let waiting = pending(&client, airtime("mine")).await;
        for n in 0..3 {
            complete(&client, airtime(&format!("other-{n}"))).await;
        }
        sandbox.clock().advance(secs(600));
        // The newest record is somebody else's, and completed.
        failed(once(client.settle(&waiting)).await);
        if records == "present" {
            failed(once(client.settle("mine")).await);
            assert_eq!(unknown(once(client.settle("nobody")).await).reason, Reason::NotFound);
        } else {
            assert_eq!(unknown(once(client.settle("mine")).await).reason, Reason::NoQuestion);
        }
        let stranger = Sought::reference("mine").transaction_id("00000000-0000-4000-8000-000000000000");
        let reason = unknown(once(client.settle(stranger)).await).reason;
        assert_eq!(reason, Reason::NotFound, "{filter} {records}");
    }
}

#[tokio::test]
async fn a_record_that_carries_its_receipt_gives_the_pin_again() {
    let (sandbox, client) = stage().await;
    set(&sandbox, &[("record_reference", "present"), ("record_receipt", "present")]);
    let first = complete(&client, voucher("rec-1")).await;
    let settlement = completed(once(client.settle("rec-1")).await);
    let receipt = settlement.receipt.unwrap();
    assert_eq!(receipt.pins()[0].pin.expose_secret(), first.pins()[0].pin.expose_secret());
    assert_eq!(receipt.reference(), "rec-1");
}

// Every place where the provider's documents contradict each other.

/// The story of one shop in short; `rand` says whether receipts are in rand.
async fn in_short(client: &Client, tag: &str, unit: Unit) {
    let name = |what: &str| format!("{tag}-{what}");
    catalogue::discover(client).await;
    let receipt = complete(client, airtime(&name("a"))).await;
    assert_eq!(receipt.amount_unit(amount("10.00")), Some(unit), "{tag}");
    assert_eq!(tokens(&complete(client, electricity("00001100000", &name("e"))).await).len(), 2);
    assert_eq!(complete(client, voucher(&name("v"))).await.pins().len(), 1);
    complete(client, bill("81715524", &name("b"))).await;
    refused(client, electricity("99999999999", &name("m")), Code::InvalidMeter).await;
    let limit: Amount = amount("5000.01");
    refused(client, Purchase::bill("BIL-DST-001", limit, "81715524").reference(name("l")), Code::InvalidAmount).await;
    let other = Purchase::airtime("DAT-MTN-002", amount("10.00"), support::NUMBER).reference(name("n"));
    refused(client, other, Code::NotAvailable).await;
    let records = history::all(client, TransactionQuery::new().size(3)).await;
    assert_eq!(records.len(), 4, "{tag}");
    assert!(records.iter().all(|record| record.status == Some(TransactionStatus::Completed)));
    let sought = Sought::reference(name("a")).transaction_id(receipt.transaction_id().unwrap());
    completed(once(client.settle(sought)).await);
}

/// One value of one mode, everything else as it is by default.
async fn in_mode(name: &str, value: &str) {
    let (sandbox, _) = stage().await;
    set(&sandbox, &[(name, value)]);
    let client = on(&sandbox, sandbox.pagamio().merchant()).pacing(Pacing::Off);
    // What a client must be told; everything else it finds out.
    let client = match (name, value) {
        ("reads", "post") => client.read_method(ReadMethod::Post),
        ("transactions_method", "get") => client.transactions_style(TransactionsStyle::GetQuery),
        ("transactions_parameters", "body") => client.transactions_style(TransactionsStyle::PostJson),
        _ => client,
    };
    let client = client.build().unwrap();
    let unit = if (name, value) == ("receipt_amount", "rand") { Unit::Major } else { Unit::Minor };
    in_short(&client, &format!("{name}_{value}"), unit).await;
    assert!(sandbox.ledger().sales().all(|sale| sale.state == SaleState::Completed && sale.charges == 1));
    assert_sound(&sandbox);
}

/// The mode with a flow of its own.
const ELSEWHERE: [&str; 1] = ["rate_limits"];

#[tokio::test]
async fn the_story_is_the_same_in_every_mode() {
    let (sandbox, _) = stage().await;
    let modes: Vec<_> = sandbox.modes().into_iter().filter(|mode| mode.provider == "pagamio").collect();
    assert!(modes.len() >= 21, "{modes:?}");
    for mode in modes.iter().filter(|mode| !ELSEWHERE.contains(&mode.name)) {
        for value in &mode.allowed {
            in_mode(mode.name, value.value).await;
        }
    }
}

#[tokio::test]
async fn modes_combine() {
    let (sandbox, client) = stage().await;
    set(
        &sandbox,
        &[
            ("token_shape", "access_token"),
            ("expires_in", "absent"),
            ("purchase_answer", "nested"),
            ("response_code", "number"),
            ("error_envelope", "C"),
            ("failure_status", "400"),
            ("receipt_amount", "rand"),
            ("ids", "numbers"),
            ("page_base", "1"),
            ("timestamps", "slashed"),
            ("record_reference", "present"),
            ("record_receipt", "present"),
        ],
    );
    in_short(&client, "all", Unit::Major).await;
}

#[tokio::test]
async fn reads_that_only_take_post_say_what_is_wrong() {
    let (sandbox, client) = stage().await;
    set(&sandbox, &[("reads", "post")]);
    let error = client.categories().send().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Unexpected, Outcome::Refused));
    assert!(error.to_string().contains("GET or POST"), "{error}");
    // The escape hatch reads it all the same.
    let request = pagamio::RawRequest::new("POST".parse().unwrap(), "/products/categories", pagamio::Repeat::Safe);
    let body = client.raw(request).send().await.unwrap();
    assert!(body.expose_str().unwrap().starts_with('['));
}

#[tokio::test]
async fn what_is_not_modelled_is_reached_raw() {
    let (_sandbox, client) = stage().await;
    let statuses = client.raw(pagamio::RawRequest::get("/lookups/transaction-status")).send().await.unwrap();
    assert_eq!(statuses.expose_str(), Some(r#"["PENDING","PROCESSING","COMPLETED","FAILED"]"#));
    let lookup = |account: &str| {
        let body = format!(r#"{{"accountNumber":"{account}","productCode":"BIL-DST-001"}}"#);
        pagamio::RawRequest::new("POST".parse().unwrap(), "/lookup/bill-payment", pagamio::Repeat::Safe)
            .body("application/json", body)
    };
    let found = client.raw(lookup("81715524")).send().await.unwrap();
    assert!(found.expose_str().unwrap().contains("validationReference"));
    let error = client.raw(lookup("11111111")).send().await.unwrap_err();
    assert_eq!(Code::of(&error), Some(Code::InvalidAccount), "{error}");
    assert_eq!(error.outcome(), Outcome::Refused);
}
