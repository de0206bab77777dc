//! The routes: log-in, consent and its return, the charge, and what is said of it.

use crate::browsers::Browsers;
use crate::orders::{Order, Orders};
use crate::pages::{self, PRICE};
use axum::extract::{Form, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use paga_connect::{
    Client, ConsentError, Error, Kind, MerchantPayment, Outcome, PaymentReferences, Scope, UserSession,
};
use std::collections::HashMap;
use std::sync::Arc;
use subtle::ConstantTimeEq as _;

const COOKIE: &str = "shop";

pub(crate) struct Site {
    client: Client,
    browsers: Browsers,
    orders: Orders,
}

type Fields = HashMap<String, String>;

impl Site {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, browsers: Browsers::default(), orders: Orders::default() }
    }

    pub(crate) fn routes(self) -> axum::Router {
        axum::Router::new()
            .route("/", get(home))
            .route("/log-in", post(log_in))
            .route("/sign-out", post(sign_out))
            .route("/connect", post(connect))
            .route("/paga/callback", get(callback))
            .route("/pay", post(pay))
            .route("/disconnect", post(disconnect))
            .with_state(Arc::new(self))
    }

    /// Who sent this form: a logged-in browser, from a page of this site.
    fn sender(&self, headers: &HeaderMap, fields: &Fields) -> Option<(String, &'static str)> {
        let cookie = cookie(headers)?;
        let given = fields.get("token").map(String::as_bytes).unwrap_or_default();
        let customer = self.browsers.with(&cookie, |browser| {
            bool::from(browser.form_token.as_bytes().ct_eq(given)).then_some(browser.customer)
        });
        Some((cookie, customer??))
    }
}

fn not_from_here() -> Response {
    pages::told(StatusCode::FORBIDDEN, "Not done", "Please log in and try again.")
}

async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let found = cookie(&headers)
        .and_then(|cookie| site.browsers.with(&cookie, |browser| (browser.customer, browser.form_token.clone())));
    let Some((customer, token)) = found else { return pages::log_in(false) };
    match site.client.user(customer).is_kept().await {
        Ok(true) => pages::shop(customer, &token, Some(&site.orders.offer(customer))),
        Ok(false) => pages::shop(customer, &token, None),
        Err(error) => trouble(&error),
    }
}

async fn log_in(State(site): State<Arc<Site>>, Form(fields): Form<Fields>) -> Response {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let Some(cookie) = site.browsers.log_in(field("name"), field("password")) else { return pages::log_in(true) };
    // Lax, so that it comes along when Paga sends the browser back. Over HTTPS it says `Secure` too.
    let cookie = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

async fn sign_out(State(site): State<Arc<Site>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let Some((cookie, _)) = site.sender(&headers, &fields) else { return not_from_here() };
    site.browsers.sign_out(&cookie);
    ([(header::SET_COOKIE, format!("{COOKIE}=; Path=/; Max-Age=0"))], Redirect::to("/")).into_response()
}

/// Sends the customer to Paga, and keeps what the return is held against.
async fn connect(State(site): State<Arc<Site>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let Some((cookie, _)) = site.sender(&headers, &fields) else { return not_from_here() };
    match site.client.consent([Scope::MerchantPayment]).start() {
        Ok((url, pending)) => {
            site.browsers.with(&cookie, |browser| browser.pending = Some(pending));
            Redirect::to(url.expose_url()).into_response()
        }
        Err(error) => trouble(&error),
    }
}

/// The customer is back. The consent under way is taken out of this browser's session first, so an address works once.
async fn callback(State(site): State<Arc<Site>>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let refused = |text: &str| pages::told(StatusCode::BAD_REQUEST, "Not connected", text);
    let waiting = cookie(&headers)
        .and_then(|cookie| site.browsers.with(&cookie, |browser| (browser.customer, browser.pending.take())));
    let Some((customer, Some(mut pending))) = waiting else {
        return refused("This page was not asked for by this browser, or was opened twice.");
    };
    let code = match pending.finish(query.as_deref().unwrap_or_default()) {
        Ok(code) => code,
        Err(ConsentError::Denied { .. }) => {
            return pages::told(StatusCode::OK, "Not connected", "You did not allow it, so nothing was connected.");
        }
        Err(error) => {
            eprintln!("consent: {error}");
            if error == ConsentError::StateWrong {
                // Somebody else's return: this customer's own may still come.
                cookie(&headers).and_then(|it| site.browsers.with(&it, |browser| browser.pending = Some(pending)));
            }
            return refused("Paga's answer does not belong to what this browser asked for.");
        }
    };
    let (client, session) = (site.client.clone(), site.client.user(customer));
    // A task of its own: a browser that goes away now must not take the tokens with it.
    let connected = tokio::spawn(async move {
        let answer = client.exchange(code).await?;
        session.keep(&answer).await
    });
    match connected.await {
        Ok(Ok(())) => Redirect::to("/").into_response(),
        Ok(Err(error)) => trouble(&error),
        Err(_) => refused("It did not work: please try again."),
    }
}

/// Charges, once for each order, whatever the browser does meanwhile.
async fn pay(State(site): State<Arc<Site>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let Some((_, customer)) = site.sender(&headers, &fields) else { return not_from_here() };
    let order = fields.get("order").cloned().unwrap_or_default();
    match site.orders.begin(&order, customer) {
        Ok(()) => {}
        Err(Some(Order::Paid(id))) => return paid(&id),
        Err(Some(_)) => return open(&order),
        Err(None) => return pages::told(StatusCode::NOT_FOUND, "Not done", "There is no such order."),
    }
    let session = site.client.user(customer);
    let charged = tokio::spawn(async move { charge(&site, &session, customer, order).await });
    charged.await.unwrap_or_else(|_| pages::told(StatusCode::INTERNAL_SERVER_ERROR, "Not known", "Please ask us."))
}

async fn charge(site: &Site, session: &UserSession, customer: &str, order: String) -> Response {
    let references = PaymentReferences { reference: order.clone(), customer: customer.to_owned() };
    let Ok(amount) = PRICE.parse() else {
        return pages::told(StatusCode::INTERNAL_SERVER_ERROR, "Not done", "Nothing was charged.");
    };
    let error = match session.merchant_payment(MerchantPayment::new(references, amount)).send().await {
        Ok(receipt) => {
            let id = receipt.transaction_id.or(receipt.confirmation_code).map(|id| id.as_str().to_owned());
            let id = id.unwrap_or_default();
            site.orders.set(&order, Order::Paid(id.clone()));
            return paid(&id);
        }
        Err(error) => error,
    };
    eprintln!("order {order}: {error}");
    match (error.kind(), error.outcome()) {
        // Paga has no question by reference, so the order stays as it is until a person has looked.
        (_, Outcome::Unknown) => return open(&order),
        (Kind::ConsentRequired, _) => {
            site.orders.set(&order, Order::Offered);
            // What is kept is of no use any more; the page then offers to connect again.
            if let Err(error) = session.forget().await {
                eprintln!("{error}");
            }
            let text = "Paga says that it is not connected any more. Nothing was charged. Please connect it again.";
            return pages::told(StatusCode::CONFLICT, "Please connect Paga again", text);
        }
        _ => site.orders.set(&order, Order::Offered),
    }
    if error.outcome() == Outcome::Refused {
        let text =
            format!("Paga said no: {}. Nothing was charged.", error.provider_message().unwrap_or("no reason given"));
        return pages::told(StatusCode::PAYMENT_REQUIRED, "Not paid", &text);
    }
    trouble(&error)
}

/// Forgets the tokens. The consent itself ends at Paga alone, and the customer is told so.
async fn disconnect(State(site): State<Arc<Site>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    let Some((_, customer)) = site.sender(&headers, &fields) else { return not_from_here() };
    match site.client.user(customer).forget().await {
        Ok(()) => {
            let text = "We have forgotten your wallet. To end your consent itself, go to Paga.";
            pages::told(StatusCode::OK, "Disconnected", text)
        }
        Err(error) => trouble(&error),
    }
}

fn paid(id: &str) -> Response {
    pages::told(StatusCode::OK, "Paid", &format!("Thank you. Paga's transaction is {id}."))
}

fn open(order: &str) -> Response {
    let text =
        format!("We do not know yet whether you were charged, and will not charge again. Ask us about order {order}.");
    pages::told(StatusCode::BAD_GATEWAY, "Not known yet", &text)
}

/// Nothing was done. The error's own line is for the shop, not for customers.
fn trouble(error: &Error) -> Response {
    eprintln!("{error}");
    pages::told(
        StatusCode::BAD_GATEWAY,
        "Not done",
        "Something is wrong here or at Paga. Nothing was charged; please try again.",
    )
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value.to_owned())
}
