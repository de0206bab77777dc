//! The wire over `reqwest`: the only file that knows an HTTP library.

use super::{Answer, Fault, WireError, WireRequest};
use crate::builder::Settings;
use crate::error::Error;
use bytes::{Bytes, BytesMut};
use http::Method;
use std::future::Future;
use tokio::time::timeout;

pub(super) struct ReqwestWire {
    client: ::reqwest::Client,
    max_body: usize,
}

impl ReqwestWire {
    pub(super) fn new(settings: &Settings, user_agent: &str, plain_http: bool) -> Result<Self, Error> {
        let mut builder = ::reqwest::Client::builder()
            .https_only(!plain_http)
            // A redirect would carry credentials and the body of a payment to another place.
            .redirect(::reqwest::redirect::Policy::none())
            .referer(false)
            // Repeating is decided in one place, ours.
            .retry(::reqwest::retry::never())
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(settings.pool_idle_timeout)
            .pool_max_idle_per_host(settings.pool_max_idle)
            .user_agent(user_agent);
        if let Some(proxy) = &settings.proxy {
            // Plain http is for this machine alone; through a proxy elsewhere it would carry credentials in clear.
            if plain_http && !crate::base_url::is_loopback(proxy.as_str()) {
                return Err(Error::config("proxy", "must be on this machine while the base URL is plain http"));
            }
            // The library's own message could name the proxy's password.
            let proxy = ::reqwest::Proxy::all(proxy.as_str())
                .map_err(|_| Error::config("proxy", "must be a URL such as http://proxy.example:3128"))?;
            builder = builder.proxy(proxy);
        } else if !cfg!(feature = "system-proxy") {
            builder = builder.no_proxy();
        }
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
        {
            builder = builder.tls_version_min(::reqwest::tls::Version::TLS_1_2);
            for pem in &settings.roots {
                let certificates = ::reqwest::Certificate::from_pem_bundle(pem)
                    .map_err(|_| Error::config("root_certificate_pem", "holds no certificate in PEM form"))?;
                if certificates.is_empty() {
                    return Err(Error::config("root_certificate_pem", "holds no certificate in PEM form"));
                }
                builder = builder.tls_certs_merge(certificates);
            }
        }
        #[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
        if !settings.roots.is_empty() || !plain_http {
            return Err(Error::config(
                "tls",
                "this build has no TLS: turn on the feature `rustls`, `rustls-no-provider` or `native-tls`",
            ));
        }
        // The HTTP library would panic in `build`. `rustls` is asked even where plain http would do: the client is built for both.
        #[cfg(all(feature = "rustls-no-provider", not(any(feature = "rustls", feature = "native-tls"))))]
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            return Err(Error::config(
                "tls",
                "the feature `rustls-no-provider` needs a provider of cryptography: install one first, such as \
                 `rustls::crypto::ring::default_provider().install_default()`",
            ));
        }
        let client = builder.build().map_err(|error| {
            Error::config(
                "tls",
                "the HTTP client cannot be built; a machine without CA certificates needs `root_certificate_pem`",
            )
            .with_source(error.without_url())
        })?;
        Ok(Self { client, max_body: settings.max_body })
    }

    pub(super) fn send(&self, request: WireRequest) -> impl Future<Output = Result<Answer, WireError>> + Send + use<> {
        let mut out = ::reqwest::Request::new(request.method, request.url);
        *out.headers_mut() = request.headers;
        // Without a body such a request says so (`Content-Length: 0`): some gateways refuse it otherwise.
        let takes_body = [Method::POST, Method::PUT, Method::PATCH].contains(out.method());
        if takes_body || !request.body.is_empty() {
            *out.body_mut() = Some(request.body.into());
        }
        let max_body = self.max_body;
        let pending = self.client.execute(out);
        let answer = async move {
            let mut response = pending.await.map_err(broken)?;
            let body = read(&mut response, max_body).await?;
            let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
            Ok(Answer { status, headers, body, lease: None })
        };
        // The library's own timeout does the same with a boxed timer, and wraps the body once more.
        let answer = timeout(request.timeout, answer);
        async move { answer.await.unwrap_or_else(|late| Err(WireError { fault: Fault::Timeout, source: late.into() })) }
    }
}

async fn read(response: &mut ::reqwest::Response, most: usize) -> Result<Bytes, WireError> {
    let too_large = || WireError { fault: Fault::TooLarge, source: "the answer is larger than the cap".into() };
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(too_large());
    }
    // Most bodies come in one piece: it is not copied.
    let (mut whole, mut body) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if whole.len() + body.len() + chunk.len() > most {
            return Err(too_large());
        }
        if whole.is_empty() && body.is_empty() {
            whole = chunk;
        } else {
            if body.is_empty() {
                body = BytesMut::from(std::mem::take(&mut whole));
            }
            body.extend_from_slice(&chunk);
        }
    }
    Ok(if body.is_empty() { whole } else { body.freeze() })
}

fn broken(error: ::reqwest::Error) -> WireError {
    // Only a failed connect proves that nothing was sent; a timeout inside the body is also a decode error.
    let fault = if error.is_connect() {
        Fault::NotSent
    } else if error.is_timeout() {
        Fault::Timeout
    } else {
        Fault::Interrupted
    };
    WireError { fault, source: Box::new(error.without_url()) }
}
