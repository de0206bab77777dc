//! From a key to a token, and what every other call must carry.

use super::account::KeyStatus;
use super::answers::Refusal;
use super::jwt;
use super::modes::{LoginAnswer, LoginStatus};
use super::state::{Call, State};
use crate::json::Node;
use crate::provider::{ProviderRequest, Reply};
use http::StatusCode;
use http::header::AUTHORIZATION;
use std::time::SystemTime;

/// The page of this endpoint is in no readable copy: path, members, status and shape are assumed.
const ASSUMED: &str = "the whole token endpoint";

/// `POST /login`.
pub(super) fn login(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let text = |name: &str| call.body.text(&format!("/{name}")).unwrap_or_default();
    let key = state.book.key(&text("accessKey"), &text("secret")).ok_or_else(|| {
        Refusal::key("SandboxAccessKeyInvalid", "The access key or its secret is wrong").assume(ASSUMED)
    })?;
    if key.status == KeyStatus::Pending {
        let message = "The access key is Pending: PagFast's staff has to approve and activate it";
        return Err(Refusal::key("SandboxAccessKeyPending", message).assume(ASSUMED));
    }
    let uid = state.book.account(&key.account).map_or("", |account| account.uid);
    let token = jwt::issue(&state.jwt_key, uid, call.now, state.token_life);
    state.note_token(&token);
    let status = match state.modes.login_status {
        LoginStatus::Created => StatusCode::CREATED,
        LoginStatus::Ok => StatusCode::OK,
    };
    Ok(answer(state.modes.login_answer, status, token).assume(ASSUMED))
}

fn answer(shape: LoginAnswer, status: StatusCode, token: String) -> Reply {
    let token = Node::Text(token);
    let body = match shape {
        LoginAnswer::Text => {
            let Node::Text(token) = token else { return Reply::json(status, &token) };
            let reply = Reply::json(status, &Node::Null);
            return Reply { content_type: "text/plain; charset=utf-8".to_owned(), body: token.into(), ..reply };
        }
        LoginAnswer::JsonText => token,
        LoginAnswer::Data => Node::Object(vec![("statusCode", "Done".into()), ("data", token)]),
        LoginAnswer::DataToken => {
            Node::Object(vec![("statusCode", "Done".into()), ("data", Node::Object(vec![("token", token)]))])
        }
        LoginAnswer::Token => Node::Object(vec![("token", token)]),
        LoginAnswer::AccessToken => Node::Object(vec![("accessToken", token)]),
        LoginAnswer::AccessTokenSnake => Node::Object(vec![("access_token", token)]),
    };
    Reply::json(status, &body)
}

/// The account of a call's token.
pub(super) fn bearer(state: &State, request: &ProviderRequest, now: SystemTime) -> Result<&'static str, Refusal> {
    let header = request.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let claims = token.and_then(|(_, token)| jwt::verified(&state.jwt_key, token.trim(), now));
    let account = claims.and_then(|claims| state.book.accounts.iter().find(|account| account.uid == claims.uid));
    account.map(|account| account.id).ok_or_else(Refusal::token)
}
