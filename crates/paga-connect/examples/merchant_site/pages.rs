//! The site's pages: plain HTML, every text escaped.

use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

/// What is sold here, in naira.
pub(crate) const PRICE: &str = "1500.00";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    // The callback's address holds a code.
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
];

const STYLE: &str = "form{margin:.75rem 0}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}\
    button{font:inherit;padding:.5rem 1rem}label{display:block;margin:.5rem 0}input{font:inherit;width:100%;box-sizing:border-box}";

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    );
    (status, HEADERS, Html(html)).into_response()
}

pub(crate) fn log_in(wrong: bool) -> Response {
    let told = if wrong { "<p role=\"alert\">Name or password is wrong.</p>" } else { "" };
    let form = "<form method=\"post\" action=\"/log-in\"><label>Name <input name=\"name\" autocomplete=\"username\"></label>\
        <label>Password <input name=\"password\" type=\"password\" autocomplete=\"current-password\"></label>\
        <button>Log in</button></form>";
    page(if wrong { StatusCode::FORBIDDEN } else { StatusCode::OK }, "Log in", &format!("{told}{form}"))
}

/// A button that does something, once: its form holds the browser's token.
fn button(action: &str, token: &str, fields: &str, text: &str) -> String {
    let token = escaped(token);
    format!(
        "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"token\" value=\"{token}\">{fields}<button>{text}</button></form>"
    )
}

/// The shop for a customer: with a connected wallet there is something to buy.
pub(crate) fn shop(customer: &str, token: &str, order: Option<&str>) -> Response {
    let what = match order {
        Some(order) => {
            let field = format!("<input type=\"hidden\" name=\"order\" value=\"{}\">", escaped(order));
            format!(
                "<p>Your Paga wallet is connected.</p>{}{}",
                button("/pay", token, &field, &format!("Buy the book for NGN {PRICE}")),
                button("/disconnect", token, "", "Disconnect Paga")
            )
        }
        None => format!(
            "<p>Connect your Paga wallet once; after that, one button pays.</p>{}",
            button("/connect", token, "", "Connect Paga")
        ),
    };
    let out = button("/sign-out", token, "", "Sign out");
    page(StatusCode::OK, "The shop", &format!("<p>Hello, {}.</p>{what}{out}", escaped(customer)))
}

/// Something to say, and the way back.
pub(crate) fn told(status: StatusCode, title: &str, text: &str) -> Response {
    page(status, title, &format!("<p>{}</p><p><a href=\"/\">Back to the shop</a></p>", escaped(text)))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
