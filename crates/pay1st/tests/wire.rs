//! What goes over the wire, byte for byte, against requests written by hand from the provider's documents.
//!
//! The signatures of the goldens were made with `openssl dgst -sha256 -hmac`, over the time of the tests' clock and the body.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pay_core::script::{Play, Sent};
use pay1st::{
    Client, Customer, FulfilledProduct, Fulfilment, FulfilmentStatus, Item, Money, NewPayment, NewRefund, RawRequest,
    RefundOf, Repeat,
};
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use support::golden::{assert_sent, only};
use support::{
    CREATED, TOKEN, amount, answering, builder, client, customer, logged_in, naira, order, payment, refund, refund_of,
    refunded, secs,
};

macro_rules! golden {
    ($name:literal) => {
        include_str!(concat!("goldens/", $name, ".http"))
    };
}

/// The provider's own signing example, whose stray `<` and `>` are part of it.
fn example() -> NewPayment {
    let item = Item { title: "10> Credits".into(), sku: "12345".into(), price: naira("100"), quantity: 1 };
    NewPayment::new("4a662291-2840-4bcd-aae9-553ab24601ed", naira("100"), customer(), item)
        .success_url("<https://callback.success")
        .failure_url("https://callback.failure")
        .pending_url("https://callback.pending")
        .cancel_url("https://callback.cancel")
        .webhook_url("https://webhook.success")
}

/// The request of one call, whatever becomes of it.
async fn sent<T>(call: impl FnOnce(&Client) -> pay1st::Call<T>) -> Sent {
    let script = answering(vec![Play::answer(404, "")]);
    let _ = call(&client(&script)).send().await;
    only(&script)
}

#[tokio::test(start_paused = true)]
async fn token() {
    let script = logged_in(|_| Play::answer(404, ""));
    client(&script).check_credentials().await.unwrap();
    assert_eq!(script.seen().len(), 1);
    assert_sent(&script.seen()[0], golden!("token"));
}

#[tokio::test(start_paused = true)]
async fn refresh() {
    let script = logged_in(|_| Play::answer(404, ""));
    let client = client(&script);
    client.lease().await.unwrap();
    tokio::time::advance(secs(230)).await;
    client.lease().await.unwrap();
    assert_eq!(script.seen().len(), 2);
    assert_sent(&script.seen()[1], golden!("refresh"));
}

#[tokio::test(start_paused = true)]
async fn payment_methods() {
    assert_sent(&sent(|client| client.payment_methods("NG")).await, golden!("payment_methods"));
}

#[tokio::test(start_paused = true)]
async fn a_payment() {
    assert_sent(&sent(|client| client.payment("C-142710055596150-P")).await, golden!("payment"));
}

#[tokio::test(start_paused = true)]
async fn reads_are_signed_where_the_client_is_told_so() {
    let script = answering(vec![Play::answer(404, "")]);
    let client = builder(&script).sign_reads(true).build().unwrap();
    let _ = client.payment("C-142710055596150-P").send().await;
    let _ = client.payment_methods("NG").send().await;
    let calls = support::calls(&script);
    assert_sent(&calls[0], golden!("payment_signed"));
    assert_sent(&calls[1], golden!("payment_methods_signed"));
}

#[tokio::test(start_paused = true)]
async fn the_providers_own_example_of_a_payment() {
    assert_sent(&sent(|client| client.create_payment(example())).await, golden!("create_payment"));
}

#[tokio::test(start_paused = true)]
async fn a_payment_of_two_items_with_nothing_optional() {
    let rand = |text: &str| Money { amount: amount(text), currency: "ZAR".into() };
    let first = Item { title: "Zürich \"x\"".into(), sku: "A".into(), price: rand("25.0"), quantity: 2 };
    let payment = NewPayment::new("order-1", rand("50.00"), Customer { id: "c-1".into(), country: "ZA".into() }, first)
        .item(Item { title: "Gift".into(), sku: "B".into(), price: rand("0"), quantity: 1 })
        .metadata("shop", "7");
    assert_sent(&sent(|client| client.create_payment(payment)).await, golden!("create_payment_least"));
}

#[tokio::test(start_paused = true)]
async fn a_fulfilment() {
    let first = FulfilledProduct::new("12345", FulfilmentStatus::Fulfilled, 1);
    let report = Fulfilment::new("C-142710055596150-P", first.clone());
    assert_sent(&sent(|client| client.report_fulfilment(report)).await, golden!("report_fulfilment"));
    let report = Fulfilment::new("C-142710055596150-P", first.fulfilment_time("2026-11-21T04:00:00Z"))
        .product(FulfilledProduct::new("9", FulfilmentStatus::Unknown("PARTLY".into()), 0));
    assert_sent(&sent(|client| client.report_fulfilment(report)).await, golden!("report_fulfilment_everything"));
}

#[tokio::test(start_paused = true)]
async fn a_refund_of_a_part() {
    let refund = refund().reason("Customer requested refund");
    assert_sent(&sent(|client| client.refund(refund)).await, golden!("refund_partial"));
}

#[tokio::test(start_paused = true)]
async fn a_refund_of_all_names_no_amount_and_rewrites_no_reference() {
    let of = RefundOf { transaction_reference: "C-12345-P".into(), ..refund_of() };
    let refund = NewRefund::full(of).webhook_url("https://hook.example/r");
    assert_sent(&sent(|client| client.refund(refund)).await, golden!("refund_full"));
}

#[tokio::test(start_paused = true)]
async fn raw_requests_have_any_media_type_and_are_signed_where_they_say_so() {
    let media = "application/vnd.example+json";
    let read = RawRequest::get("/api/pay1st/refunds").query("r", "a b").body(media, "").accept(media);
    assert_sent(&sent(|client| client.raw(read)).await, golden!("raw_read"));
    let signed = RawRequest::new(http::Method::POST, "/api/pay1st/chargebacks", Repeat::Never)
        .query("page", "1")
        .body(media, r#"{"from":"2026-01-01"}"#)
        .signed();
    assert_sent(&sent(|client| client.raw(signed)).await, golden!("raw_signed"));
}

#[tokio::test(start_paused = true)]
async fn a_prepared_payment_is_what_is_sent_and_is_for_looking_at() {
    let script = answering(vec![Play::answer(201, CREATED)]);
    let mut call = client(&script).create_payment(order("order-1"));
    let prepared = call.prepare().await.unwrap();
    assert!(!prepared.may_be_resent(), "Pay1st does not de-duplicate");
    assert_eq!(prepared.reference(), Some("order-1"));
    let kept = serde_json::to_string(&prepared).unwrap();
    assert!(!kept.contains("signature") && !kept.contains("access-1"), "{kept}");
    let _ = call.send().await.unwrap();
    assert_eq!(only(&script).body.as_ref(), prepared.body());
}

#[tokio::test(start_paused = true)]
async fn references_cannot_change_the_question() {
    for (reference, query) in [("a&b=c", "reference=a%26b%3Dc"), ("C-1 +/#?", "reference=C-1+%2B%2F%23%3F")] {
        let url = sent(|client| client.payment(reference)).await.url;
        assert!(url.ends_with(&format!("/api/pay1st/payments?{query}")), "{url}");
    }
}

// On a real socket.

/// A server that gives these bodies one after the other, and the requests that it saw.
fn listen(bodies: Vec<(u16, String)>) -> (String, std::thread::JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/pay1st", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for (status, body) in bodies {
            let mut stream = listener.accept().unwrap().0;
            seen.push(request(&mut stream));
            // One connection for each: when a client gives one back to its pool is its own business.
            let head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
        }
        seen
    });
    (url, thread)
}

fn request(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1);
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes.clone()).unwrap().to_ascii_lowercase();
    let length =
        head.split("content-length: ").nth(1).map_or(0, |rest| rest.split("\r\n").next().unwrap().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    bytes.extend(body);
    bytes
}

/// Request line, sorted header lines with lower-case names, body.
fn parts(request: &[u8]) -> (String, Vec<String>, String) {
    let text = String::from_utf8(request.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let first = lines.next().unwrap().to_owned();
    let mut headers: Vec<_> = lines
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            format!("{}: {value}", name.to_ascii_lowercase())
        })
        // Whether a read says that it has no body is the HTTP library's choice.
        .filter(|header| header != "content-length: 0")
        .collect();
    headers.sort();
    (first, headers, body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn these_are_the_bytes_on_a_real_socket() {
    let (url, thread) = listen(vec![
        (200, TOKEN.into()),
        (201, CREATED.into()),
        (200, payment("NEW")),
        (204, String::new()),
        (201, refunded("PENDING")),
    ]);
    // A trailing `/api` and slashes make no difference to what is sent.
    let client = Client::builder()
        .local(format!("{url}/api/"), &url)
        .credentials("key-1", "s\"ecret")
        .signing_key(support::SIGNING)
        .wall_clock(support::wall)
        .user_agent_suffix("shop/1.2")
        .build()
        .unwrap();
    let created = client.create_payment(order("order-1")).send().await.unwrap();
    assert_eq!(
        created.checkout_link().expose_url(),
        format!("{url}/checkout?reference=C-113976984708914-P&accessToken=access-1%3D")
    );
    client.payment(created.reference()).send().await.unwrap();
    let product = FulfilledProduct::new("12345", FulfilmentStatus::Fulfilled, 1);
    client.report_fulfilment(Fulfilment::new("C-142710055596150-P", product)).send().await.unwrap();
    let _ = client.refund(refund().reason("Customer requested refund")).send().await.unwrap();
    let came = thread.join().unwrap();

    let host = format!("host: {}", url.strip_prefix("http://").unwrap().split('/').next().unwrap());
    let agent = concat!("user-agent: pay1st-rust/", env!("CARGO_PKG_VERSION"), " shop/1.2").to_owned();
    // What the goldens say, and what every request has besides.
    let wanted = |golden: &str| {
        let (head, body) = golden.strip_suffix('\n').unwrap().split_once("\n\n").unwrap();
        let mut headers: Vec<_> = head.lines().skip(1).map(str::to_owned).collect();
        headers.extend([host.clone(), agent.clone()]);
        if !body.is_empty() {
            headers.push(format!("content-length: {}", body.len()));
        }
        headers.sort();
        (headers, body.to_owned())
    };
    for (index, golden, line) in [
        (0, golden!("token"), "POST /pay1st/api/pay1st/auth/token HTTP/1.1"),
        (3, golden!("report_fulfilment"), "POST /pay1st/api/pay1st/payments/fulfilments HTTP/1.1"),
        (4, golden!("refund_partial"), "POST /pay1st/api/pay1st/transactions/refunds/create HTTP/1.1"),
    ] {
        let (first, headers, body) = parts(&came[index]);
        assert_eq!(first, line);
        assert_eq!((headers, body), wanted(golden));
    }
    let (line, headers, body) = parts(&came[2]);
    assert_eq!(line, "GET /pay1st/api/pay1st/payments?reference=C-113976984708914-P HTTP/1.1");
    assert_eq!((headers, body), wanted(golden!("payment")));
}
