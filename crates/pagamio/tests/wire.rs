//! What goes over the wire, byte for byte, against requests written by hand from the provider's documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use pagamio::{Account, Client, ExposeSecret, Purchase, Sought, TransactionQuery, TransactionStatus, Transport};
use pay_core::script::{Play, Script, Sent};
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use support::{COMPLETED, airtime, amount, answering, bare, builder, calls, client, logged_in, secs};

/// A request as a golden file shows it: request line, headers by name, an empty line, and the body.
fn shown(sent: &Sent) -> String {
    let mut headers: Vec<_> =
        sent.headers.keys().map(|name| format!("{name}: {}", sent.header(name.as_str()))).collect();
    headers.sort();
    let mut text = format!("{} {}\n", sent.method, sent.url);
    headers.iter().for_each(|header| writeln!(text, "{header}").unwrap());
    write!(text, "\n{}", sent.text()).unwrap();
    text
}

/// The golden file, without the one line end at its end.
macro_rules! golden {
    ($name:literal) => {{
        let text = include_str!(concat!("goldens/", $name, ".http"));
        text.strip_suffix('\n').expect("a golden file ends in a line end")
    }};
}

#[track_caller]
fn assert_sent(sent: &Sent, golden: &str) {
    assert_eq!(shown(sent), golden, "\nsent:\n{}\n\ngolden:\n{golden}\n", shown(sent));
    // `text()` is empty for bytes that are no text.
    assert_eq!(sent.body.as_ref(), sent.text().as_bytes());
}

/// The one request that a call makes besides the log-in.
#[track_caller]
fn only(script: &Script) -> Sent {
    let calls = calls(script);
    assert_eq!(calls.len(), 1, "{calls:?}");
    calls[0].clone()
}

#[tokio::test(start_paused = true)]
async fn token() {
    let script = logged_in(|_| Play::answer(200, "[]"));
    client(&script).check_credentials().await.unwrap();
    assert_eq!(script.seen().len(), 1);
    assert_sent(&script.seen()[0], golden!("token"));
}

#[tokio::test(start_paused = true)]
async fn refresh() {
    let script = logged_in(|_| Play::answer(200, "[]"));
    let client = client(&script);
    client.lease().await.unwrap();
    tokio::time::advance(secs(1790)).await;
    client.lease().await.unwrap();
    assert_eq!(script.seen().len(), 2);
    assert_sent(&script.seen()[1], golden!("refresh"));
}

#[tokio::test(start_paused = true)]
async fn categories() {
    let script = answering(vec![Play::answer(200, "[]")]);
    client(&script).categories().send().await.unwrap();
    assert_sent(&only(&script), golden!("categories"));
}

#[tokio::test(start_paused = true)]
async fn category_fields_by_number() {
    let script = answering(vec![Play::answer(200, "{}")]);
    client(&script).category_fields(1002_u64).send().await.unwrap();
    assert_sent(&only(&script), golden!("category_fields"));
}

#[tokio::test(start_paused = true)]
async fn category_fields_by_text_stay_one_segment() {
    let script = answering(vec![Play::answer(200, "{}")]);
    client(&script).category_fields("10/02 ?a=ü").send().await.unwrap();
    assert_eq!(
        only(&script).url,
        "https://vas-sandbox-api.pagamio.tech/api/v1/products/categories/10%2F02%20%3Fa%3D%C3%BC/fields"
    );
}

#[tokio::test(start_paused = true)]
async fn merchant_products() {
    let script = answering(vec![Play::answer(200, "[]")]);
    client(&script).products().send().await.unwrap();
    assert_sent(&only(&script), golden!("merchant_products"));
}

#[tokio::test(start_paused = true)]
async fn sub_merchant_products() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client = bare(&script).account(Account::SubMerchant("S-2002".into())).build().unwrap();
    client.products().send().await.unwrap();
    assert_sent(&only(&script), golden!("sub_merchant_products"));
}

async fn bought(purchase: Purchase) -> Sent {
    let script = answering(vec![Play::answer(200, COMPLETED)]);
    let _ = client(&script).purchase(purchase).send().await.unwrap();
    only(&script)
}

#[tokio::test(start_paused = true)]
async fn purchase_of_airtime() {
    assert_sent(&bought(airtime("ORDER-1")).await, golden!("purchase_airtime"));
}

#[tokio::test(start_paused = true)]
async fn purchase_of_electricity() {
    let purchase =
        Purchase::electricity("ELE-FLS-001", amount("200.00"), "000001020001").reference("INV-2026-04-000123");
    assert_sent(&bought(purchase).await, golden!("purchase_electricity"));
}

#[tokio::test(start_paused = true)]
async fn purchase_of_a_bill_has_the_account_number_at_the_top() {
    let purchase = Purchase::bill("BIL-DST-001", amount("150"), "0081715524").reference("BILL_7.a");
    assert_sent(&bought(purchase).await, golden!("purchase_bill"));
}

#[tokio::test(start_paused = true)]
async fn purchase_of_a_voucher_names_no_customer() {
    let purchase = Purchase::new("VCH-STM-001", amount("99.9")).reference("V-1");
    assert_sent(&bought(purchase).await, golden!("purchase_voucher"));
}

#[tokio::test(start_paused = true)]
async fn purchase_with_everything() {
    let purchase = Purchase::airtime("DAT-CLC-028", amount("1234567890123456.78"), "+27821234567")
        .field("zone", "Zürich \"x\"\n")
        .field("days", amount("7.10"))
        .field("accept", true)
        .additional_info("till", "4")
        .additional_info("gift", false)
        .additional_info("points", amount("12"))
        .payment_method("card")
        .channel("OTHER1")
        .reference("ALL-1");
    assert_sent(&bought(purchase).await, golden!("purchase_everything"));
}

#[tokio::test(start_paused = true)]
async fn a_prepared_purchase_is_resent_byte_for_byte() {
    let script = answering(vec![Play::lost(), Play::answer(200, COMPLETED)]);
    let client = client(&script);
    let mut call = client.purchase(airtime("ORDER-1"));
    let prepared = call.prepare().await.unwrap();
    assert_eq!(prepared.url(), "https://vas-sandbox-api.pagamio.tech/api/v1/purchase");
    let _ = call.send().await.unwrap();
    let kept = serde_json::to_string(&prepared).unwrap();
    let _ = client.resend(&serde_json::from_str(&kept).unwrap()).send().await.unwrap();
    let calls = calls(&script);
    // The lost attempt, its repeat, and the resent one: one sale, one form.
    assert_eq!(calls.len(), 3);
    for sent in &calls {
        assert_sent(sent, golden!("purchase_airtime"));
    }
    assert_eq!(prepared.body(), calls[0].body.as_ref());
}

#[tokio::test(start_paused = true)]
async fn transactions_with_nothing_but_the_account() {
    let script = answering(vec![Play::answer(200, "[]")]);
    client(&script).transactions(&TransactionQuery::new(), 0).send().await.unwrap();
    assert_sent(&only(&script), golden!("transactions"));
}

#[tokio::test(start_paused = true)]
async fn transactions_with_every_filter() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client = bare(&script).account(Account::SubMerchant("S-2002".into())).build().unwrap();
    let query = TransactionQuery::new()
        .category_name("Pay Bills")
        .brand_name("Vodacom & Co")
        .aggregator_name("FLASH")
        .status(&TransactionStatus::Failed)
        .key_word("1GB+ week/ü")
        .size(100);
    client.transactions(&query, 3).send().await.unwrap();
    assert_sent(&only(&script), golden!("transactions_filtered"));
}

#[tokio::test(start_paused = true)]
async fn every_status_is_asked_by_its_number() {
    for (status, number) in [
        (TransactionStatus::Completed, Some("0")),
        (TransactionStatus::Pending, Some("1")),
        (TransactionStatus::Processing, Some("2")),
        (TransactionStatus::Failed, Some("3")),
        (TransactionStatus::Unknown("9".into()), None),
    ] {
        let script = answering(vec![Play::answer(200, "[]")]);
        client(&script).transactions(&TransactionQuery::new().status(&status), 0).send().await.unwrap();
        let path = only(&script).path;
        let sent = path.split('&').find_map(|pair| pair.strip_prefix("status="));
        assert_eq!(sent, number, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn settle_asks_by_both_ids() {
    let record = r#"{"content":[{"status":{"code":0},"transactionId":"T-9","merchantReference":"R/9"}]}"#;
    let script = answering(vec![Play::answer(200, record)]);
    let _ = client(&script).settle(Sought::reference("R/9").transaction_id("T-9")).await;
    assert_sent(&only(&script), golden!("transactions_settle"));
}

#[tokio::test(start_paused = true)]
async fn pages_are_asked_for_one_by_one_from_zero() {
    let page = |ids: &[&str]| {
        let records: Vec<_> = ids.iter().map(|id| format!(r#"{{"transactionId":"{id}"}}"#)).collect();
        Play::answer(200, format!(r#"{{"content":[{}]}}"#, records.join(",")))
    };
    let script = answering(vec![page(&["a", "b"]), page(&["b", "c"]), page(&[])]);
    let mut pages = client(&script).transaction_pages(TransactionQuery::new().size(2));
    let mut ids = Vec::new();
    while let Some(page) = pages.next().await {
        ids.extend(page.unwrap().items.into_iter().filter_map(|record| record.transaction_id));
    }
    assert_eq!(ids, ["a", "b", "c"]);
    let paths: Vec<_> =
        calls(&script).iter().map(|sent| sent.path.split_once("&page=").unwrap().1.to_owned()).collect();
    assert_eq!(paths, ["0&size=2", "1&size=2", "2&size=2"]);
}

#[tokio::test(start_paused = true)]
async fn production_is_where_it_is_documented() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client = builder(&script).production().build().unwrap();
    client.categories().send().await.unwrap();
    let urls: Vec<_> = script.seen().into_iter().map(|sent| sent.url).collect();
    assert_eq!(
        urls,
        ["https://vas-api.pagamio.tech/api/v1/auth/token", "https://vas-api.pagamio.tech/api/v1/products/categories"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_new_token_is_what_the_next_call_carries() {
    let script = Script::new(|sent| match sent.path.as_str() {
        path if path.ends_with("/auth/token") => Play::answer(200, r#"{"accessToken":"first","expiresIn":1800}"#),
        _ => Play::answer(200, "[]"),
    });
    let client = client(&script);
    client.categories().send().await.unwrap();
    assert_eq!(calls(&script)[0].header("authorization"), "Bearer first");
    assert_eq!(client.lease().await.unwrap().token.expose_secret(), "first");
}

/// A server that gives these answers one after the other; gives back what came, byte for byte.
fn listen(answers: Vec<&'static str>) -> (String, std::thread::JoinHandle<Vec<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v1/", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut came = Vec::new();
        for body in answers {
            let mut stream = listener.accept().unwrap().0;
            came.push(read_request(&mut stream).unwrap());
            // One connection for each: when a client gives one back to its pool is its own business.
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length:";
            stream.write_all(format!("{head} {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        }
        came
    });
    (url, thread)
}

fn read_request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 1024]);
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Some(bytes);
            }
        }
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
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
        .collect();
    headers.sort();
    (first, headers, body.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn these_are_the_bytes_on_a_real_socket() {
    let (url, thread) = listen(vec![support::TOKEN, COMPLETED, "[]", "[]"]);
    // A trailing slash of the base URL makes no difference to what is sent.
    let client = Client::builder()
        .local(&url)
        .credentials("shop@example.co.za", "pass\"word")
        .account(Account::Merchant("M-1001".into()))
        .channel("F5YZP7")
        .user_type_id("U-1")
        .user_agent_suffix("shop/1.2")
        .build()
        .unwrap();
    let _ = client.purchase(airtime("ORDER-1")).send().await.unwrap();
    client.transactions(&TransactionQuery::new(), 0).send().await.unwrap();
    client.categories().send().await.unwrap();
    let came = thread.join().unwrap();

    let host = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let host = format!("host: {host}");
    let agent = concat!("user-agent: pagamio-rust/", env!("CARGO_PKG_VERSION"), " shop/1.2");
    let json = "content-type: application/json";
    let accept = "accept: application/json";
    let bearer = "authorization: Bearer access-1";
    let length = |body: &str| format!("content-length: {}", body.len());

    let (line, headers, body) = parts(&came[0]);
    assert_eq!(line, "POST /api/v1/auth/token HTTP/1.1");
    assert_eq!(body, r#"{"username":"shop@example.co.za","password":"pass\"word"}"#);
    assert_eq!(headers, [accept, &length(&body), json, &host, agent]);

    let (line, headers, body) = parts(&came[1]);
    assert_eq!(line, "POST /api/v1/purchase HTTP/1.1");
    assert_eq!(
        body,
        r#"{"productCode":"AIR-VOD-001","amount":50.0,"mobileNumber":"+27821234567","paymentMethod":"cash","channelId":"F5YZP7","merchantReference":"ORDER-1"}"#
    );
    assert_eq!(headers, [accept, bearer, &length(&body), json, &host, agent]);

    let (line, headers, body) = parts(&came[2]);
    assert_eq!(line, "POST /api/v1/transactions?userType=MERCHANT&userTypeId=U-1&page=0 HTTP/1.1");
    // Whether a POST without a body says that it has none is the HTTP library's choice.
    let headers: Vec<_> = headers.into_iter().filter(|header| header != "content-length: 0").collect();
    assert_eq!(headers, [accept, bearer, &host, agent]);
    assert_eq!(body, "");

    let (line, headers, body) = parts(&came[3]);
    assert_eq!(line, "GET /api/v1/products/categories HTTP/1.1");
    assert_eq!(headers, [accept, bearer, &host, agent]);
    assert_eq!(body, "");
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_anywhere_but_the_configured_base() {
    let script = answering(vec![Play::answer(200, "[]")]);
    let client = Client::builder()
        .local("http://127.0.0.1:4010/pagamio/api/v1///")
        .transport(Transport::scripted(&script))
        .credentials("u", "p")
        .account(Account::Merchant("../../x".into()))
        .channel("c")
        .build()
        .unwrap();
    client.products().send().await.unwrap();
    assert_eq!(only(&script).url, "http://127.0.0.1:4010/pagamio/api/v1/merchants/..%2F..%2Fx/products");
    assert!(!format!("{client:?}").contains("Bearer"));
}
