//! The control plane over HTTP: the same as the typed methods, with complaints that name the field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Answer, merchant, sandbox, send};
use pay_sandbox::{Error, Evidence, Fault, FaultRule, RandomFaults, Sandbox, StatusFault};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

async fn control(sandbox: &Sandbox, method: &str, path: &str, body: Option<Value>) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = reqwest::Client::new().request(method, format!("{}{path}", sandbox.control_url()));
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn health_and_urls() {
    let sandbox = Sandbox::start().await.unwrap();
    assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    assert_eq!(sandbox.control_url(), format!("{}/_sandbox", sandbox.url()));
    assert_eq!(sandbox.pagamio().base_url(), format!("{}/pagamio/api/v1", sandbox.url()));
    let health = control(&sandbox, "GET", "/health", None).await;
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("ok")));
    assert_eq!(health.json()["providers"], json!(["pagamio", "pay1st", "payagency", "pagfast", "paga-connect"]));
}

#[tokio::test]
async fn two_sandboxes_share_nothing() {
    let (one, two) = (sandbox().await, sandbox().await);
    let client = merchant(&one).await;
    client.purchase(&client.airtime("r-1")).await;
    one.clock().advance(Duration::from_secs(60));
    assert_eq!((one.ledger().sales().count(), two.ledger().sales().count()), (1, 0));
    assert_eq!(two.clock().offset(), Duration::ZERO);
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_says_so() {
    let sandbox = sandbox().await;
    let port = sandbox.url().rsplit_once(':').unwrap().1.parse().unwrap();
    let error = Sandbox::builder().port(port).start().await.unwrap_err();
    assert!(matches!(error, Error::Bind { port: taken, .. } if taken == port));
    assert!(error.to_string().contains(&port.to_string()));
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn it_listens_on_one_loopback_address_alone() {
    let sandbox = sandbox().await;
    let port: u16 = sandbox.url().rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(sandbox.url(), format!("http://127.0.0.1:{port}"));
    // On all addresses, this one would be taken too.
    assert!(std::net::TcpStream::connect(("127.0.0.2", port)).is_err());
    std::net::TcpListener::bind(("127.0.0.2", port)).unwrap();
}

#[tokio::test]
async fn pages_of_other_sites_move_nothing() {
    let sandbox = sandbox().await;
    let client = reqwest::Client::new();
    let ask = |method: Method, path: &str, header: (&str, &str)| {
        let request = client.request(method, format!("{}/_sandbox{path}", sandbox.url()));
        send(request.header(header.0, header.1).body(r#"{"advance_seconds": 60}"#))
    };
    // What a browser sends for a page elsewhere, and for one whose name was made to lead here.
    for header in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("host", "evil.example:4010")] {
        let answer = ask(Method::POST, "/clock", header).await;
        assert_eq!(answer.status, 403, "{header:?}");
    }
    assert!(sandbox.clock().offset().is_zero());
    assert_eq!(ask(Method::GET, "/ledger", ("host", "evil.example:4010")).await.status, 403);
    for header in [("sec-fetch-site", "same-origin"), ("host", "localhost:4010"), ("x-any", "program")] {
        assert_eq!(ask(Method::POST, "/clock", header).await.status, 200, "{header:?}");
    }
    assert_eq!(sandbox.clock().offset().as_secs(), 180);
}

#[tokio::test]
async fn bad_input_is_400_and_names_the_field() {
    let sandbox = sandbox().await;
    let fault = |fault: Value| json!({ "provider": "pagamio", "fault": fault });
    let random = |random: Value| json!({ "provider": "pagamio", "random": random });
    for (path, body, field) in [
        ("/clock", json!({}), "advance_seconds"),
        ("/clock", json!({ "advance_seconds": -1 }), "advance_seconds"),
        ("/clock", json!({ "advance_seconds": "60" }), "advance_seconds"),
        ("/clock", json!({ "offset_seconds": 1e300 }), "offset_seconds"),
        ("/clock", json!({ "advance_seconds": 1, "offset_seconds": 1 }), "offset_seconds"),
        ("/clock", json!({ "advance_seconds": 1, "speed": 2 }), "speed"),
        ("/clock", json!([]), "body"),
        ("/reset", json!({ "really": true }), "really"),
        ("/faults", json!({ "fault": "html" }), "provider"),
        ("/faults", json!({ "provider": "pagamio" }), "fault"),
        ("/faults", json!({ "provider": "nobody", "fault": "html" }), "provider"),
        ("/faults", json!({ "provider": "pagamio", "fault": "html", "operation": "buy" }), "operation"),
        ("/faults", json!({ "provider": "pagamio", "fault": "html", "times": -1 }), "times"),
        ("/faults", json!({ "provider": "pagamio", "fault": "html", "skip": "1" }), "skip"),
        ("/faults", json!({ "provider": "pagamio", "fault": "html", "tmies": 2 }), "tmies"),
        ("/faults", fault(json!("nonsense")), "fault.kind"),
        ("/faults", fault(json!({})), "fault.kind"),
        ("/faults", fault(json!({ "kind": "html", "code": 1 })), "fault.code"),
        ("/faults", fault(json!({ "kind": "status", "acting": "after" })), "fault.code"),
        ("/faults", fault(json!({ "kind": "status", "code": 99, "acting": "after" })), "fault.code"),
        ("/faults", fault(json!({ "kind": "status", "code": 500 })), "fault.acting"),
        ("/faults", fault(json!({ "kind": "status", "code": 500, "acting": "during" })), "fault.acting"),
        (
            "/faults",
            fault(json!({ "kind": "status", "code": 429, "acting": "before", "retry_after": "a\nb" })),
            "fault.retry_after",
        ),
        ("/faults", fault(json!({ "kind": "oversized_body" })), "fault.bytes"),
        ("/faults", fault(json!({ "kind": "slow_drip", "chunk_bytes": 0 })), "fault.chunk_bytes"),
        ("/faults", fault(json!({ "kind": "stall_after_acting", "seconds": "x" })), "fault.seconds"),
        ("/faults", fault(json!({ "kind": "pending", "ends": "completed" })), "fault.settle_after_seconds"),
        ("/faults", fault(json!({ "kind": "pending", "settle_after_seconds": 1 })), "fault.ends"),
        ("/faults", fault(json!({ "kind": "code", "responseCode": "1200" })), "fault.message"),
        (
            "/faults",
            json!({ "provider": "pagamio", "operation": "token", "fault": { "kind": "code", "responseCode": "1", "message": "x" } }),
            "operation",
        ),
        ("/faults", json!({ "provider": "pagamio", "reference": "r", "fault": "reset_before_reading" }), "reference"),
        ("/faults", random(json!({ "percent": 1 })), "random.seed"),
        ("/faults", random(json!({ "seed": 1, "percent": 101 })), "random.percent"),
        ("/faults", random(json!({ "seed": 1, "percent": 1, "operations": ["buy"] })), "random.operations"),
        ("/faults", random(json!({ "seed": 1, "percent": 1, "kinds": [] })), "random.kinds"),
        ("/faults", random(json!({ "seed": 1, "percent": 1, "kinds": ["html", "x"] })), "random.kinds[1].kind"),
        ("/faults", json!([fault(json!("html")), fault(json!("x"))]), "[1].fault.kind"),
        ("/modes", json!({ "nobody": {} }), "nobody"),
        ("/modes", json!({ "pagamio": { "reads": "put" } }), "pagamio.reads"),
        ("/modes", json!({ "pagamio": { "raeds": "get" } }), "pagamio.raeds"),
        ("/modes", json!({ "pagamio": { "reads": 1 } }), "pagamio.reads"),
        ("/modes", json!({ "pagamio": [] }), "pagamio"),
        ("/pagamio/float", json!({ "amount": "1.00" }), "account"),
        ("/pagamio/float", json!({ "account": "SBXM01" }), "amount"),
        ("/pagamio/float", json!({ "account": "nobody", "amount": "1.00" }), "account"),
        ("/pagamio/float", json!({ "account": "SBXM01", "amount": 1.5 }), "amount"),
        ("/pagamio/float", json!({ "account": "SBXM01", "amount": "1.005" }), "amount"),
        ("/pagamio/float", json!({ "account": "SBXM01", "amount": "-1" }), "amount"),
        ("/pagamio/float", json!({ "account": "SBXM01", "amount": "1", "currency": "ZAR" }), "currency"),
    ] {
        let answer = control(&sandbox, "POST", path, Some(body.clone())).await;
        assert_eq!(answer.status, 400, "{path} {body}: {answer:?}");
        assert_eq!(answer.json()["field"], field, "{path} {body}: {answer:?}");
        assert!(answer.json()["error"].is_string());
    }
    assert_eq!(sandbox.faults(), [], "a refused list leaves nothing behind");
    assert_eq!(sandbox.clock().offset(), Duration::ZERO);
    let url = format!("{}/faults", sandbox.control_url());
    let broken = send(reqwest::Client::new().post(url).body("{")).await;
    assert_eq!((broken.status, &broken.json()["field"]), (400, &json!("body")));
}

#[tokio::test]
async fn wrong_methods_are_405_and_wrong_paths_404() {
    let sandbox = sandbox().await;
    for (method, path) in [
        ("POST", "/health"),
        ("GET", "/reset"),
        ("PUT", "/clock"),
        ("PUT", "/faults"),
        ("GET", "/faults/1"),
        ("POST", "/ledger"),
        ("DELETE", "/requests"),
        ("DELETE", "/modes"),
        ("GET", "/pagamio/float"),
    ] {
        let answer = control(&sandbox, method, path, None).await;
        assert_eq!((answer.status, answer.json()["error"].is_string()), (405, true), "{method} {path}");
    }
    for path in ["/nope", "/pagamio"] {
        let answer = control(&sandbox, "GET", path, None).await;
        assert_eq!((answer.status, answer.json()["error"].is_string()), (404, true), "{path}");
    }
    assert_eq!(control(&sandbox, "DELETE", "/faults/7", None).await.status, 404);
    let elsewhere = send(reqwest::Client::new().get(format!("{}/stripe/v1", sandbox.url()))).await;
    assert_eq!((elsewhere.status, elsewhere.json()["error"].is_string()), (404, true));
}

#[tokio::test]
async fn the_clock_moves_by_http_and_by_hand() {
    let sandbox = sandbox().await;
    let answer = control(&sandbox, "POST", "/clock", Some(json!({ "advance_seconds": 90.5 }))).await;
    assert_eq!(answer.json()["offset_seconds"], 90.5);
    sandbox.clock().advance(Duration::from_millis(9_500));
    let answer = control(&sandbox, "GET", "/clock", None).await;
    assert_eq!(answer.json()["offset_seconds"], 100.0);
    assert!(answer.json()["now"].as_str().unwrap().ends_with('Z'));
    control(&sandbox, "POST", "/clock", Some(json!({ "offset_seconds": 0 }))).await;
    assert_eq!(sandbox.clock().offset(), Duration::ZERO);
}

#[tokio::test]
async fn every_rule_reads_back_as_it_was_written() {
    let sandbox = sandbox().await;
    let rules = json!([
        { "provider": "pagamio", "fault": { "kind": "status", "code": 503, "acting": "before", "retry_after": "2", "content_type": "a/b", "body": "x" } },
        { "provider": "pagamio", "operation": "purchase", "reference": "r-1", "skip": 2, "times": 3, "fault": { "kind": "stall_after_acting", "seconds": 1.5 } },
        { "provider": "pagamio", "fault": { "kind": "slow_drip", "chunk_bytes": 3, "pause_seconds": 0.25 } },
        { "provider": "pagamio", "fault": { "kind": "oversized_body", "bytes": 10 } },
        { "provider": "pagamio", "fault": { "kind": "pending", "settle_after_seconds": 5.0, "ends": "failed" } },
        { "provider": "pagamio", "fault": { "kind": "provider_timeout", "settle_after_seconds": 5.0, "ends": "completed" } },
        { "provider": "pagamio", "fault": { "kind": "code", "responseCode": "1200", "message": "no" } },
        { "provider": "pagamio", "fault": { "kind": "stall_before_acting" } },
        { "provider": "pagamio", "random": { "seed": u64::MAX, "percent": 36, "operations": ["purchase"], "kinds": [{ "kind": "html" }] } },
    ]);
    let added = control(&sandbox, "POST", "/faults", Some(rules.clone())).await;
    assert_eq!(added.json()["ids"], json!([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    let listed = control(&sandbox, "GET", "/faults", None).await.json();
    for (index, written) in rules.as_array().unwrap().iter().enumerate() {
        for (name, value) in written.as_object().unwrap() {
            assert_eq!(&listed[index][name], value, "rule {index}");
        }
        assert_eq!((&listed[index]["id"], &listed[index]["taken"]), (&json!(index + 1), &json!(0)));
    }
    let typed = sandbox.faults();
    assert_eq!(typed[7].rule, FaultRule::new("pagamio", Fault::StallBeforeActing(None)));
    let left = control(&sandbox, "DELETE", "/faults/9", None).await.json();
    assert_eq!(left.as_array().unwrap().len(), 8);
    assert_eq!(control(&sandbox, "DELETE", "/faults", None).await.json(), json!([]));
    for kind in [
        "reset_before_reading",
        "reset_after_reading",
        "reset_after_acting",
        "close_after_acting",
        "half_headers",
        "truncated_body",
        "slow_drip",
        "html",
        "unauthorized",
    ] {
        let rule = json!({ "provider": "pagamio", "fault": kind });
        assert_eq!(control(&sandbox, "POST", "/faults", Some(rule)).await.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn typed_methods_refuse_what_the_control_plane_refuses() {
    let sandbox = sandbox().await;
    let field = |result: Result<u64, Error>| match result.unwrap_err() {
        Error::Invalid { field, .. } => field,
        other => panic!("{other}"),
    };
    let html = || FaultRule::new("pagamio", Fault::Html);
    assert_eq!(field(sandbox.add_fault(html().operation("buy"))), "operation");
    assert_eq!(field(sandbox.add_fault(FaultRule::new("nobody", Fault::Html))), "provider");
    let status = StatusFault::new(99, pay_sandbox::Acting::After);
    assert_eq!(field(sandbox.add_fault(FaultRule::new("pagamio", status))), "fault.code");
    let random = FaultRule::random("pagamio", RandomFaults::new(1, 101));
    assert_eq!(field(sandbox.add_fault(random)), "random.percent");
    assert!(sandbox.set_modes("pagamio", &[("reads", "post"), ("ids", "x")]).is_err());
    let reads = sandbox.modes().into_iter().find(|mode| mode.name == "reads").unwrap();
    assert_eq!(reads.value, "get", "all or none");
}

#[tokio::test]
async fn modes_say_what_is_documented_and_what_is_assumed() {
    let sandbox = Sandbox::start().await.unwrap();
    let shown = control(&sandbox, "GET", "/modes", None).await.json();
    let typed = sandbox.modes();
    assert_eq!(shown.as_object().unwrap().values().map(|it| it.as_object().unwrap().len()).sum::<usize>(), typed.len());
    for mode in &typed {
        let shown = &shown[mode.provider];
        assert_eq!(shown[mode.name]["value"], mode.value);
        assert_eq!(shown[mode.name]["allowed"].as_array().unwrap().len(), mode.allowed.len());
        assert_eq!(mode.value, mode.allowed[0].value);
    }
    let evidence = |name: &str| {
        let mode = typed.iter().find(|mode| mode.provider == "pagamio" && mode.name == name).unwrap();
        mode.allowed.iter().map(|value| value.evidence).collect::<Vec<_>>()
    };
    assert_eq!(evidence("pending_answer"), [Evidence::Assumed; 3]);
    assert_eq!(evidence("receipt_amount"), [Evidence::Documented; 2]);
    let changed = json!({ "pagamio": { "reads": "post", "ids": "numbers" } });
    let answer = control(&sandbox, "POST", "/modes", Some(changed)).await.json();
    assert_eq!(
        (&answer["pagamio"]["reads"]["value"], &answer["pagamio"]["ids"]["value"]),
        (&json!("post"), &json!("numbers"))
    );
}

#[tokio::test]
async fn the_float_is_set_and_the_ledger_shows_it() {
    let sandbox = sandbox().await;
    let body = json!({ "account": "SBXM02", "amount": "123.45" });
    let answer = control(&sandbox, "POST", "/pagamio/float", Some(body)).await;
    assert_eq!(answer.json(), json!({ "account": "SBXM02", "float_cents": 12345 }));
    assert_eq!(sandbox.pagamio().float_cents("SBXM02"), Some(12345));
    let client = merchant(&sandbox).await;
    client.purchase(&client.airtime("r-1")).await;
    let ledger = control(&sandbox, "GET", "/ledger", None).await.json();
    assert_eq!(ledger["violations"], json!([]));
    let pagamio = &ledger["providers"]["pagamio"];
    let poor = pagamio["accounts"].as_array().unwrap().iter().find(|it| it["account"] == "SBXM02").unwrap();
    assert_eq!(poor["float_cents"], 12345);
    let id = sandbox.ledger().sale("r-1").unwrap().transaction_id.clone();
    let expected = json!([{
        "reference": "r-1", "transaction_id": id, "merchant": "SBXM01", "product_code": "AIR-VOD-001",
        "amount_cents": 1000, "state": "COMPLETED", "charges": 1, "attempts": 1, "answered": 1,
    }]);
    assert_eq!(pagamio["sales"], expected);
}

#[tokio::test]
async fn reset_forgets_everything() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    client.purchase(&client.airtime("r-1")).await;
    sandbox.add_fault(FaultRule::new("pagamio", Fault::Html)).unwrap();
    sandbox.pagamio().set_mode("reads", "post").unwrap();
    sandbox.clock().advance(Duration::from_secs(5));
    assert_eq!(control(&sandbox, "POST", "/reset", None).await.status, 200);
    assert_eq!((sandbox.ledger().sales().count(), sandbox.requests().len(), sandbox.faults().len()), (0, 0, 0));
    assert_eq!(sandbox.clock().offset(), Duration::ZERO);
    assert_eq!(sandbox.pagamio().float_cents("SBXM01"), Some(100_000_000));
    assert!(sandbox.modes().iter().all(|mode| mode.value == mode.default));
    assert_eq!(client.get("/products/categories").await.status, 401, "tokens too");
}

#[tokio::test]
async fn the_request_log_tells_what_happened_and_no_secret() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let bought = client.purchase(&client.electricity("00001100000", "r-1")).await;
    client.purchase(&client.airtime("r-2")).await;
    client.purchase(&client.order("VCH-STM-001", "100", "", "r-3")).await;
    client.get("/lookup/+27821234567").await;
    client.get("/lookups/brands?mobile=0821234567").await;
    let log = control(&sandbox, "GET", "/requests", None).await;
    let typed = sandbox.requests();
    assert_eq!(log.json().as_array().unwrap().len(), typed.len());
    assert_eq!(typed[1].path, "/purchase");
    assert_eq!((typed[1].status, typed[1].reference.as_deref()), (Some(200), Some("r-1")));
    assert_eq!(typed[1].assumed, ["which meter gives a free token"]);
    assert!(typed[1].fields.contains(&"meterNumber".to_owned()));
    assert_eq!((typed[4].operation, typed[4].path.as_str()), (None, "/api/v1/lookup/+[digits]"));
    let shown = format!("{}{typed:?}{:?}", log.text, sandbox.ledger());
    let receipt = &bought.json()["receipt"];
    for secret in [
        client.account.password(),
        &client.token,
        "821234567",
        "00001100000",
        receipt["tokens"][0]["token"].as_str().unwrap(),
        receipt["tokens"][1]["token"].as_str().unwrap(),
    ] {
        assert!(!shown.contains(secret), "{secret} is in the log");
    }
    let handles = format!("{sandbox:?}{:?}{:?}", sandbox.pagamio(), client.account);
    assert!(!handles.contains("password"), "{handles}");
}

#[tokio::test]
async fn secrets_are_found_wherever_they_leaked_and_never_told() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let answer = client.purchase(&client.electricity("000001020001", "light")).await;
    let token = answer.json()["receipt"]["tokens"][0]["token"].as_str().unwrap().to_owned();
    let voucher = client.purchase(&client.order("VCH-STM-001", "100", "", "game")).await;
    let pin = voucher.json()["receipt"]["voucher"]["pin"].as_str().unwrap().to_owned();
    let log = format!("GET /products Bearer {} password={} [{token}] ", client.token, client.account.password());
    let found = sandbox.leaks(&log);
    assert_eq!(found, ["the password of sandbox-merchant", "an access token", "a token or PIN of sale light"]);
    let found = control(&sandbox, "POST", "/leaks", Some(json!({ "text": format!("pin {pin}") }))).await;
    assert_eq!(found.json(), json!({ "leaks": ["a token or PIN of sale game"] }));
    assert!(sandbox.leaks("a log with light and game, SBXM01 and +27821234567").is_empty());
    let shown = serde_json::to_string(&sandbox.requests()).unwrap() + &format!("{:?}", sandbox.ledger());
    assert!(sandbox.leaks(&shown).is_empty(), "the sandbox's own log and ledger");
    let wrong = control(&sandbox, "POST", "/leaks", Some(json!({ "txt": "" }))).await;
    assert_eq!((wrong.status, &wrong.json()["field"]), (400, &json!("text")));
}

#[tokio::test]
async fn the_request_log_names_what_breaks_the_schema_and_no_value() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let order = client.airtime("r-1");
    for (body, code, place) in [
        (order.replace("10.00", "\"10.00\""), "1004", "body /amount: type"),
        (order.replace("\"paymentMethod\"", "\"payment\""), "1001", "body: paymentMethod missing"),
        (order.replace("{}", r#"{"0821234567":["secret"]}"#), "1008", "body /additionalInfo/[digits]: oneOf"),
        (order.replace("\"+27821234567\"", "27821234567"), "1005", "body /mobileNumber: type"),
    ] {
        let answer = client.purchase(&body).await;
        assert_eq!((answer.status, answer.code().as_str()), (200, code), "{place}");
        let record = sandbox.requests().pop().unwrap();
        assert_eq!(record.violation.as_deref(), Some(place));
    }
    client.purchase(&order).await;
    assert_eq!(sandbox.requests().pop().unwrap().violation, None);
    let log = control(&sandbox, "GET", "/requests", None).await.text;
    assert!(!log.contains("secret") && !log.contains("082123") && !log.contains("2782123"), "{log}");
}

#[tokio::test]
async fn a_body_beyond_one_mebibyte_is_refused() {
    let sandbox = sandbox().await;
    let client = merchant(&sandbox).await;
    let answer = client.purchase(&"x".repeat((1 << 20) + 1)).await;
    assert_eq!(answer.status, 413);
}
