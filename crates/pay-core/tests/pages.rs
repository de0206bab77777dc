//! Lists in pages: each item once, an end that is found, and an error that loses no page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::provider::{Operation, Parts, Repeat, Verb, json};
use pay_core::script::Play;
use pay_core::{Kind, Page, Pages};
use support::server::Server;
use support::{access, engine, settings};

static LIST: Operation = Operation::new("list", Verb::Get, "/items", Repeat::Safe);

/// A list whose n-th page is the n-th body; `last` is said where the page holds `"last"`.
fn pages(bodies: &'static [&'static str]) -> (Server, Pages<String>) {
    let server = Server::with_api(|sent| {
        let number: usize = sent.path.rsplit_once("page=").unwrap().1.parse().unwrap();
        bodies_at(sent.header("x-case"), number)
    });
    let case = bodies.join("|");
    let engine = engine(settings(&server));
    let access = access(&engine, "a");
    let pages = Pages::new(
        1,
        |item: &String| Some(item.as_str()),
        move |number| {
            let parts = Parts::new(&LIST)
                .query("page", &number.to_string())
                .header(http::HeaderName::from_static("x-case"), &case);
            engine.call(&access, parts, |answer| {
                let items: Vec<String> = json(&answer.body)?;
                let last = answer.header("x-last").map(|last| last == "yes");
                Ok(Page::new(items, None, last))
            })
        },
    );
    (server, pages)
}

fn bodies_at(case: &str, number: usize) -> Play {
    match case.split('|').nth(number - 1) {
        Some(body) if body.ends_with(" last") => {
            Play::answer(200, body.trim_end_matches(" last").to_owned()).header("x-last", "yes")
        }
        Some(body) => Play::answer(200, body.to_owned()),
        None => Play::answer(200, "[]"),
    }
}

async fn all(pages: &mut Pages<String>) -> Vec<String> {
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        all.extend(page.unwrap().items);
    }
    assert!(pages.next().await.is_none(), "after the end there is nothing");
    all
}

#[tokio::test(start_paused = true)]
async fn an_empty_page_ends_the_list() {
    let (server, mut pages) = pages(&[r#"["a","b"]"#, r#"["c"]"#]);
    assert_eq!(all(&mut pages).await, ["a", "b", "c"]);
    assert_eq!(server.api().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_said_to_be_the_last_ends_it_without_another_question() {
    let (server, mut pages) = pages(&[r#"["a"]"#, r#"["b"] last"#]);
    assert_eq!(all(&mut pages).await, ["a", "b"]);
    assert_eq!(server.api().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_moves_gives_each_item_once_and_one_that_repeats_ends() {
    let (_, mut moving) = pages(&[r#"["a","b"]"#, r#"["b","c"]"#]);
    assert_eq!(all(&mut moving).await, ["a", "b", "c"]);
    // A provider that ignores the number gives the same page for ever.
    let (server, mut same) = pages(&[r#"["a"]"#, r#"["a"]"#, r#"["a"]"#, r#"["a"]"#]);
    assert_eq!(all(&mut same).await, ["a"]);
    assert_eq!(server.api().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn after_an_error_the_same_page_is_asked_for_again() {
    let (server, mut pages) = pages(&[r#"["a"]"#, "<html>", r#"["c"]"#]);
    assert_eq!(pages.next().await.unwrap().unwrap().items, ["a"]);
    for _ in 0..2 {
        assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), Kind::Decode);
    }
    let asked: Vec<_> = server.api().iter().map(|sent| sent.path.clone()).collect();
    assert_eq!(asked, ["/v1/items?page=1", "/v1/items?page=2", "/v1/items?page=2"]);
}
