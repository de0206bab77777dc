//! Requests held against the provider's own document by a JSON-Schema library.

mod value;

pub(crate) use value::readable;

use crate::request_log::masked;
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::OnceLock;

/// A provider's document, with the schemas of its requests. Each is compiled when it is first needed.
pub(crate) struct Schemas {
    document: Value,
    operations: HashMap<String, Operation>,
}

#[derive(Default)]
struct Operation {
    body: Value,
    /// The query parameters as the members of one object.
    query: Value,
    compiled_body: OnceLock<Option<Validator>>,
    compiled_query: OnceLock<Option<Validator>>,
}

/// Which part of a request is held against its schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Body,
    Query,
}

/// What does not fit, by names only: values never leave the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// These members are required and not there.
    Missing(Vec<String>),
    /// Something in this member is not as it should be; empty: something about the whole.
    Wrong(String),
}

/// A request that does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) flaw: Flaw,
    /// For the log: part, place and keyword.
    pub(crate) place: String,
}

/// What does not fit, by names only: values never leave the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SchemaError {
    /// A JSON pointer to what is wrong, or to what lacks something.
    pub(crate) pointer: String,
    /// The keyword that it breaks.
    pub(crate) keyword: String,
    /// The member that is not there.
    pub(crate) missing: Option<String>,
    /// The values that would be right, of an `enum`.
    pub(crate) allowed: Vec<String>,
}

impl SchemaError {
    fn of(error: &ValidationError<'_>) -> Self {
        let texts = |options: &Value| -> Vec<String> {
            let options = options.as_array().into_iter().flatten();
            options.map(|it| it.as_str().map_or_else(|| it.to_string(), str::to_owned)).collect()
        };
        let (missing, allowed) = match error.kind() {
            ValidationErrorKind::Required { property } => (property.as_str().map(str::to_owned), Vec::new()),
            ValidationErrorKind::Enum { options } => (None, texts(options)),
            _ => (None, Vec::new()),
        };
        let (pointer, keyword) = (error.instance_path().as_str().to_owned(), error.kind().keyword().to_owned());
        Self { pointer, keyword, missing, allowed }
    }
}

impl Schemas {
    /// Reads a document, which `cargo xtask codegen` has written as JSON.
    pub(crate) fn new(document: &str) -> Self {
        // A document that cannot be read has no operations, so every request of its is refused.
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
        let operations = paths.filter_map(Value::as_object).flat_map(Map::values).filter_map(|operation| {
            let name = operation["operationId"].as_str()?.to_owned();
            let body = match operation.get("x-pay-seal") {
                // What is inside of the envelope: whoever asks has opened it.
                Some(inside) => json!({ "$ref": inside }),
                None => body_schema(operation),
            };
            Some((name, Operation { body, query: query_schema(operation), ..Operation::default() }))
        });
        let operations = operations.collect();
        Self { document, operations }
    }

    /// Holds a value against the schema of an operation.
    pub(crate) fn check(&self, operation: &str, part: Part, value: &Value) -> Result<(), Violation> {
        let Some(validator) = self.validator(operation, part) else {
            // Refusing is the safe side; a test compiles the schema of every operation.
            return Err(Violation::wrong(part, "", "schema"));
        };
        let errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
        let missing: Vec<String> = errors.iter().filter_map(missing).collect();
        if !missing.is_empty() {
            return Err(Violation::missing(part, missing));
        }
        match errors.first() {
            Some(error) => Err(Violation::wrong(part, error.instance_path().as_str(), error.kind().keyword())),
            None => Ok(()),
        }
    }

    /// Everything that does not fit, in the words of the schema: for providers whose errors speak them.
    pub(crate) fn errors(&self, operation: &str, part: Part, value: &Value) -> Vec<SchemaError> {
        match self.validator(operation, part) {
            Some(validator) => validator.iter_errors(value).map(|error| SchemaError::of(&error)).collect(),
            None => vec![SchemaError { keyword: "schema".to_owned(), ..SchemaError::default() }],
        }
    }

    /// Whether the schema of an operation's body names this member.
    pub(crate) fn lists(&self, operation: &str, member: &str) -> bool {
        let body = self.operations.get(operation).map(|operation| self.resolved(&operation.body));
        body.is_some_and(|schema| schema["properties"].get(member).is_some())
    }

    /// A query parameter as the value that its schema speaks of: `1` is a number where it asks for one.
    pub(crate) fn parameter(&self, operation: &str, name: &str, text: &str) -> Value {
        let schema = self.operations.get(operation).map(|operation| &operation.query["properties"][name]);
        let is_text = schema.is_none_or(|schema| {
            let kind = &self.resolved(schema)["type"];
            kind.is_null() || kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&json!("string")))
        });
        let scalar =
            (!is_text).then(|| readable(text)).flatten().filter(|value| value.is_number() || value.is_boolean());
        scalar.unwrap_or_else(|| text.into())
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        target.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(schema)
    }

    fn validator(&self, operation: &str, part: Part) -> Option<&Validator> {
        let operation = self.operations.get(operation)?;
        let (cell, schema) = match part {
            Part::Body => (&operation.compiled_body, &operation.body),
            Part::Query => (&operation.compiled_query, &operation.query),
        };
        cell.get_or_init(|| self.compile(schema)).as_ref()
    }

    /// Compiles a schema that refers to the document's components.
    fn compile(&self, schema: &Value) -> Option<Validator> {
        let mut root = schema.as_object()?.clone();
        root.insert("components".to_owned(), self.document["components"].clone());
        jsonschema::options().with_draft(Draft::Draft202012).build(&Value::Object(root)).ok()
    }
}

fn body_schema(operation: &Value) -> Value {
    // One media type: JSON, or a vendor's.
    let content = operation["requestBody"]["content"].as_object();
    match content.and_then(|content| content.values().next()).map(|media| &media["schema"]) {
        None | Some(Value::Null) => json!({}),
        Some(schema) => schema.clone(),
    }
}

fn query_schema(operation: &Value) -> Value {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
        let name = parameter["name"].as_str().unwrap_or_default();
        properties.insert(name.to_owned(), parameter["schema"].clone());
        if parameter["required"] == true {
            required.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// The member of the whole that is not there.
fn missing(error: &ValidationError<'_>) -> Option<String> {
    match error.kind() {
        ValidationErrorKind::Required { property } if error.instance_path().as_str().is_empty() => {
            property.as_str().map(str::to_owned)
        }
        _ => None,
    }
}

impl Violation {
    fn missing(part: Part, names: Vec<String>) -> Self {
        Self { place: format!("{}: {} missing", part.name(), names.join(", ")), flaw: Flaw::Missing(names) }
    }

    /// A member of the body whose text is no value that could be read.
    pub(crate) fn unreadable(member: &str) -> Self {
        let pointer = format!("/{}", member.replace('~', "~0").replace('/', "~1"));
        Self::wrong(Part::Body, &pointer, "value")
    }

    /// `pointer` is a JSON pointer to what is wrong, `why` the keyword that it breaks.
    fn wrong(part: Part, pointer: &str, why: &str) -> Self {
        let member = pointer.split('/').nth(1).unwrap_or_default();
        let member = member.replace("~1", "/").replace("~0", "~");
        Self { place: format!("{} {}: {why}", part.name(), masked(pointer)), flaw: Flaw::Wrong(member) }
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Query => "query",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r##"{ "paths": { "/sell": { "post": {
        "operationId": "sell",
        "parameters": [
            { "name": "page", "in": "query", "required": true, "schema": { "$ref": "#/components/schemas/Page" } },
            { "name": "word", "in": "query", "schema": { "type": "string" } },
            { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } } ],
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Sale" } } } } },
      "get": { "operationId": "list" } },
      "/seal": { "post": { "operationId": "seal", "x-pay-seal": "#/components/schemas/Sale",
        "requestBody": { "content": { "application/json": { "schema": { "type": "string" } } } } } } },
      "components": { "schemas": {
        "Page": { "type": "integer", "minimum": 0 },
        "Sale": { "type": "object", "required": ["amount", "who"], "properties": {
          "amount": { "type": "number" }, "who": { "type": "string" },
          "more": { "type": "object", "additionalProperties": { "type": "string" } } } } } } }"##;

    fn body(value: Value) -> Option<(Flaw, String)> {
        let violation = Schemas::new(DOCUMENT).check("sell", Part::Body, &value).err()?;
        Some((violation.flaw, violation.place))
    }

    #[test]
    fn bodies_are_held_against_their_schema() {
        let missing = |names: &[&str]| Flaw::Missing(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(body(json!({ "amount": 1, "who": "x", "else": [] })), None);
        assert_eq!(body(json!({ "amount": "1" })), Some((missing(&["who"]), "body: who missing".to_owned())));
        assert_eq!(body(json!({})), Some((missing(&["amount", "who"]), "body: amount, who missing".to_owned())));
        let wrong = body(json!({ "amount": "1", "who": "x" }));
        assert_eq!(wrong, Some((Flaw::Wrong("amount".to_owned()), "body /amount: type".to_owned())));
        let nested = body(json!({ "amount": 1, "who": "x", "more": { "0821234567": 1 } }));
        assert_eq!(nested, Some((Flaw::Wrong("more".to_owned()), "body /more/[digits]: type".to_owned())));
        assert_eq!(body(json!([])), Some((Flaw::Wrong(String::new()), "body : type".to_owned())));
    }

    #[test]
    fn a_sealed_body_is_held_against_what_is_inside() {
        let schemas = Schemas::new(DOCUMENT);
        assert_eq!(schemas.check("seal", Part::Body, &json!({ "amount": 1, "who": "x" })), Ok(()));
        let missing = schemas.check("seal", Part::Body, &json!({ "amount": 1 })).unwrap_err();
        assert_eq!(missing.flaw, Flaw::Missing(vec!["who".to_owned()]));
    }

    #[test]
    fn query_parameters_are_one_object() {
        let schemas = Schemas::new(DOCUMENT);
        let check = |text: &str| {
            let page = schemas.parameter("sell", "page", text);
            schemas.check("sell", Part::Query, &json!({ "page": page })).is_ok()
        };
        assert!(check("7") && !check("-7") && !check("x") && !check("1.5") && !check("null"));
        assert_eq!(schemas.parameter("sell", "word", "7"), "7");
        let none = schemas.check("sell", Part::Query, &json!({ "id": "x" }));
        assert_eq!(none.unwrap_err().flaw, Flaw::Missing(vec!["page".to_owned()]));
    }

    #[test]
    fn what_has_no_schema_takes_anything_and_what_is_unknown_nothing() {
        let schemas = Schemas::new(DOCUMENT);
        assert!(schemas.lists("sell", "who") && !schemas.lists("sell", "else") && !schemas.lists("list", "who"));
        assert!(schemas.check("list", Part::Body, &json!([1])).is_ok());
        assert!(schemas.check("buy", Part::Body, &json!({})).is_err());
        assert!(Schemas::new("no document").check("sell", Part::Body, &json!({})).is_err());
    }
}
