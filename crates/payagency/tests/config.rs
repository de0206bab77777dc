//! What a client can be built with: the key says the environment, and what is missing or wrong is named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use async_trait::async_trait;
use pay_core::script::Play;
use payagency::{
    AmountUnit, Builder, Client, Coin, CountryCodes, CredentialError, CredentialSource, Credentials, Environment, Kind,
    ListQuery, Money, Order, Outcome, PagePayment, Payer, PaymentLink, Ramp, RampEnds, Refund, Transport, credentials,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use support::{
    ENCRYPTION, LIVE, SECRET, always, amount, answering, builder, client, live, money, order, page_payment, paid,
    payer, redirect,
};

fn wrong(builder: Builder) -> &'static str {
    let error = builder.build().unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Config, Outcome::NotDone), "{error}");
    for secret in ["made_up", ENCRYPTION] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error}");
    }
    error.setting().unwrap()
}

#[test]
fn keys_are_required_and_checked() {
    let keys = |secret: &str, encryption: &str| Client::builder().credentials(secret.to_owned(), encryption.to_owned());
    assert_eq!(wrong(Client::builder()), "credentials");
    for secret in
        ["", "PA_TEST_", "PA_LIVE_", "made_up", "pa_test_made_up", "sk_live_made_up", "PA_TEST_made_up\n", "PA_TEST_é"]
    {
        assert_eq!(wrong(keys(secret, ENCRYPTION)), "secret_key", "{secret:?}");
    }
    for encryption in ["", "made_up", &ENCRYPTION[1..], &format!("{ENCRYPTION}0"), &ENCRYPTION[..16], &ENCRYPTION[..24]]
    {
        assert_eq!(wrong(keys(SECRET, encryption)), "encryption_key", "{encryption:?}");
    }
    assert_eq!(keys(SECRET, ENCRYPTION).build().unwrap().environment(), Environment::Test);
}

#[test]
fn a_live_key_needs_to_know_what_amounts_mean() {
    let keys = || Client::builder().credentials(LIVE, ENCRYPTION);
    assert_eq!(wrong(keys()), "amounts");
    for unit in [AmountUnit::Major, AmountUnit::Minor] {
        let client = keys().amounts(unit).build().unwrap();
        assert_eq!((client.environment(), client.amounts()), (Environment::Live, Some(unit)));
    }
    let test = Client::builder().credentials(SECRET, ENCRYPTION).build().unwrap();
    assert_eq!(test.amounts(), None);
    // Nor does a second profile slip through.
    let error = test.with_credentials(LIVE, ENCRYPTION).unwrap_err();
    assert_eq!(error.setting(), Some("amounts"));
}

#[test]
fn what_the_builder_is_told_must_be_what_the_key_says() {
    assert_eq!(wrong(Client::builder().credentials(SECRET, ENCRYPTION).production()), "secret_key");
    assert_eq!(
        wrong(Client::builder().credentials(LIVE, ENCRYPTION).amounts(AmountUnit::Major).provider_test()),
        "secret_key"
    );
    assert!(Client::builder().credentials(SECRET, ENCRYPTION).provider_test().build().is_ok());
}

#[test]
fn hosts_and_paths_are_checked() {
    let base = |url: &str| Client::builder().credentials(SECRET, ENCRYPTION).local(url);
    for url in [
        "http://backend.pay.example",
        "backend.pay.example",
        "https://x.example/api/v1/live",
        "https://x.example/TEST",
        "https://u:p@x.example",
    ] {
        assert_eq!(wrong(base(url)), "base_url", "{url}");
    }
    assert!(base("http://127.0.0.1:1/payagency").build().is_ok());
    let path = |operation: &str, path: &str| Client::builder().credentials(SECRET, ENCRYPTION).path(operation, path);
    for (operation, text) in [
        ("cards", "/api/v1/test/card"),
        ("card", "api/v1/test/card"),
        ("card", "//api/v1/test/card"),
        ("card", "/api/../card"),
        ("card", "/api/v1/live/card"),
        ("card", "/api/v1/live-card"),
        ("card", "/api/v1/%6cive/card"),
        ("card", "/api/card?x=1"),
        ("card", "/api/card#x"),
        ("card", "/api/{id}/card"),
        ("card", "/api/{x}/card"),
        ("card", "/api/{environment}/{environment}/card"),
        ("card", "/api/v1/test/card/"),
        ("status", "/api/test/status"),
        ("status", "/api/test/{id}/{id}"),
    ] {
        assert_eq!(wrong(path(operation, text)), "path", "{operation} {text}");
    }
    assert!(path("status", "/api/v2/{environment}/status/{id}").build().is_ok());
    assert!(path("card", "/api/v1/test/card").build().is_ok());
}

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

/// A source whose keys can be changed.
struct Vault(Mutex<(String, String)>, AtomicUsize);

#[async_trait]
impl CredentialSource for Vault {
    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let (secret, encryption) = self.0.lock().unwrap().clone();
        Ok(credentials(secret, encryption))
    }
}

#[tokio::test]
async fn rotated_keys_are_used_at_once_and_stay_in_their_environment() {
    let vault = Arc::new(Vault(Mutex::new((SECRET.into(), ENCRYPTION.into())), AtomicUsize::new(0)));
    let script = answering(vec![Play::answer(200, redirect("ORDER-1"))]);
    let client = Client::builder()
        .credential_source(Environment::Test, Arc::clone(&vault) as Arc<dyn CredentialSource>)
        .transport(Transport::scripted(&script))
        .build()
        .unwrap();
    assert_eq!(vault.1.load(Ordering::SeqCst), 0, "building asks nothing");
    let _ = client.hosted_card(page_payment("ORDER-1")).send().await.unwrap();
    let other = "00112233445566778899aabbccddeeff";
    *vault.0.lock().unwrap() = ("PA_TEST_rotated".into(), other.into());
    let _ = client.hosted_card(page_payment("ORDER-1")).send().await.unwrap();
    let seen = script.seen();
    assert_eq!(seen[1].header("authorization"), "Bearer PA_TEST_rotated");
    if support::openssl::there("payagency rotation") {
        assert!(support::openssl::unsealed(other, seen[1].text()).contains("Ada"));
        assert!(support::openssl::unsealed(ENCRYPTION, seen[0].text()).contains("Ada"));
    }
    for keys in [(LIVE, ENCRYPTION), ("rubbish", ENCRYPTION), (SECRET, "short")] {
        *vault.0.lock().unwrap() = (keys.0.into(), keys.1.into());
        for error in [
            client.hosted_card(page_payment("ORDER-1")).send().await.unwrap_err(),
            client.wallets().send().await.unwrap_err(),
        ] {
            assert_eq!((error.kind(), error.outcome()), (Kind::Credentials, Outcome::NotDone), "{error}");
            assert!(!format!("{error:#} {error:?}").contains("made_up"));
        }
    }
    assert_eq!(script.seen().len(), 2, "nothing was sent with keys of another environment");
}

#[tokio::test]
async fn two_profiles_never_mix() {
    let script = always(200, paid("ORDER-1"));
    let one = client(&script);
    let other = one.with_credentials("PA_TEST_other", "00112233445566778899aabbccddeeff").unwrap();
    let _ = one.status("ORDER-1").send().await.unwrap();
    let _ = other.status("ORDER-1").send().await.unwrap();
    let keys: Vec<_> = script.seen().iter().map(|sent| sent.header("authorization").to_owned()).collect();
    assert_eq!(keys, [format!("Bearer {SECRET}"), "Bearer PA_TEST_other".to_owned()]);
}

#[tokio::test]
async fn credentials_are_checked_by_a_read() {
    let script = answering(vec![
        Play::answer(200, r#"{"message":"m","data":[]}"#),
        Play::answer(401, r#"{"message":"Invalid Secret Key."}"#),
    ]);
    let client = client(&script);
    client.check_credentials().await.unwrap();
    let error = client.check_credentials().await.unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::Login, Outcome::NotDone));
    assert!(error.to_string().contains("check the secret key, its environment, and the base URL"));
    assert!(script.seen().iter().all(|sent| sent.method == "GET"));
}

#[test]
fn money_is_a_plain_value() {
    assert_eq!(money("1.50", "GBP"), Money { amount: amount("1.50"), currency: "GBP".into() });
}
