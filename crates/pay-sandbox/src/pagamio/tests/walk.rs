//! Walks the document: the smallest request of each endpoint is taken, and each required part of it is missed.

use super::super::accounts::SUB_MERCHANT;
use super::super::handlers::handler;
use super::*;
use crate::generated::Route;
use crate::generated::pagamio::{DOCUMENT, ROUTES};
use jsonschema::{Draft, Validator};
use serde_json::Map;

struct Walk {
    provider: PagamioProvider,
    document: Value,
}

/// One endpoint's smallest request, in its parts.
#[derive(Clone)]
struct Minimal {
    body: Option<Map<String, Value>>,
    query: Vec<(String, String)>,
}

impl Walk {
    fn new() -> Self {
        Self { provider: provider(), document: serde_json::from_str(DOCUMENT).unwrap() }
    }

    fn operation(&self, route: &Route) -> &Value {
        &self.document["paths"][route.template][route.method.to_lowercase()]
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(target) => self.document.pointer(target.strip_prefix('#').unwrap()).unwrap(),
            None => value,
        }
    }

    fn body_schema(&self, route: &Route) -> Option<&Value> {
        let body = &self.operation(route)["requestBody"];
        (!body.is_null()).then(|| self.resolved(&body["content"]["application/json"]["schema"]))
    }

    fn minimal(&self, route: &Route) -> Minimal {
        let body = self.body_schema(route).map(|schema| {
            let required = schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap());
            required.map(|name| (name.to_owned(), self.sample(route, name, &schema["properties"][name]))).collect()
        });
        let parameters = self.operation(route)["parameters"].as_array().cloned().unwrap_or_default();
        let query = parameters.iter().filter(|it| it["in"] == "query" && it["required"] == true).map(|it| {
            let name = it["name"].as_str().unwrap();
            (name.to_owned(), self.sample(route, name, &it["schema"]).as_str().unwrap().to_owned())
        });
        Minimal { body, query: query.collect() }
    }

    /// A value that the sandbox knows, of the type that the schema asks for.
    fn sample(&self, route: &Route, name: &str, schema: &Value) -> Value {
        let merchant = &ACCOUNTS[MERCHANT];
        let text = match (route.operation, name) {
            (_, "username") => merchant.username().to_owned(),
            (_, "password") => merchant.password().to_owned(),
            (_, "refreshToken") => login(&self.provider, merchant).1,
            ("lookup_bill_payment", "productCode") => "BIL-DST-001".to_owned(),
            // A voucher: the only kind of product that needs nothing beyond what every purchase needs.
            (_, "productCode") => "VCH-STM-001".to_owned(),
            (_, "accountNumber") => "81715524".to_owned(),
            (_, "channelId") => merchant.channel_id().to_owned(),
            (_, "merchantReference") => format!("ref{}", fastrand::u32(..)),
            (_, "userType") => "MERCHANT".to_owned(),
            (_, "userTypeId") => merchant.user_type_id().to_owned(),
            _ => "cash".to_owned(),
        };
        match self.resolved(schema)["type"].as_str() {
            Some("string") => text.into(),
            Some("number" | "integer") => json!(100),
            other => panic!("no sample for {name}, which is {other:?}"),
        }
    }

    fn send(&self, route: &Route, parts: &Minimal) -> Reply {
        let account = &ACCOUNTS[if route.operation == "sub_merchant_products" { SUB_MERCHANT } else { MERCHANT }];
        let path = route.template.replace("{categoryId}", "1001").replace("{name}", "brands");
        let path = path.replace("{merchantId}", account.account_id()).replace("{subMerchantId}", account.account_id());
        assert!(!path.contains('{'), "no sample for {path}");
        let mut request = Request::new(route.method, &path).token(&login(&self.provider, account).0);
        request.query.clone_from(&parts.query);
        if let Some(body) = &parts.body {
            request = request.json(&Value::Object(body.clone()));
        }
        request.send(&self.provider)
    }

    fn compiled(&self, schema: &Value) -> Validator {
        let mut root = schema.as_object().unwrap().clone();
        root.insert("components".to_owned(), self.document["components"].clone());
        jsonschema::options().with_draft(Draft::Draft202012).build(&Value::Object(root)).unwrap()
    }

    /// Refused with this code, in an envelope of the document, with the place in the log and no value in it.
    fn assert_refused(&self, reply: &Reply, code: &str, place: &str, about: &str) {
        assert!(reply.status.is_client_error() || reply.status == 200, "{about}: {reply:?}");
        let json = json_of(reply);
        let envelope = self.compiled(&json!({ "$ref": "#/components/schemas/ErrorAnswer" }));
        assert!(envelope.is_valid(&json), "{about}: {json}");
        let found = json.get("responseCode").or(json.get("errorCode")).unwrap();
        assert_eq!(found.as_str().map_or_else(|| found.to_string(), str::to_owned), code, "{about}");
        assert_eq!(reply.violation.as_deref(), Some(place), "{about}");
    }
}

fn played() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| handler(route).is_some())
}

#[test]
fn the_smallest_request_of_each_endpoint_is_taken_and_answered_as_documented() {
    let walk = Walk::new();
    for route in played() {
        let reply = walk.send(route, &walk.minimal(route));
        assert_eq!((reply.status.as_u16(), &reply.violation), (200, &None), "{route:?}: {reply:?}");
        let answer = walk.resolved(&walk.operation(route)["responses"]["200"]);
        let schema = walk.compiled(&answer["content"]["application/json"]["schema"]);
        let json = json_of(&reply);
        let errors: Vec<String> = schema.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{route:?}: {json}");
        assert_ne!(json["successful"], false, "{route:?}: {json}");
    }
    assert_eq!(walk.provider.ledger().sales.len(), 1);
}

#[test]
fn each_required_part_left_out_or_emptied_is_refused() {
    let walk = Walk::new();
    let mut tried = 0;
    for route in played() {
        let minimal = walk.minimal(route);
        for name in minimal.body.iter().flat_map(Map::keys) {
            let place = format!("body: {name} missing");
            for empty in [None, Some(Value::Null), Some(json!(""))] {
                let mut parts = minimal.clone();
                let body = parts.body.as_mut().unwrap();
                body.remove(name);
                body.extend(empty.map(|empty| (name.clone(), empty)));
                walk.assert_refused(&walk.send(route, &parts), "1001", &place, &format!("{route:?} without {name}"));
                tried += 1;
            }
        }
        for (index, (name, _)) in minimal.query.iter().enumerate() {
            let mut parts = minimal.clone();
            parts.query.remove(index);
            let place = format!("query: {name} missing");
            walk.assert_refused(&walk.send(route, &parts), "1001", &place, &format!("{route:?} without {name}"));
            tried += 1;
        }
    }
    // Two of the log-in, one of the refresh, two of the bill, five of the purchase, each in three ways; two of the query.
    assert_eq!(tried, 3 * 10 + 2);
    assert_eq!(walk.provider.ledger().sales.len(), 0);
}

#[test]
fn each_member_of_a_wrong_type_is_refused() {
    let walk = Walk::new();
    let mut tried = 0;
    for route in played() {
        let Some(schema) = walk.body_schema(route) else { continue };
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let mut parts = walk.minimal(route);
            let wrong = if schema["type"] == "string" { json!(4_000_004) } else { json!("wrong-value") };
            parts.body.as_mut().unwrap().insert(name.clone(), wrong);
            let code = match name.as_str() {
                "amount" => "1004",
                "mobileNumber" => "1005",
                _ => "1008",
            };
            let place = format!("body /{name}: type");
            walk.assert_refused(&walk.send(route, &parts), code, &place, &format!("{route:?} with a wrong {name}"));
            tried += 1;
        }
    }
    assert!(tried >= 13, "{tried}");
    assert_eq!(walk.provider.ledger().sales.len(), 0);
}

#[test]
fn each_typed_parameter_of_a_wrong_type_is_refused() {
    let walk = Walk::new();
    let route = ROUTES.iter().find(|route| route.operation == "transactions").unwrap();
    for (name, value, why) in [
        ("page", "x", "type"),
        ("page", "-1", "minimum"),
        ("size", "1.5", "type"),
        ("status", "COMPLETED", "type"),
        ("exportAll", "perhaps", "type"),
    ] {
        let mut parts = walk.minimal(route);
        parts.query.push((name.to_owned(), value.to_owned()));
        let place = format!("query /{name}: {why}");
        walk.assert_refused(&walk.send(route, &parts), "1008", &place, &format!("{name}={value}"));
    }
}
