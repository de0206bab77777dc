//! A small merchant's site: customers log in, connect their Paga wallet once, and pay with one button from then on.
//!
//! ```sh
//! cargo run -p pay-sandbox -- serve                     # prints the environment of a client; take it over
//! MERCHANT_SITE_TOKENS=./tokens cargo run -p paga-connect --example merchant_site
//! ```
//!
//! Then open `http://127.0.0.1:4080`. Paga and the client are in the environment: `PAGA_CONNECT_ENVIRONMENT` and the other variables of the
//! crate's README. `MERCHANT_SITE_LISTEN` is where it listens (default `127.0.0.1:4080`, where the sandbox's redirect address points),
//! `MERCHANT_SITE_TOKENS` the directory of users' tokens (default: memory alone). What lies in memory here belongs into a database:
//! browsers, customers, orders.

mod browsers;
mod orders;
mod pages;
mod site;

use paga_connect::Builder;
use paga_connect::auth::TokenStore;
use site::Site;
use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let listen = std::env::var("MERCHANT_SITE_LISTEN").unwrap_or_else(|_| "127.0.0.1:4080".to_owned());
    let listen: SocketAddr = listen.parse()?;
    if !listen.ip().is_loopback() {
        return Err(
            "MERCHANT_SITE_LISTEN: its customers' passwords are examples, so it serves this machine alone".into()
        );
    }
    let mut builder = Builder::from_env()?;
    if let Some(store) = store()? {
        builder = builder.token_store(store);
    }
    let client = builder.build()?;
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("the site is at http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, Site::new(client).routes()).await?)
}

/// Users' tokens over restarts, where a directory is named.
#[cfg(unix)]
fn store() -> Result<Option<Arc<dyn TokenStore>>, Box<dyn Error>> {
    use paga_connect::auth::FileStore;
    let Some(dir) = std::env::var_os("MERCHANT_SITE_TOKENS") else { return Ok(None) };
    if std::env::var("PAGA_CONNECT_ENVIRONMENT").as_deref() != Ok("local") {
        // A site with real users gives `FileStore::sealed` a pair of functions over its own key.
        return Err("MERCHANT_SITE_TOKENS: this example keeps tokens in clear, so it keeps the sandbox's alone".into());
    }
    Ok(Some(Arc::new(FileStore::plain_text(dir)?)))
}

#[cfg(not(unix))]
fn store() -> Result<Option<Arc<dyn TokenStore>>, Box<dyn Error>> {
    Ok(None)
}
