//! What the hosted pages can do, without a page: cards typed, links paid, by the same calls.

use super::account::Environment;
use super::amounts::Amount;
use super::cards::Typed;
use super::hosted::Decision;
use super::link::Link;
use super::linked::{LinkForm, LinkStands};
use super::payment::{Crypto, Customer, Kind, Order};
use super::provider::{Opened, PayAgencyProvider};
use super::routes::Page;
use super::status::Status;
use crate::provider::Provider;
use crate::webhooks::Outbox;
use crate::{Ledger, SandboxClock};
use std::collections::BTreeMap;
use std::time::Duration;
use time::{Date, Month};

const BASE: &str = "http://127.0.0.1:1/payagency";

fn provider(clock: &SandboxClock) -> PayAgencyProvider {
    PayAgencyProvider::new(clock.clone(), Outbox::new(clock.clone()), "http://127.0.0.1:1")
}

fn order(kind: Kind) -> Order {
    Order {
        environment: Environment::Test,
        kind,
        order_id: Some("order-1".to_owned()),
        amount: Amount { text: "10".to_owned(), cents: 1_000 },
        currency: "GBP".to_owned(),
        customer: Customer::default(),
        redirect_url: Some("https://merchant.example/return".to_owned()),
        webhook_url: None,
        card: None,
        crypto: None,
    }
}

fn typed(number: &str) -> Typed<'_> {
    Typed { number, month: "12", year: "2090", cvv: Some("123") }
}

fn opened(provider: &PayAgencyProvider, kind: Kind) -> String {
    let mut state = provider.lock();
    state.book.open(order(kind), Status::Redirect, std::time::SystemTime::now()).id.clone()
}

fn link(provider: &PayAgencyProvider, change: impl FnOnce(&mut Link)) -> String {
    let mut link = Link {
        id: "PAY_LINK_1".to_owned(),
        environment: Environment::Test,
        kind: Kind::Link,
        template: None,
        order_id: Some("order-1".to_owned()),
        amount: None,
        currency: None,
        crypto: None,
        expires: None,
        payments: Vec::new(),
    };
    change(&mut link);
    provider.lock().book.links.push(link);
    "PAY_LINK_1".to_owned()
}

fn form<'a>(amount: &'a str, number: &'a str) -> LinkForm<'a> {
    LinkForm {
        first_name: "Ada",
        last_name: "Byron",
        email: "ada@example.com",
        amount: Some(amount),
        currency: Some("GBP"),
        card: Some(typed(number)),
    }
}

fn assert_sound(provider: &PayAgencyProvider) {
    let books = Ledger { providers: BTreeMap::from([("payagency", provider.ledger())]) };
    assert_eq!(books.check(), Vec::<String>::new());
}

#[test]
fn a_typed_card_is_charged_once_and_sent_on_where_it_belongs() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let id = opened(&provider, Kind::HostedCard);
    let wrong = provider.submit_card(&id, &typed("4111111111111112")).unwrap().unwrap_err();
    assert_eq!(wrong, [("card_number", "is not a card number")]);
    let paid = provider.submit_card(&id, &typed("4111111111111111")).unwrap().unwrap();
    assert_eq!((paid.status, paid.changed), (Status::Success, true));
    assert_eq!(paid.redirect.as_deref(), Some("https://merchant.example/return"));
    let again = provider.submit_card(&id, &typed("4000000000000002")).unwrap().unwrap();
    assert_eq!((again.status, again.changed), (Status::Success, false));
    assert!(provider.submit_card("PA0", &typed("4111111111111111")).is_none());
    let record = provider.lock().book.payments[0].record();
    assert_eq!((record.charges, record.card.as_deref()), (1, Some("411111XXXXXX1111")));
    assert_sound(&provider);
}

#[test]
fn a_typed_card_with_three_d_secure_goes_to_the_next_page() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let id = opened(&provider, Kind::HostedCard);
    let checkout = format!("/v1/test/card/checkout/{id}");
    assert!(matches!(provider.open_page(&checkout), Opened::Nothing), "no card wants it yet");
    let next = provider.submit_card(&id, &typed("4012888888881881")).unwrap().unwrap();
    assert_eq!((next.status, next.redirect), (Status::Redirect, Some(format!("{BASE}{checkout}"))));
    let Opened::Payment(view) = provider.open_page(&checkout) else { panic!("no page") };
    assert_eq!((view.page, view.card.as_deref()), (Page::CardCheckout, Some("401288XXXXXX1881")));
    // A second card changes nothing: the first one waits for its payer.
    let second = provider.submit_card(&id, &typed("4111111111111111")).unwrap().unwrap();
    assert_eq!((second.status, second.changed), (Status::Redirect, false));
    let done = provider.decide(&id, Decision::Approve).unwrap();
    assert_eq!((done.status, done.redirect.as_deref()), (Status::Success, Some("https://merchant.example/return")));
    for path in [
        format!("/v1/live/card/checkout/{id}"),
        format!("/v1/test/apm/{id}"),
        format!("/v1/test/crypto/payin/{id}"),
        format!("/pay/{id}"),
    ] {
        assert!(matches!(provider.open_page(&path), Opened::Nothing), "{path}");
    }
    assert_sound(&provider);
}

#[test]
fn a_link_is_paid_once() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let id = link(&provider, |_| ());
    let missing = LinkForm { first_name: " ", email: "nobody", currency: None, card: None, ..form("x", "") };
    let fields: Vec<&str> =
        provider.pay_link(&id, &missing).unwrap().unwrap_err().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["first_name", "email", "amount", "currency", "card_number"]);
    let paid = provider.pay_link(&id, &form("012.50", "4111111111111111")).unwrap().unwrap();
    assert_eq!((paid.status, paid.changed, paid.redirect), (Status::Success, true, None));
    let again = provider.pay_link(&id, &form("99", "4111111111111111")).unwrap().unwrap();
    assert_eq!((again.transaction_id.as_str(), again.changed), (paid.transaction_id.as_str(), false));
    let Opened::Link(view) = provider.open_page("/pay/PAY_LINK_1") else { panic!("no page") };
    assert!(matches!(&view.stands, LinkStands::Used(payment) if payment.status == Status::Success));
    let record = provider.lock().book.payments[0].record();
    assert_eq!((record.amount.as_str(), record.order_id.as_deref(), record.charges), ("12.5", Some("order-1"), 1));
    assert!(provider.pay_link("PAY_LINK_2", &form("1", "4111111111111111")).is_none());
    assert_sound(&provider);
}

#[test]
fn the_links_own_amount_goes_before_a_typed_one_and_its_template_says_where_to_go() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let template = provider.lock().book.templates[0].payment_template_id.clone();
    provider.lock().book.templates[0].redirect_url = "https://merchant.example/thanks".to_owned();
    let id = link(&provider, |link| {
        link.template = Some(template);
        link.amount = Some(Amount { text: "7.00".to_owned(), cents: 700 });
        link.currency = Some("EUR".to_owned());
    });
    let failed = provider.pay_link(&id, &form("1", "4000000000000002")).unwrap().unwrap();
    assert_eq!((failed.status, failed.redirect.as_deref()), (Status::Failed, Some("https://merchant.example/thanks")));
    let record = provider.lock().book.payments[0].record();
    assert_eq!((record.amount.as_str(), record.currency.as_str(), record.charges), ("7.00", "EUR", 0));
}

#[test]
fn a_link_ends_with_its_last_day() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let today = time::OffsetDateTime::from(clock.now()).date();
    let id = link(&provider, |link| link.expires = Some(today));
    let open = |provider: &PayAgencyProvider| match provider.open_page("/pay/PAY_LINK_1") {
        Opened::Link(view) => matches!(view.stands, LinkStands::Open),
        _ => panic!("no page"),
    };
    assert!(open(&provider), "until the end of the day");
    clock.advance(Duration::from_secs(86_400));
    assert!(!open(&provider));
    assert!(provider.pay_link(&id, &form("1", "4111111111111111")).is_none());
    assert_eq!(super::links::day("2030-02-28"), Date::from_calendar_date(2030, Month::February, 28).ok());
}

#[test]
fn a_crypto_link_goes_on_to_the_crypto_page_without_a_card() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    let id = link(&provider, |link| {
        link.kind = Kind::CryptoPayin;
        link.amount = Some(Amount { text: "10".to_owned(), cents: 1_000 });
        link.currency = Some("USD".to_owned());
        link.crypto = Some(Crypto { currency: "BTC".to_owned(), ..Crypto::default() });
    });
    assert!(matches!(provider.open_page("/pay/PAY_LINK_1"), Opened::Nothing));
    assert!(matches!(provider.open_page("/v1/live/crypto/pay/PAY_LINK_1"), Opened::Nothing));
    assert!(matches!(provider.open_page("/v1/test/crypto/pay/PAY_LINK_1"), Opened::Link(_)));
    let next = provider.pay_link(&id, &form("1", "4111111111111111")).unwrap().unwrap();
    let page = format!("/v1/test/crypto/payin/{}", next.transaction_id);
    assert_eq!((next.status, next.redirect), (Status::Redirect, Some(format!("{BASE}{page}"))));
    assert!(provider.lock().book.payments[0].order.card.is_none());
    let paid = provider.decide(&next.transaction_id, Decision::PayOver).unwrap();
    assert_eq!(paid.status, Status::Success);
}

#[test]
fn only_plain_web_addresses_are_followed() {
    let clock = SandboxClock::new();
    let provider = provider(&clock);
    for (url, followed) in [
        ("https://merchant.example/return", true),
        ("http://127.0.0.1:9/return?x=1#top", true),
        ("javascript:alert(1)", false),
        ("https://merchant.example/\r\nset-cookie: a=b", false),
        ("//merchant.example", false),
    ] {
        let id = opened(&provider, Kind::Apm);
        provider.lock().book.payment_mut(&id).unwrap().order.redirect_url = Some(url.to_owned());
        assert_eq!(provider.decide(&id, Decision::Approve).unwrap().redirect.is_some(), followed, "{url}");
    }
    provider.set_modes(&[("redirect_query", "appended")]).unwrap();
    let id = opened(&provider, Kind::Apm);
    provider.lock().book.payment_mut(&id).unwrap().order.redirect_url = Some("http://x/?a=1#top".to_owned());
    let redirect = provider.decide(&id, Decision::Decline).unwrap().redirect.unwrap();
    assert_eq!(redirect, format!("http://x/?a=1&transaction_id={id}&order_id=order%2D1&status=FAILED#top"));
}
