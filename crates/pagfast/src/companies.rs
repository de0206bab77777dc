//! Payments to companies: the list of receivers, and the way to what PagFast describes without paths.

use crate::client::Client;
use crate::query::ReceiverQuery;
use pay_core::decode::{DecodeError, json, members};
use pay_core::provider::Answer;
use pay_core::{Call, RawBody, RawRequest};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Payments to companies (pagamentos a empresas), with the key pair that is for them.
///
/// PagFast recommends a key pair that is used for nothing else: `company_credentials` of the builder. Where none is given, the
/// account's own is used. What comes after the list (bank accounts of a receiver, the payment, the link for its invoice)
/// is described by PagFast without paths: [`raw`](Self::raw) sends it once you know them.
#[derive(Debug, Clone)]
pub struct Companies {
    client: Client,
}

/// One page of receivers. No readable page shows what a receiver looks like, so each is JSON as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceiverPage {
    /// What stands on it, as raw JSON.
    pub items: Vec<RawBody>,
    /// How many there are in all, where the answer says so.
    pub total: Option<u64>,
    /// The answer as it came.
    pub raw: RawBody,
}

#[derive(Deserialize, Default)]
struct List {
    #[serde(default)]
    items: Option<Vec<Box<RawValue>>>,
    #[serde(default, deserialize_with = "pay_core::decode::lenient")]
    total: Option<u64>,
}

impl Companies {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// The companies that can be paid (recebedores). `GET /partners-int/receivers` (documented; its answer is assumed).
    pub fn receivers(&self, query: &ReceiverQuery) -> Call<ReceiverPage> {
        self.client.service(query.parts(), ReceiverPage::read)
    }

    /// Any request below the API root, with the key pair for payments to companies.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        self.client.raw(request)
    }
}

impl ReceiverPage {
    /// A list below `data.items`, as that of transactions, or `data` itself.
    fn read(answer: &Answer) -> Result<Self, DecodeError> {
        let wrong = || DecodeError::new("data", "no list of receivers");
        let data = members(&answer.body)?.remove("data").ok_or_else(wrong)?;
        let list = match json::<Vec<Box<RawValue>>>(data.get().as_bytes()) {
            Ok(items) => List { items: Some(items), total: None },
            Err(_) => json::<List>(data.get().as_bytes()).map_err(|_| wrong())?,
        };
        let items = list.items.ok_or_else(wrong)?;
        let items = items.into_iter().map(|item| RawBody::new(String::from(Box::<str>::from(item)))).collect();
        Ok(Self { items, total: list.total, raw: RawBody::new(answer.body.clone()) })
    }
}
