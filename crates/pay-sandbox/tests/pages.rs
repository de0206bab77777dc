//! The sandbox's own pages, without a browser: what they answer, and the headers that keep them to themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::sandbox;
use reqwest::{Client, Method, Response};

async fn get(url: &str) -> Response {
    Client::new().get(url).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_page_is_html_that_loads_nothing_from_elsewhere() {
    let sandbox = sandbox().await;
    for (path, status) in [
        ("/", 200),
        ("/_sandbox", 200),
        ("/_sandbox/", 200),
        ("/_sandbox/pages", 200),
        ("/_sandbox/pages/requests", 200),
        ("/_sandbox/pages/requests?provider=pagamio&before=7", 200),
        ("/_sandbox/pages/deliveries", 200),
        ("/_sandbox/pages/pay1st/payments", 200),
        ("/_sandbox/pages/pay1st/settings", 200),
        ("/_sandbox/pages/pay1st/nothing", 404),
        ("/_sandbox/pages/payagency/payments", 200),
        ("/_sandbox/pages/payagency/links", 200),
        ("/_sandbox/pages/payagency/wallets", 200),
        ("/_sandbox/pages/payagency/nothing", 404),
        ("/_sandbox/pages/pagfast/transactions", 200),
        ("/_sandbox/pages/pagfast/accounts", 200),
        ("/_sandbox/pages/pagfast/nothing", 404),
        ("/_sandbox/pages/nothing", 404),
    ] {
        let answer = get(&format!("{}{path}", sandbox.url())).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(header(&answer, "content-type"), "text/html; charset=utf-8", "{path}");
        let policy = header(&answer, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"),
            "{policy}"
        );
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(header(&answer, name), value, "{path}: {name}");
        }
        let page = answer.text().await.unwrap();
        assert!(page.contains("No provider made, checked or endorsed it"), "{path}");
        assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("//cdn"), "{path}");
        assert!(!page.contains("-password") && sandbox.leaks(&page).is_empty(), "{path}: no credentials");
    }
}

#[tokio::test]
async fn no_link_of_a_page_is_dead() {
    let sandbox = sandbox().await;
    let mut seen = std::collections::BTreeSet::new();
    let mut open = vec!["/".to_owned()];
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let answer = get(&format!("{}{path}", sandbox.url())).await;
        assert_eq!(answer.status(), 200, "{path}");
        let text = answer.text().await.unwrap();
        let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        open.extend(links.map(|link| link.replace("&amp;", "&")));
    }
    for path in ["/_sandbox/pages/deliveries", "/_sandbox/pages/pay1st/settings", "/_sandbox/webhooks/policy"] {
        assert!(seen.contains(path), "{path}: {seen:?}");
    }
}

#[tokio::test]
async fn a_page_loads_its_style_sheet_and_icon_from_here() {
    let sandbox = sandbox().await;
    let page = get(&sandbox.url()).await.text().await.unwrap();
    for (path, kind) in
        [("/_sandbox/pages/style.css", "text/css; charset=utf-8"), ("/_sandbox/pages/icon.svg", "image/svg+xml")]
    {
        assert!(page.contains(path), "{path}");
        let answer = get(&format!("{}{path}", sandbox.url())).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, kind));
        assert!(!answer.text().await.unwrap().contains("http://fonts"), "{path}");
    }
}

#[tokio::test]
async fn the_clock_moves_by_its_buttons_and_not_for_other_sites() {
    let sandbox = sandbox().await;
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let press = |step: &'static str, site: Option<&'static str>| {
        let mut request = client.request(Method::POST, format!("{}/_sandbox/pages/clock", sandbox.url()));
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        request.body(format!("step={step}")).send()
    };
    let answer = press("1+hour", Some("same-origin")).await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/"));
    assert_eq!(sandbox.clock().offset().as_secs(), 3600);
    for site in ["cross-site", "same-site"] {
        assert_eq!(press("1+hour", Some(site)).await.unwrap().status(), 403, "{site}");
    }
    assert_eq!(press("9999+years", None).await.unwrap().status(), 303);
    assert_eq!(sandbox.clock().offset().as_secs(), 3600);
}

#[tokio::test]
async fn the_log_has_pages_of_a_hundred() {
    let sandbox = sandbox().await;
    let base = sandbox.pagamio().base_url().to_owned();
    for number in 0..105 {
        get(&format!("{base}/unknown/{number}")).await;
    }
    let url = format!("{}/_sandbox/pages/requests", sandbox.url());
    let first = get(&url).await.text().await.unwrap();
    assert_eq!(first.matches("/api/v1/unknown/").count(), 100);
    assert!(first.contains("?before=6\"") && !first.contains("/unknown/4<"), "{first}");
    let second = get(&format!("{url}?before=6")).await.text().await.unwrap();
    assert_eq!(second.matches("/api/v1/unknown/").count(), 5);
    assert!(!second.contains("Older"));
    let other = get(&format!("{url}?provider=%3Cscript%3E")).await.text().await.unwrap();
    assert!(other.contains("unknown/104") && !other.contains("<script>"), "no such provider: all");
}
