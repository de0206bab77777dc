//! Requests as values: what is refused here, before anything is sent, and what may be switched off.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use payagency::{
    AmountUnit, Coin, CountryCodes, Kind, ListQuery, Money, Order, Outcome, PagePayment, Payer, PaymentLink, Ramp,
    RampEnds, Refund,
};
use support::{always, amount, builder, client, live, money, order, payer, redirect};

/// Refused here: nothing is sent, and the text names the member.
#[track_caller]
fn refused<T>(result: Result<T, payagency::Error>, script: &pay_core::script::Script, names: &str) {
    let error = result.err().expect("it must be refused");
    assert_eq!((error.kind(), error.outcome()), (Kind::Invalid, Outcome::NotDone), "{error}");
    assert!(error.to_string().contains(names), "{names} is missing: {error}");
    assert!(script.seen().is_empty(), "{names}: {:?}", script.seen());
}

fn from(country: &str) -> Payer {
    let text = |text: &str| text.to_owned();
    Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("a@example.com")
        .address("1")
        .city(text("c"))
        .state("s")
        .zip("z")
        .ip_address("203.0.113.7")
        .phone_number("70000000")
        .country(country)
        .build()
        .unwrap()
}

fn page(order: Order, payer: Payer) -> PagePayment {
    PagePayment::new(order, payer, "https://m.example")
}

#[tokio::test]
async fn countries_have_two_letters_unless_three_are_allowed() {
    let script = always(200, redirect("ORDER-1"));
    let strict = client(&script);
    for country in ["GBR", "G", "G1", "GBRX", "United Kingdom", "ÄÖ"] {
        refused(strict.hosted_card(page(order("ORDER-1"), from(country))).send().await, &script, "`country`");
    }
    assert!(strict.hosted_card(page(order("ORDER-1"), from("GB"))).send().await.is_ok());
    let script = always(200, redirect("ORDER-1"));
    let lax = builder(&script).country_codes(CountryCodes::Alpha2OrAlpha3).build().unwrap();
    assert!(lax.hosted_card(page(order("ORDER-1"), from("GBR"))).send().await.is_ok());
    assert_eq!(script.seen().len(), 1);
    assert!(lax.hosted_card(page(order("ORDER-1"), from("GBRX"))).send().await.is_err());
}

#[tokio::test]
async fn orders_are_checked_before_anything_is_sent() {
    let script = always(200, redirect("AB"));
    let strict = client(&script);
    let order = |id: &str, text: &str, currency: &str| Order::new(id, money(text, currency));
    for (order, names) in [
        (order("", "1", "GBP"), "`order_id`"),
        (order("  ", "1", "GBP"), "`order_id`"),
        (order("AB", "1", "GBP"), "`order_id`"),
        (order("ABC", "0", "GBP"), "`amount`"),
        (order("ABC", "-1", "GBP"), "`amount`"),
        (order("ABC", "1", "GB"), "`currency`"),
        (order("ABC", "1", "G1P"), "`currency`"),
    ] {
        refused(strict.hosted_card(page(order, payer())).send().await, &script, names);
    }
    refused(
        strict.hosted_card(PagePayment::new(support::order("ABC"), payer(), " ")).send().await,
        &script,
        "`redirect_url`",
    );
    refused(strict.refund(Refund::of("PA1")).send().await, &script, "`reason`");
    refused(strict.refund(Refund::of("").because("r")).send().await, &script, "`transaction_id`");
    for day in ["2026-13-01", "2026-00-01", "2026-01-32", "2026-1-1", "01.01.2026", "2026-01-01T00"] {
        refused(strict.transactions(&ListQuery::new().from(day)).send().await, &script, "`transaction_start_date`");
    }
    // Rules that are ours or little documented can be switched off; that an order id is there stays.
    let lax = builder(&script).without_local_checks().build().unwrap();
    refused(lax.hosted_card(page(order("", "1", "GBP"), payer())).send().await, &script, "`order_id`");
    assert!(lax.hosted_card(page(order("AB", "0", "€"), payer())).send().await.is_ok());
}

#[tokio::test]
async fn smallest_units_have_no_decimals_and_nothing_is_converted() {
    let script = always(200, redirect("ORDER-1"));
    let minor = builder(&script).amounts(AmountUnit::Minor).build().unwrap();
    let order = |text: &str| Order::new("ORDER-1", money(text, "GBP"));
    refused(minor.hosted_card(page(order("10.00"), payer())).send().await, &script, "`amount`");
    for unit in [AmountUnit::Minor, AmountUnit::Major] {
        let script = always(200, redirect("ORDER-1"));
        let client = builder(&script).amounts(unit).build().unwrap();
        let request = PaymentLink::new("ORDER-1").price(money("1050", "GBP"));
        let _ = client.payment_link(request).send().await;
        assert!(support::only(&script).text().contains(r#""amount":1050,"#));
    }
}

#[tokio::test]
async fn ramps_follow_the_documented_rules() {
    let script = always(200, redirect("RAMP-1"));
    let strict = client(&script);
    let ends = || RampEnds::wallet("w").redirect_url("https://m.example");
    let named = |first: &str, phone: &str| {
        Payer::builder()
            .first_name(first)
            .last_name("Byron")
            .email("e")
            .country("GB")
            .ip_address("i")
            .phone_number(phone)
            .build()
            .unwrap()
    };
    let ramp = |payer: Payer| Ramp::on(order("RAMP-1"), payer, Coin::bitcoin(), ends());
    for (payer, names) in [
        (named("Al", "70000000"), "`first_name`"),
        (named("Ada2", "70000000"), "`first_name`"),
        (named("Ada Maria", "70000000"), "`first_name`"),
        (named("Ada", "7000000"), "`phone_number`"),
        (named("Ada", "++70000000"), "`phone_number`"),
        (named("Ada", "7000 0000"), "`phone_number`"),
    ] {
        refused(strict.crypto_ramp(ramp(payer)).send().await, &script, names);
    }
    let no_network = Ramp::on(order("RAMP-1"), named("Ada", "70000000"), Coin::named("BTC"), ends());
    refused(strict.crypto_ramp(no_network).send().await, &script, "`crypto_network`");
    let no_way_back = Ramp::on(order("RAMP-1"), named("Ada", "70000000"), Coin::bitcoin(), RampEnds::wallet("w"));
    refused(strict.crypto_ramp(no_way_back).send().await, &script, "`redirect_url`");
    assert!(strict.crypto_ramp(ramp(named("Zoë", "+70000000"))).send().await.is_ok());
    let lax = builder(&script).without_local_checks().build().unwrap();
    assert!(lax.crypto_ramp(ramp(named("Al", "1"))).send().await.is_ok());
}

#[tokio::test]
async fn payment_links_name_ids_by_key() {
    let script = always(200, r#"{"data":"https://x.example"}"#);
    let (test, real) = (client(&script), live(&script).build().unwrap());
    let link = || PaymentLink::new("LINK-1");
    refused(test.payment_link(link().template("T")).send().await, &script, "`payment_template_id`");
    refused(test.payment_link(link().terminal_id("T")).send().await, &script, "`terminal_id`");
    refused(real.payment_link(link()).send().await, &script, "`payment_template_id`");
    refused(test.payment_link(link().expires_on("tomorrow")).send().await, &script, "`expiry_date`");
    assert!(test.payment_link(link()).send().await.is_ok());
    assert!(real.payment_link(link().template("T").terminal_id("T")).send().await.is_ok());
    let lax = builder(&script).without_local_checks().build().unwrap();
    assert!(lax.payment_link(link().template("T").terminal_id("T")).send().await.is_ok());
}

#[test]
fn a_payer_names_what_is_missing() {
    let error = Payer::builder().first_name("Ada").email(" ").build().unwrap_err();
    assert!(
        error.to_string().contains("missing: `last_name`, `email`, `country`, `ip_address`, `phone_number`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_billing_address_is_asked_for_where_it_is_needed() {
    let script = always(200, redirect("ORDER-1"));
    let bare = Payer::builder()
        .first_name("Ada")
        .last_name("Byron")
        .email("e")
        .country("GB")
        .ip_address("i")
        .phone_number("1")
        .city("London")
        .build()
        .unwrap();
    refused(
        client(&script).hosted_card(page(order("ORDER-1"), bare)).send().await,
        &script,
        "missing: `address`, `state`, `zip`",
    );
}

#[test]
fn money_is_a_plain_value() {
    assert_eq!(money("1.50", "GBP"), Money { amount: amount("1.50"), currency: "GBP".into() });
}
