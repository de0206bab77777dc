//! Contradictions of the documents that show at many places at once: each mode shows at every one of them.

use super::*;
use crate::generated::pagamio::ROUTES;

#[test]
fn reads_take_the_one_method_of_their_mode() {
    let provider = provider();
    let token = merchant(&provider);
    for (mode, taken, refused) in [("get", "GET", "POST"), ("post", "POST", "GET")] {
        provider.set_modes(&[("reads", mode)]).unwrap();
        let mut reads = 0;
        for route in ROUTES.iter().filter(|route| route.method == "GET") {
            let path = route.template.replace("{categoryId}", "1001").replace("{name}", "brands");
            let status = |method| Request::new(method, &path).token(&token).send(&provider).status.as_u16();
            assert_eq!((status(taken) == 405, status(refused)), (false, 405), "{route:?} in mode {mode}");
            reads += 1;
        }
        assert_eq!(reads, 6);
    }
}

#[test]
fn token_answers_have_every_shape() {
    let provider = provider();
    let account = &ACCOUNTS[MERCHANT];
    let body = json!({ "username": account.username(), "password": account.password() });
    for (shape, name) in [("data_token", "token"), ("access_token", "accessToken")] {
        for refresh in ["on", "off"] {
            for expiry in ["present", "absent"] {
                let modes = [("token_shape", shape), ("refresh_token", refresh), ("expires_in", expiry)];
                provider.set_modes(&modes).unwrap();
                let answer = json_of(&Request::new("POST", "/auth/token").json(&body).send(&provider));
                let pair = if shape == "data_token" { &answer["data"] } else { &answer };
                assert_eq!(answer["successful"].is_boolean(), shape == "data_token", "{modes:?}");
                let mut wanted = vec![name];
                wanted.extend((refresh == "on").then_some("refreshToken"));
                wanted.extend((expiry == "present").then_some("expiresIn"));
                wanted.sort_unstable();
                assert_eq!(pair.as_object().unwrap().keys().collect::<Vec<_>>(), wanted, "{modes:?}");
            }
        }
    }
}

/// A timestamp with every digit as 9.
fn shape(value: &Value) -> String {
    let text = value.as_str().unwrap();
    text.chars().map(|letter| if letter.is_ascii_digit() { '9' } else { letter }).collect()
}

#[test]
fn timestamps_come_in_four_formats_at_every_place() {
    const NANOSECONDS: &str = "9999-99-99T99:99:99.999999999";
    const MICROSECONDS: &str = "9999-99-99T99:99:99.999999";
    const SLASHED: &str = "99/99/9999 99:99:99 +99:99";
    let provider = provider();
    let token = merchant(&provider);
    let account = &ACCOUNTS[MERCHANT];
    for (mode, purchase, record, lookup, envelope) in [
        ("as_documented", NANOSECONDS, MICROSECONDS, SLASHED, NANOSECONDS),
        ("nanoseconds", NANOSECONDS, NANOSECONDS, NANOSECONDS, NANOSECONDS),
        ("microseconds", MICROSECONDS, MICROSECONDS, MICROSECONDS, MICROSECONDS),
        (
            "milliseconds_z",
            "9999-99-99T99:99:99.999Z",
            "9999-99-99T99:99:99.999Z",
            "9999-99-99T99:99:99.999Z",
            "9999-99-99T99:99:99.999Z",
        ),
        ("slashed", SLASHED, SLASHED, SLASHED, SLASHED),
    ] {
        provider.set_modes(&[("timestamps", mode)]).unwrap();
        let post =
            |path: &str, body: Value| json_of(&Request::new("POST", path).token(&token).json(&body).send(&provider));
        let order = json!({ "productCode": "VCH-STM-001", "amount": 50, "paymentMethod": "cash",
            "channelId": account.channel_id(), "merchantReference": mode });
        assert_eq!(shape(&post("/purchase", order)["responseDateTime"]), purchase, "{mode}");
        let bill = |number: &str| {
            post("/lookup/bill-payment", json!({ "accountNumber": number, "productCode": "BIL-DST-001" }))
        };
        assert_eq!(shape(&bill("81715524")["lookUpReceipt"]["transactionDate"]), lookup, "{mode}");
        assert_eq!(shape(&bill("1")["timestamp"]), envelope, "{mode}");
        let history = Request::new("POST", "/transactions").token(&token).query("userType", "MERCHANT");
        let history = json_of(&history.query("userTypeId", account.user_type_id()).send(&provider));
        assert_eq!(shape(&history["content"][0]["responseDate"]), record, "{mode}");
    }
}

#[test]
fn ids_are_numbers_or_texts_in_every_list() {
    let provider = provider();
    let token = merchant(&provider);
    let own = format!("/merchants/{}/products", ACCOUNTS[MERCHANT].account_id());
    let places = [("/products/category/1001", 2), (own.as_str(), 2), ("/lookups/brands", 1), ("/lookups/providers", 1)];
    for mode in ["as_documented", "numbers", "strings"] {
        provider.set_modes(&[("ids", mode)]).unwrap();
        for (path, count) in places {
            let list = json_of(&Request::new("GET", path).token(&token).send(&provider));
            for name in ["id", "brandId"].iter().take(count) {
                let id = &list[0][name];
                let number = match mode {
                    "as_documented" => path != own && path != "/lookups/providers",
                    mode => mode == "numbers",
                };
                assert_eq!((id.is_number(), id.is_string()), (number, !number), "{path} {name} in mode {mode}");
            }
        }
    }
}
