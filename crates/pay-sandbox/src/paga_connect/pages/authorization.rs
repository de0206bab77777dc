//! The consent page: who signs in, who asks for what, and the way back.

use super::{TITLE, ended, screen};
use crate::paga_connect::NAME;
use crate::paga_connect::authorize::{Asked, Request};
use crate::paga_connect::consent::{NotSignedIn, SESSION, Visitor};
use crate::paga_connect::modes::RedirectStatus;
use crate::paga_connect::provider::PagaConnectProvider;
use crate::pages::form::{Form, is_foreign};
use crate::pages::layout;
use crate::provider::{ProviderRequest, Reply};
use http::header::{HeaderValue, SET_COOKIE};
use http::{Method, StatusCode};

/// What the page's form may lead to. Browsers hold every redirect that follows against it, the merchant's own ones
/// too, so it names no host.
const FORM_TARGETS: &str = "'self' http: https:";

/// Answers a request to the authorization address.
pub(crate) fn answer(provider: &PagaConnectProvider, request: &ProviderRequest) -> Reply {
    let posts = request.method == Method::POST;
    if !posts && ![Method::GET, Method::HEAD].contains(&request.method) {
        return ended::nothing_done(StatusCode::METHOD_NOT_ALLOWED);
    }
    // The session comes only from a page of ours, so a form of another site is refused whatever it asks for.
    if posts && is_foreign(&request.headers) {
        return ended::nothing_done(StatusCode::FORBIDDEN);
    }
    let asked = match provider.asked(&request.query) {
        Asked::Consent(asked) => asked,
        Asked::Back(address) => return leave(provider, &address),
        Asked::Nowhere(problem) => return ended::nowhere(problem, &request.query),
    };
    let visitor = provider.visitor(request);
    if posts {
        return on_form(provider, request, asked, &visitor);
    }
    let page = match &visitor.user {
        None => screen::sign_in(&asked, &visitor.csrf, "", &[]),
        Some(user) => screen::consent(&asked, &visitor.csrf, user),
    };
    let reply = layout::hosted(TITLE, screen::TITLE, FORM_TARGETS, &page);
    if visitor.is_new { with_session(reply, &visitor.session) } else { reply }
}

fn on_form(provider: &PagaConnectProvider, request: &ProviderRequest, asked: Request, visitor: &Visitor) -> Reply {
    let form = Form::read(&request.body);
    // Without a cookie the session is a new one, whose token nobody has.
    if form.text("csrf") != visitor.csrf {
        return ended::not_this_browser();
    }
    match (form.text("action"), &visitor.user) {
        ("sign_in", _) => sign_in(provider, request, &asked, visitor, &form),
        ("sign_out", _) => {
            provider.sign_out(&visitor.session);
            again(request)
        }
        (action @ ("approve" | "decline"), Some(user)) => {
            let address = provider.decide(asked, user.username, action == "approve");
            leave(provider, &address)
        }
        _ => ended::nothing_done(StatusCode::BAD_REQUEST),
    }
}

fn sign_in(
    provider: &PagaConnectProvider,
    request: &ProviderRequest,
    asked: &Request,
    visitor: &Visitor,
    form: &Form,
) -> Reply {
    let username = form.text("username");
    let why = match provider.sign_in(&visitor.session, username, form.text("password")) {
        Ok(session) => return with_session(again(request), &session),
        Err(NotSignedIn::NameOrPassword) => "User name or password is wrong",
        Err(NotSignedIn::Locked) => "This account is locked",
    };
    let page = screen::sign_in(asked, &visitor.csrf, username, &[("username", why)]);
    Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..layout::hosted(TITLE, screen::TITLE, FORM_TARGETS, &page) }
}

/// The same page, asked for anew: reloading it sends no form again.
fn again(request: &ProviderRequest) -> Reply {
    layout::redirect(StatusCode::SEE_OTHER, &format!("/{NAME}{}?{}", request.path, request.raw_query))
}

/// Back to the merchant.
fn leave(provider: &PagaConnectProvider, address: &str) -> Reply {
    let status = match provider.lock().modes.redirect_status {
        RedirectStatus::SeeOther => StatusCode::SEE_OTHER,
        RedirectStatus::Found => StatusCode::FOUND,
    };
    layout::redirect(status, address).assume("the redirect back: its status and parameters but code")
}

/// Out of reach of scripts, and not sent along with forms of other sites.
fn with_session(mut reply: Reply, session: &str) -> Reply {
    let cookie = format!("{SESSION}={session}; Path=/{NAME}/; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        reply.headers.push((SET_COOKIE, cookie));
    }
    reply
}
