//! The subset of OpenAPI 3.1 that the specs use, as types: a key that is not here is refused.
//!
//! - `schema` is the part that describes data
//! - `extension` is what OpenAPI cannot say, the `x-pay-` keys
//! - `entries` keeps mappings in their order, with the line of every key

mod entries;
mod extension;
mod schema;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

pub(crate) use entries::{Entries, line};
pub(crate) use extension::{
    AuthAs, BuildBy, Calls, CodeKind, CodeOutcome, Counted, ErrorCode, Evidence, Extra, Limit, Media,
};
pub(crate) use extension::{Money, MoneyForm, Per, Private, ReadAs, Repeat, ValueOf};
pub(crate) use schema::{Additional, Schema};

/// The whole document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Document {
    pub(crate) openapi: Spanned<String>,
    pub(crate) info: Info,
    #[serde(default)]
    pub(crate) servers: Vec<Server>,
    #[serde(default)]
    pub(crate) tags: Vec<Tag>,
    #[serde(default)]
    pub(crate) security: Vec<Entries<Vec<String>>>,
    pub(crate) paths: Entries<PathItem>,
    #[serde(default)]
    pub(crate) components: Components,
    #[serde(rename = "externalDocs")]
    _external_docs: Option<ExternalDocs>,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
    #[serde(rename = "x-pay-errors", default)]
    pub(crate) errors: Entries<ErrorCode>,
    #[serde(rename = "x-pay-call", default)]
    pub(crate) call: Calls,
}

/// What the document is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Info {
    pub(crate) title: String,
    #[serde(rename = "version")]
    _version: String,
    #[serde(rename = "summary")]
    _summary: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

/// A base URL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    pub(crate) url: Spanned<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

/// A group of operations; it names the file of their types.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tag {
    pub(crate) name: Spanned<String>,
    pub(crate) description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExternalDocs {
    #[serde(rename = "url")]
    _url: String,
    #[serde(rename = "description")]
    _description: Option<String>,
}

/// What is defined once and used by name.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Components {
    #[serde(default)]
    pub(crate) schemas: Entries<Schema>,
    #[serde(default)]
    pub(crate) responses: Entries<Response>,
    #[serde(default, rename = "securitySchemes")]
    pub(crate) _security_schemes: Entries<SecurityScheme>,
}

/// How callers prove who they are; read by other tools, the clients do it by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SecurityScheme {
    #[serde(rename = "type")]
    _kind: String,
    #[serde(rename = "scheme")]
    _scheme: Option<String>,
    #[serde(rename = "bearerFormat")]
    _bearer_format: Option<String>,
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(rename = "in")]
    _place: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
}

/// The operations of one path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PathItem {
    pub(crate) get: Option<Spanned<Operation>>,
    pub(crate) post: Option<Spanned<Operation>>,
    pub(crate) put: Option<Spanned<Operation>>,
    pub(crate) patch: Option<Spanned<Operation>>,
    pub(crate) delete: Option<Spanned<Operation>>,
}

/// One endpoint.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Operation {
    pub(crate) operation_id: Spanned<String>,
    pub(crate) summary: String,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<Spanned<String>>,
    pub(crate) security: Option<Vec<Entries<Vec<String>>>>,
    #[serde(default)]
    pub(crate) parameters: Vec<Spanned<Parameter>>,
    pub(crate) request_body: Option<RequestBody>,
    pub(crate) responses: Entries<Response>,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
    #[serde(rename = "x-pay-repeat")]
    pub(crate) repeat: Option<Spanned<Repeat>>,
    #[serde(rename = "x-pay-reference")]
    pub(crate) reference: Option<Spanned<String>>,
    #[serde(rename = "x-pay-auth")]
    pub(crate) auth: Option<Spanned<AuthAs>>,
    #[serde(rename = "x-pay-media")]
    pub(crate) media: Option<Spanned<Media>>,
    #[serde(rename = "x-pay-sign", default)]
    pub(crate) sign: bool,
    #[serde(rename = "x-pay-keep-token", default)]
    pub(crate) keep_token: bool,
    #[serde(rename = "x-pay-seal")]
    pub(crate) seal: Option<Spanned<String>>,
    #[serde(rename = "x-pay-limit")]
    pub(crate) limit: Option<Spanned<Limit>>,
    #[serde(rename = "x-pay-call")]
    pub(crate) call: Option<Calls>,
}

/// A value in the path or the query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) name: Spanned<String>,
    #[serde(rename = "in")]
    pub(crate) place: Spanned<Place>,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) schema: Schema,
    #[serde(rename = "example")]
    _example: Option<IgnoredAny>,
    #[serde(rename = "x-pay-evidence")]
    pub(crate) evidence: Option<Spanned<Evidence>>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Place {
    Path,
    Query,
}

/// What an operation sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestBody {
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default, rename = "required")]
    _required: bool,
    pub(crate) content: Entries<MediaType>,
}

/// What comes back, or a reference to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    #[serde(rename = "$ref")]
    pub(crate) reference: Option<Spanned<String>>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(default)]
    pub(crate) content: Entries<MediaType>,
    #[serde(rename = "x-pay-evidence")]
    _evidence: Option<Evidence>,
}

/// A body in one media type.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MediaType {
    pub(crate) schema: Schema,
    #[serde(rename = "example")]
    _example: Option<IgnoredAny>,
    #[serde(default, rename = "examples")]
    _examples: Entries<Example>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Example {
    #[serde(rename = "summary")]
    _summary: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    #[serde(rename = "value")]
    _value: IgnoredAny,
}
