//! Every rule that a document can break: file, line, what is wrong, and what to do.

use super::{changed, read};

/// Breaks the document at `from`; the problem must stand on the last line with `at`, say `says`, and tell `hint`.
#[track_caller]
fn refused(from: &str, to: &str, at: &str, says: &str, hint: &str) {
    let text = changed(from, to);
    let last = text.lines().collect::<Vec<_>>().iter().rposition(|line| line.contains(at));
    let line = 1 + last.unwrap_or_else(|| panic!("{at:?} is nowhere"));
    let problems = read(&text).unwrap_err();
    let place = format!("crates/acme/openapi.yaml:{line}: ");
    let found = problems.split("crates/").map(|problem| format!("crates/{problem}"));
    let found: Vec<String> = found.filter(|problem| problem.contains(says)).collect();
    let [problem] = found.as_slice() else { panic!("{} problems say {says:?}:\n{problems}", found.len()) };
    assert!(problem.starts_with(&place), "not at {place}\n{problem}");
    let (_, told) = problem.split_once("\n  hint: ").unwrap_or_else(|| panic!("no hint: {problem}"));
    assert!(told.contains(hint), "{problem}");
}

#[test]
fn unknown_keys_everywhere() {
    let hint = "docs/spec.md lists the keys";
    refused("summary: Sells.", "sumary: Sells.", "sumary", "unknown field `sumary`", hint);
    refused("reference: {type: string}", "reference: {typ: string}", "typ:", "unknown field `typ`", hint);
    refused("info: {title", "info: {x-logo: a, title", "x-logo", "unknown field `x-logo`", hint);
    refused("x-pay-private: personal", "x-pay-privat: personal", "x-pay-privat:", "unknown field `x-pay-privat`", hint);
    refused(
        "{type: string}\n      x-pay-extra",
        "{tpye: string}\n      x-pay-extra",
        "tpye",
        "unknown field `tpye`",
        hint,
    );
    refused("currency: ZAR", "curency: ZAR", "curency", "unknown field `curency`", hint);
}

#[test]
fn unknown_values_of_extensions() {
    let hint = "docs/spec.md lists the keys and values";
    refused("x-pay-repeat: safe", "x-pay-repeat: twice", "twice", "unknown variant `twice`", hint);
    refused("{sdk: the", "{heard: the", "heard", "unknown variant `heard`", hint);
    refused("x-pay-private: personal", "x-pay-private: very", "very", "unknown variant `very`", hint);
    refused("x-pay-read: id", "x-pay-read: guess", "guess", "unknown variant `guess`", hint);
    refused("x-pay-money: number", "x-pay-money: coins", "coins", "unknown variant `coins`", hint);
    refused("as: number", "as: coins", "coins", "unknown variant `coins`", hint);
    refused("kind: refused", "kind: odd", "kind: odd", "unknown variant `odd`", hint);
    refused("in: query", "in: header", "in: header", "unknown variant `header`", hint);
}

#[test]
fn yaml_itself() {
    refused("enum: [OPEN, DONE]", "enum: [OPEN, DONE", "x-pay-values", "illegal placement", "subset of docs/spec.md");
    refused("summary: Sells.", "summary: Sells.\n      summary: Again.", "Again", "duplicate mapping key", "only once");
    refused("      summary: Lists.\n", "", "      responses:", "missing field `summary`", "add the key");
    refused("openapi: 3.1.0", "openapi: 3.0.3", "3.0.3", "openapi 3.0.3 is not read", "3.1.0");
}

#[test]
fn references() {
    let hint = "#/components/schemas/Name";
    let from = "#/components/schemas/State";
    refused(from, "#/components/schemas/Stat", "Stat\"", "`#/components/schemas/Stat` is not in this document", hint);
    refused(from, "other.yaml#/State", "other.yaml", "`other.yaml#/State` is not in this document", hint);
    let from = "#/components/responses/Sales";
    refused(from, "#/components/responses/Sale", "responses/Sale\"", "is not in this document", "responses/Name");
}

#[test]
fn evidence() {
    let hint = "add `x-pay-evidence: {documented: <page>}`";
    refused(
        "      x-pay-evidence: {sdk: the provider's own client}\n",
        "",
        "list_sales",
        "`list_sales` has no evidence",
        hint,
    );
    refused("{documented: /sell}", "{documented: ' '}", "' '", "`documented` without a source", "name the page");
}

#[test]
fn operations() {
    refused(
        "operationId: list_sales",
        "operationId: sell",
        "operationId: sell",
        "two operations are called `sell`",
        "its own",
    );
    refused("operationId: list_sales", "operationId: listSales", "listSales", "cannot name an operation", "snake_case");
    refused("      x-pay-repeat: safe\n", "", "list_sales", "whether it may be sent twice", "add `x-pay-repeat: safe`");
    refused("tags: [sales]", "tags: [sale]", "tags: [sale]", "the tag `sale` is not declared", "`tags` at the top");
    refused(
        "\"200\":\n          desc",
        "\"400\":\n          desc",
        "operationId: sell",
        "no answer that is a success",
        "\"200\"",
    );
    refused(
        "keyed: reference",
        "keyed: refrence",
        "refrence",
        "`refrence` is no text member of the body",
        "de-duplicates on",
    );
    refused(
        "x-pay-repeat: safe",
        "x-pay-repeat: safe\n      x-pay-auth: none",
        "x-pay-auth",
        "contradict each other",
        "security: []",
    );
    refused(
        "x-pay-repeat: safe",
        "x-pay-repeat: safe\n      x-pay-seal: '#/components/schemas/Cash'",
        "x-pay-seal",
        "a sealed body that is not sent",
        "`requestBody`",
    );
}

#[test]
fn a_log_in_may_name_a_credential_of_its_own() {
    let with = |scheme: &str| {
        let own = format!("x-pay-repeat: safe\n      security: [{{{scheme}: []}}]\n      x-pay-auth: none");
        read(&changed("x-pay-repeat: safe", &own)).map(|_| ())
    };
    assert_eq!(with("basic"), Ok(()));
    assert!(with("bearer").unwrap_err().contains("contradict each other"));
}

#[test]
fn paths_and_parameters() {
    refused("name: saleId", "name: saleid", "operationId: sell", "`saleId` of the path", "in: path");
    refused("name: saleId", "name: saleid", "name: saleid", "`saleid` does not stand in the path", "{saleid}");
    refused("required: true, ", "", "name: saleId", "`saleId` is optional", "required: true");
    refused(
        "required: true, schema: {type: string}",
        "required: true, schema: {type: boolean}",
        "name: saleId",
        "cannot stand in a path",
        "text, integers",
    );
    refused(
        "schema: {type: boolean}",
        "schema: {type: array, items: {type: string}}",
        "name: loud",
        "cannot stand in a form or a query",
        "plain values",
    );
}

#[test]
fn bodies() {
    refused(
        "        content:\n          application/json:\n            schema: {$ref: \"#/components/schemas/SaleRequest\"}",
        "        content:\n          text/xml:\n            schema: {$ref: \"#/components/schemas/SaleRequest\"}",
        "text/xml",
        "text/xml cannot be sent",
        "JSON or a form",
    );
    refused(
        "\"200\":\n          description: Sold.\n          content:\n",
        "\"201\":\n          description: Sold.\n          content:\n            text/plain: {schema: {type: string}}\n",
        "\"201\":",
        "exactly one media type",
        "keep the one",
    );
    refused(
        "requestBody:\n        content:\n          application/json:\n            schema: {$ref: \"#/components/schemas/SaleRequest\"}",
        "requestBody:\n        content:\n          application/x-www-form-urlencoded:\n            schema: {type: string}",
        "urlencoded",
        "a form without named fields",
        "refer to an object",
    );
}

#[test]
fn types() {
    refused(
        "amount: {type: number, x-pay-money: {as: number, currency: ZAR}}",
        "amount: {type: number}",
        "amount: {",
        "a number that does not say what it is",
        "x-pay-money",
    );
    refused(
        "{as: number, currency: ZAR}",
        "{as: text, currency: ZAR}",
        "as: text",
        "does not fit the type",
        "`text` for strings",
    );
    refused("currency: ZAR", "currency: money", "currency: money", "neither a currency code nor a member", "`ZAR`");
    refused("x-pay-read: id", "x-pay-read: lenient, x-pay-name: a b", "a b", "cannot name a Rust field", "x-pay-name");
    refused(
        "[integer, string], x-pay-read: id",
        "[integer, string]",
        "[integer, string]",
        "more than one type: integer, string",
        "x-pay-read",
    );
    refused(
        "type: [integer, string], x-pay-read: id",
        "type: string, x-pay-read: id",
        "x-pay-read: id",
        "a number here and a string there",
        "[integer, string]",
    );
    refused(
        "note: {type: string, ",
        "note: {type: text, ",
        "type: text",
        "the type `text` does not exist",
        "docs/spec.md",
    );
    refused(
        "note: {type: string, ",
        "type: {type: string, ",
        "type: {type",
        "`type` cannot name a Rust field",
        "x-pay-name",
    );
    refused(
        "note: {type: string, ",
        "a-mount: {type: string, x-pay-name: amount, ",
        "a-mount",
        "`a-mount` is there twice",
        "tell them apart",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {properties: {a: {type: string}}}",
        "note: {",
        "a type without a name",
        "components.schemas",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {type: array}",
        "note: {",
        "a list of nothing",
        "`items`",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {type: array, items: {}}",
        "note: {",
        "a list of unknown values",
        "items a type",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {}",
        "note: {}",
        "`note` is sent, and nobody can say how",
        "give what is sent a type",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {type: array, items: {type: number, x-pay-money: number}}",
        "note: {",
        "a list of amounts that are sent as numbers",
        "object of its own",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {type: array, items: {type: string, x-pay-private: secret}}",
        "note: {",
        "a list of secrets",
        "members of an object",
    );
    refused(
        "note: {type: string, x-pay-private: personal}",
        "note: {type: boolean, default: true}",
        "default",
        "only text has a default",
        "leave `default` out",
    );
    refused(
        "required: [reference, amount]",
        "required: [reference, amout]",
        "amout",
        "`amout` is required and not a property",
        "add the property",
    );
    refused("after: amount", "after: amout", "amout", "`amout` is not a property", "before the free members");
    refused(
        "      additionalProperties: {type: string}\n",
        "",
        "x-pay-extra",
        "without a type for the free members",
        "additionalProperties",
    );
}

#[test]
fn schemas() {
    refused(
        "    Cash:\n      type",
        "    Spare: {type: string}\n    Cash:\n      type",
        "Spare",
        "`Spare` is used by no operation",
        "delete it",
    );
    refused(
        "given: {type: number, x-pay-money: number}",
        "given: {$ref: \"#/components/schemas/Paid\"}",
        "    Cash:",
        "`Cash` holds itself",
        "untyped",
    );
    refused(
        "    SaleRequest:\n",
        "    saleRequest:\n",
        "    saleRequest:",
        "`saleRequest` cannot name a Rust type",
        "PurchaseRequest",
    );
    refused(
        "    Cash:\n      type",
        "    Amount: {type: string}\n    Cash:\n      type",
        "Amount:",
        "means something else",
        "another name",
    );
}

#[test]
fn unions_and_enums() {
    refused(
        "{type: string, title: Word}",
        "{type: string}",
        "    Paid:",
        "a shape of a union without a name",
        "`title`",
    );
    refused("title: Word", "title: Cash", "title: Cash}", "two shapes of a union are called `Cash`", "`title`");
    refused("{type: string, title: Word}", "{title: Word}", "    Paid:", "a shape that takes anything", "last");
    refused(
        "enum: [OPEN, DONE]",
        "enum: [OPEN, DONE, LOST]",
        "LOST",
        "`enum` lists OPEN, DONE, LOST",
        "what each value means",
    );
    refused(
        "      enum: [OPEN, DONE]\n      x-pay-values:\n",
        "      x-pay-read: anycase\n      x-pay-values:\n        done: {name: Late, description: Late.}\n",
        "DONE: {desc",
        "`DONE` differs from another value in its case alone",
        "leave `x-pay-read: anycase` out",
    );
    refused(
        "id: {type: [integer, string], x-pay-read: id}",
        "id: {type: string, x-pay-read: anycase}",
        "anycase",
        "`x-pay-read: anycase` is for enums",
        "beside `x-pay-values`",
    );
    refused(
        "given: {type: number, x-pay-money: number}",
        "given: {type: boolean, x-pay-money: declared}",
        "declared",
        "`x-pay-money` does not fit the type",
        "`declared` are for numbers",
    );
    refused("DONE: {desc", "1st: {desc", "1st", "`1st` cannot name a value", "`InFlight`");
    refused("DONE: {desc", "UNKNOWN: {desc", "UNKNOWN: {", "`Unknown` cannot name a value", "no document lists");
    refused("group: final", "group: is it", "is it", "a group that names no method", "snake_case");
    refused("DONE: {desc", "DONE: {name: Open, desc", "name: Open", "two values are called `Open`", "tell them apart");
}

#[test]
fn codes() {
    refused("outcome: refused, ", "", "name: Broke", "what happened to the money", "not_done");
    refused(
        "kind: success, ",
        "kind: success, outcome: refused, ",
        "name: Done",
        "a success with an outcome",
        "leave `outcome` out",
    );
    refused("name: Broke", "name: Done", "No money", "two values are called `Done`", "tell them apart");
}

#[test]
fn card_data_is_never_prepared() {
    let text = changed("x-pay-private: personal", "x-pay-private: card")
        .replace("security:\n", "x-pay-call: generated\nsecurity:\n");
    let problems = read(&text).unwrap_err();
    assert!(problems.contains("`sell` sends card data") && problems.contains("x-pay-call: hand"), "{problems}");
}

#[test]
fn what_is_read_by_hand_has_no_type_and_no_user() {
    let hand = |text: &str| {
        text.replace("    Sale:\n      type: object\n", "    Sale:\n      type: object\n      x-pay-read: hand\n")
    };
    let spec = read(&hand(super::SMALL)).unwrap();
    let names: Vec<_> = spec.api.types.iter().map(|named| named.name.as_str()).collect();
    assert!(!names.contains(&"Sale") && names.contains(&"Paid"), "{names:?}");

    let called = hand(&super::SMALL.replace("security:\n", "x-pay-call: generated\nsecurity:\n"));
    let problems = read(&called).unwrap_err();
    assert!(problems.contains("`sell` needs a type for `Sale`, which is read by hand"), "{problems}");
    refused(
        "    Cash:\n      type: object\n",
        "    Cash:\n      type: object\n      x-pay-read: hand\n",
        "    Paid:",
        "`Paid` needs a type for `Cash`",
        "leave its `x-pay-read: hand` out",
    );
    refused("x-pay-read: id", "x-pay-read: hand", "x-pay-read: hand", "is for a schema with a name", "give it one");
}

#[test]
fn all_problems_are_told_in_the_order_of_the_lines() {
    let text = changed("x-pay-repeat: safe", "x-pay-evidenc: a");
    assert_eq!(read(&text).unwrap_err().lines().count(), 2, "what cannot be read ends at once");
    let text = changed("name: Broke", "name: Done")
        .replace("operationId: sell", "operationId: Sell")
        .replace("after: amount", "after: amout");
    let problems = read(&text).unwrap_err();
    let lines: Vec<usize> = problems
        .lines()
        .filter_map(|line| line.strip_prefix("crates/acme/openapi.yaml:")?.split(':').next()?.parse().ok())
        .collect();
    assert_eq!(lines.len(), 3, "{problems}");
    assert!(lines.is_sorted(), "{problems}");
}
