//! The generator: its rules, its files, and an endpoint that is added as an exercise.
//!
//! - `rules` breaks a small document in every way that is refused
//! - `writing` looks at what is written, and what becomes of it when its source changes or goes
//! - `exercise` adds an endpoint with nothing but the document and one golden

mod exercise;
mod rules;
mod writing;

use std::io::Write as _;

use super::emit;
use super::load::{Spec, parse};

/// A small document that keeps every rule.
const SMALL: &str = r##"openapi: 3.1.0
info: {title: Acme, version: "1"}
x-pay-evidence: {documented: https://docs.acme.example}
servers:
  - {url: https://acme.example/v1}
security:
  - bearer: []
tags:
  - {name: sales, description: Sales.}
paths:
  /sales/{saleId}:
    post:
      operationId: sell
      summary: Sells.
      tags: [sales]
      x-pay-evidence: {documented: /sell}
      x-pay-repeat: {keyed: reference}
      parameters:
        - {name: saleId, in: path, required: true, schema: {type: string}}
        - {name: loud, in: query, schema: {type: boolean}}
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/SaleRequest"}
      responses:
        "200":
          description: Sold.
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Sale"}
  /sales:
    get:
      operationId: list_sales
      summary: Lists.
      x-pay-evidence: {sdk: the provider's own client}
      x-pay-repeat: safe
      responses:
        "200": {$ref: "#/components/responses/Sales"}
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
  responses:
    Sales:
      description: All.
      content:
        application/json:
          schema: {type: array, items: {$ref: "#/components/schemas/Sale"}}
  schemas:
    SaleRequest:
      type: object
      required: [reference, amount]
      properties:
        reference: {type: string}
        amount: {type: number, x-pay-money: {as: number, currency: ZAR}}
        note: {type: string, x-pay-private: personal}
      additionalProperties: {type: string}
      x-pay-extra: {name: field, after: amount}
    Sale:
      type: object
      properties:
        id: {type: [integer, string], x-pay-read: id}
        state: {$ref: "#/components/schemas/State"}
        paid: {$ref: "#/components/schemas/Paid"}
    State:
      type: string
      enum: [OPEN, DONE]
      x-pay-values:
        OPEN: {description: Open.}
        DONE: {description: Done., group: final}
    Paid:
      oneOf:
        - {type: string, title: Word}
        - {$ref: "#/components/schemas/Cash", title: Cash}
    Cash:
      type: object
      required: [given]
      properties:
        given: {type: number, x-pay-money: number}
x-pay-errors:
  "0": {name: Done, kind: success, description: Done.}
  "1": {name: Broke, kind: refused, outcome: refused, description: No money.}
"##;

fn read(text: &str) -> Result<Spec, String> {
    parse("acme", "crates/acme/openapi.yaml", text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// Whether files can be written here: they are formatted by a program that not every toolchain has.
fn can_write() -> bool {
    if emit::format_rust("").is_ok() {
        return true;
    }
    assert!(std::env::var_os("PAY_REQUIRE_ALL").is_none_or(|value| value != "1"), "rustfmt not found");
    let line = "codegen: rustfmt not found\n";
    if let Some(file) = std::env::var_os("PAY_NOT_RUN_FILE") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(file);
        file.unwrap().write_all(line.as_bytes()).unwrap();
    }
    print!("{line}");
    false
}

/// `SMALL` with one place changed.
fn changed(from: &str, to: &str) -> String {
    assert_eq!(SMALL.matches(from).count(), 1, "{from:?} must stand there once");
    SMALL.replace(from, to)
}

#[test]
fn the_small_document_keeps_every_rule() {
    let spec = read(SMALL).unwrap();
    let names: Vec<&str> = spec.api.operations.iter().map(|operation| operation.name.as_str()).collect();
    assert_eq!(names, ["sell", "list_sales"]);
    assert_eq!(spec.api.operations[0].source.text, "https://docs.acme.example/sell");
}
