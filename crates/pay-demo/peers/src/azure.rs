//! `azure_identity`'s `ClientSecretCredential` over a transport that answers in the process: it insists on https.

use crate::Result;
use crate::scenarios::{Cache, Endpoint};
use async_trait::async_trait;
use azure_core::credentials::{Secret, TokenCredential};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request, StatusCode, Transport};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use std::sync::Arc;

/// The credential.
#[derive(Clone)]
pub(crate) struct Azure(Arc<ClientSecretCredential>);

impl Azure {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Result<Self> {
        let transport = Some(Transport::new(Arc::new(InProcess(endpoint))));
        let options = ClientSecretCredentialOptions {
            client_options: ClientOptions { transport, ..ClientOptions::default() },
            ..ClientSecretCredentialOptions::default()
        };
        let credential =
            ClientSecretCredential::new("tenant", "client".to_owned(), Secret::new("secret"), Some(options))?;
        Ok(Self(credential))
    }
}

impl Cache for Azure {
    async fn get(&self) -> bool {
        self.0.get_token(&["https://example.com/.default"], None).await.is_ok()
    }
}

#[derive(Debug)]
struct InProcess(Arc<Endpoint>);

#[async_trait]
impl HttpClient for InProcess {
    async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
        let (status, body) = match self.0.ask().await {
            Some(life) => {
                let token = crate::TOKEN;
                let seconds = life.as_secs();
                let body = format!(r#"{{"token_type":"Bearer","expires_in":{seconds},"access_token":"{token}"}}"#);
                (StatusCode::Ok, body)
            }
            None => (StatusCode::Unauthorized, r#"{"error":"invalid_client"}"#.to_owned()),
        };
        Ok(AsyncRawResponse::from_bytes(status, Headers::new(), body))
    }
}
