//! Every fault kind, seen from a raw socket, beside what it did to the money.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Client, add_fault, assert_sound, merchant, sandbox, send, try_send, until};
use pay_sandbox::{Acting, Fault, FaultRule, Sandbox, StatusFault};
use std::io::ErrorKind;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How a connection ended, and what had come by then.
#[derive(Debug, PartialEq)]
enum End {
    Reset,
    Closed,
    Open,
}

/// Sends a purchase on a socket of its own and reads until the connection ends or falls silent.
async fn raw(client: &Client, reference: &str) -> (End, String) {
    let body = client.airtime(reference);
    let (_, after_scheme) = client.pagamio.base_url().split_once("://").unwrap();
    let (host, base) = after_scheme.split_once('/').unwrap();
    let head = format!(
        "POST /{base}/purchase HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        client.token,
        body.len()
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut seen = Vec::new();
    let mut buffer = [0; 4096];
    let end = loop {
        match timeout(Duration::from_millis(400), stream.read(&mut buffer)).await {
            Err(_) => break End::Open,
            Ok(Ok(0)) => break End::Closed,
            Ok(Ok(count)) => seen.extend_from_slice(&buffer[..count]),
            Ok(Err(error)) => {
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                break End::Reset;
            }
        }
    };
    (end, String::from_utf8(seen).unwrap())
}

/// Runs one fault against one purchase; answers the end, the text, and how often the customer was charged.
async fn strike(fault: impl Into<Fault>) -> (End, String, u32) {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    add_fault(&sandbox, "purchase", fault);
    let (end, seen) = raw(&client, "r-1").await;
    let charged = sandbox.ledger().charges("r-1");
    let log = sandbox.requests();
    let record = log.last().unwrap();
    assert_eq!((record.operation, record.fault.as_deref()), (Some("purchase"), Some(sandbox.faults()[0].rule_name())));
    assert_eq!(sandbox.faults()[0].taken, 1);
    // The rule is used up, the reference is remembered: sending again ends well, and charges nobody twice.
    assert_eq!(client.purchase(&client.airtime("r-1")).await.code(), "0");
    assert_eq!(sandbox.ledger().charges("r-1"), 1);
    assert_sound(&sandbox);
    (end, seen, charged)
}

trait RuleName {
    fn rule_name(&self) -> &'static str;
}

impl RuleName for pay_sandbox::FaultStatus {
    fn rule_name(&self) -> &'static str {
        self.rule.fault().map_or("random", Fault::name)
    }
}

#[tokio::test]
async fn resets_are_real_resets() {
    assert_eq!(strike(Fault::ResetBeforeReading).await, (End::Reset, String::new(), 0));
    assert_eq!(strike(Fault::ResetAfterReading).await, (End::Reset, String::new(), 0));
    assert_eq!(strike(Fault::ResetAfterActing).await, (End::Reset, String::new(), 1));
}

#[tokio::test]
async fn a_close_is_orderly_and_silent() {
    assert_eq!(strike(Fault::CloseAfterActing).await, (End::Closed, String::new(), 1));
}

#[tokio::test]
async fn half_headers_break_off_before_the_blank_line() {
    let (end, seen, charged) = strike(Fault::HalfHeaders).await;
    assert_eq!((end, charged), (End::Closed, 1));
    assert!(seen.starts_with("HTTP/1.1 200 OK\r\n") && !seen.contains("\r\n\r\n"), "{seen}");
}

#[tokio::test]
async fn a_truncated_body_is_shorter_than_announced() {
    let (end, seen, charged) = strike(Fault::TruncatedBody).await;
    assert_eq!((end, charged), (End::Closed, 1));
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    let announced = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(body.len(), announced.parse::<usize>().unwrap() / 2);
    assert!(body.starts_with(r#"{"transactionId""#), "{body}");
}

#[tokio::test]
async fn stalls_last_until_the_client_leaves() {
    assert_eq!(strike(Fault::StallBeforeActing(None)).await, (End::Open, String::new(), 0));
    assert_eq!(strike(Fault::StallAfterActing(None)).await, (End::Open, String::new(), 1));
}

#[tokio::test]
async fn a_stall_with_an_end_answers_at_last() {
    for fault in [Fault::StallBeforeActing, Fault::StallAfterActing] {
        let (_, seen, charged) = strike(fault(Some(Duration::from_millis(50)))).await;
        assert_eq!(charged, 1);
        assert!(seen.starts_with("HTTP/1.1 200 OK") && seen.ends_with('}'), "{seen}");
    }
}

#[tokio::test]
async fn a_slow_drip_comes_in_pieces_but_whole() {
    let fault = Fault::SlowDrip { chunk_bytes: 40, pause: Duration::from_millis(5) };
    let (_, seen, charged) = strike(fault).await;
    assert_eq!(charged, 1);
    assert!(seen.ends_with("}}"), "{seen}");
}

#[tokio::test]
async fn statuses_come_before_and_after_acting() {
    for (acting, charges) in [(Acting::Before, 0), (Acting::After, 1)] {
        for code in [500, 503, 429] {
            let (_, seen, charged) = strike(StatusFault::new(code, acting)).await;
            assert!(seen.starts_with(&format!("HTTP/1.1 {code} ")), "{seen}");
            assert!(!seen.contains("retry-after"));
            assert_eq!(charged, charges, "{code}");
        }
    }
}

#[tokio::test]
async fn a_status_carries_what_it_was_given() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fault = StatusFault::new(429, Acting::Before).retry_after("junk").content_type("text/plain").body("slow down");
    add_fault(&sandbox, "categories", fault);
    let answer = client.get("/products/categories").await;
    assert_eq!((answer.status, answer.retry_after.as_deref()), (429, Some("junk")));
    assert_eq!((answer.content_type.as_str(), answer.text.as_str()), ("text/plain", "slow down"));
}

#[tokio::test]
async fn html_comes_where_json_was_due() {
    let (_, seen, charged) = strike(Fault::Html).await;
    assert_eq!(charged, 1);
    assert!(seen.starts_with("HTTP/1.1 200 OK") && seen.contains("content-type: text/html"));
    assert!(seen.contains("x-sandbox-fault: html") && seen.contains("<!doctype html>"));
}

#[tokio::test]
async fn a_good_token_is_refused_before_acting() {
    let (_, seen, charged) = strike(Fault::Unauthorized).await;
    assert_eq!(charged, 0);
    assert!(seen.starts_with("HTTP/1.1 401 "));
    assert!(seen.ends_with(r#"{"responseCode":"401","responseMessage":"Unauthorized"}"#), "{seen}");
}

#[tokio::test]
async fn an_oversized_body_is_streamed_without_a_length() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    add_fault(&sandbox, "purchase", Fault::OversizedBody { bytes: 3_000_001 });
    let answer = send(client.purchase_request(&client.airtime("r-1"))).await;
    assert_eq!((answer.status, answer.text.len()), (200, 3_000_001));
    assert_eq!(sandbox.ledger().charges("r-1"), 1);
    // A client that stops reading early does not keep the sandbox busy with terabytes.
    add_fault(&sandbox, "purchase", Fault::OversizedBody { bytes: 1 << 40 });
    let mut response = client.purchase_request(&client.airtime("r-2")).send().await.unwrap();
    assert!(response.content_length().is_none());
    assert!(response.chunk().await.unwrap().is_some());
    drop(response);
    assert_eq!(client.purchase(&client.airtime("r-2")).await.code(), "0");
}

#[tokio::test]
async fn rules_choose_by_operation_reference_skip_and_times() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fault = || StatusFault::new(500, Acting::Before);
    let rule = || FaultRule::new("pagamio", fault());
    sandbox.add_fault(rule().operation("purchase").reference("r-2").times(2)).unwrap();
    sandbox.add_fault(rule().operation("lookups").skip(1)).unwrap();
    let buy = async |reference: &str| client.purchase(&client.airtime(reference)).await.status;
    assert_eq!((buy("r-1").await, buy("r-2").await, buy("r-2").await, buy("r-2").await), (200, 500, 500, 200));
    let look = async || client.get("/lookups/brands").await.status;
    assert_eq!((look().await, look().await, look().await), (200, 500, 200));
    assert_eq!(client.get("/products/categories").await.status, 200);
    let sale = sandbox.ledger().sale("r-2").unwrap().clone();
    assert_eq!((sale.attempts, sale.answered, sale.charges), (3, 1, 1));
}

#[tokio::test]
async fn the_first_matching_rule_wins_and_used_up_rules_step_aside() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let rule = |code| FaultRule::new("pagamio", StatusFault::new(code, Acting::Before));
    let first = sandbox.add_fault(rule(500)).unwrap();
    let second = sandbox.add_fault(rule(503).times(9)).unwrap();
    let ask = async || client.get("/lookups/brands").await.status;
    assert_eq!((ask().await, ask().await, ask().await), (500, 503, 503));
    let status = sandbox.faults();
    assert_eq!((status[0].id, status[0].taken), (first, 1));
    assert_eq!((status[1].id, status[1].taken), (second, 2));
    assert!(sandbox.remove_fault(second) && !sandbox.remove_fault(second));
    assert_eq!(ask().await, 200);
}

#[tokio::test]
async fn behaviours_wait_for_a_purchase() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let fault = Fault::Code { response_code: "1200".to_owned(), message: "no".to_owned() };
    sandbox.add_fault(FaultRule::new("pagamio", fault)).unwrap();
    assert_eq!(client.get("/lookups/brands").await.status, 200);
    assert_eq!(client.purchase(&client.airtime("r-1")).await.code(), "1200");
}

#[tokio::test]
async fn a_fault_on_one_connection_spares_the_others() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    add_fault(&sandbox, "purchase", Fault::StallBeforeActing(None));
    let stalled = tokio::spawn({
        let client = client.clone();
        async move { client.purchase(&client.airtime("r-1")).await.status }
    });
    until(|| sandbox.faults()[0].taken == 1).await;
    assert_eq!(client.purchase(&client.airtime("r-2")).await.code(), "0");
    assert!(!stalled.is_finished());
    stalled.abort();
    assert_eq!(sandbox.ledger().charges("r-1"), 0);
}

#[tokio::test]
async fn stopping_ends_even_a_stalled_connection() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    add_fault(&sandbox, "purchase", Fault::StallAfterActing(None));
    let request = client.purchase_request(&client.airtime("r-1"));
    let stalled = tokio::spawn(try_send(request));
    until(|| sandbox.ledger().sales().count() == 1).await;
    stop(sandbox).await;
    assert!(stalled.await.unwrap().is_err());
    assert!(client.purchase_request("{}").send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn dropping_a_sandbox_closes_its_port() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    drop(sandbox);
    // Dropping cannot wait; the runtime finishes the work at its next turns.
    let refused = async {
        while client.http.get(client.pagamio.base_url()).send().await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), refused).await.unwrap();
}

async fn stop(sandbox: Sandbox) {
    timeout(Duration::from_secs(10), sandbox.stop()).await.unwrap();
}
