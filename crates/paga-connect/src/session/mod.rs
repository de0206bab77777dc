//! One user's session: a token cell over the shared store.

mod users;

pub(crate) use users::Users;

use crate::client::Client;
use crate::token::TokenAnswer;
use pay_core::decode::DecodeError;
use pay_core::provider::{Access, Answer, Parts, Tokens};
use pay_core::{Call, Error, Lease};
use std::fmt;
use std::sync::Arc;

/// One user who consented: what is done on the user's behalf, and the tokens behind it, which you never see.
///
/// Clones, and all sessions that one client gives out for the same user, share one token and one refresh. So do sessions in
/// other processes, where the clients share a token store. A session is cheap: make one per request. What belongs to the user stays in
/// memory for ten minutes after the last one was asked for (swept out with later users), then the store alone has it.
///
/// A lost consent is an error of the call that met it:
///
/// ```no_run
/// # async fn f(session: paga_connect::UserSession, error: paga_connect::Error) {
/// use paga_connect::Kind;
/// if error.kind() == Kind::ConsentRequired {
///     // Nothing was charged. Send this user, and this user alone, through the consent page again.
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct UserSession {
    client: Client,
    user: Arc<User>,
}

/// What the sessions of one user share.
pub(crate) struct User {
    id: String,
    access: Access,
}

impl Client {
    /// The session of a user, by your own id of the user: one that never changes and is nobody else's. Nothing is asked until it
    /// is used; without a kept consent its calls end with `Kind::ConsentRequired`.
    pub fn user(&self, id: impl Into<String>) -> UserSession {
        let user = self.users().get(id.into(), |id| {
            self.engine().access(self.source(), Some(Arc::new(self.grant())), Some(id.to_owned()))
        });
        UserSession { client: self.clone(), user }
    }
}

impl UserSession {
    /// The client that it belongs to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Your own id of the user.
    pub fn user(&self) -> &str {
        &self.user.id
    }

    /// Keeps what the user consented to: in the token store first, then for use. It replaces an older consent, here and in
    /// every process that shares the store.
    ///
    /// # Errors
    /// `Kind::Token` where the store does not keep it, `Kind::Credentials` where the client's own id cannot be read. The answer is still
    /// worth its tokens: give it again. The outcome is always `NotDone`.
    pub async fn keep(&self, answer: &TokenAnswer) -> Result<(), Error> {
        let mut tokens = Tokens::new(answer.access.clone());
        tokens.refresh.clone_from(&answer.refresh);
        tokens.lifetime = answer.expires_in;
        let age = self.client.engine().wall().duration_since(answer.asked_at).unwrap_or_default();
        self.user.access.begin(&tokens, age).await
    }

    /// Whether a consent of this user is kept. It may have been withdrawn at Paga since: only a call finds that out.
    ///
    /// # Errors
    /// As [`UserSession::keep`].
    pub async fn is_kept(&self) -> Result<bool, Error> {
        self.user.access.has_begun().await
    }

    /// Forgets the user's tokens, in the store and here; a refresh that is under way brings nothing back. **Paga hears nothing of it**: no
    /// call to revoke is known, so the consent itself stays until the user ends it at Paga. Another process that holds the
    /// access token in memory uses it to its end.
    ///
    /// # Errors
    /// As [`UserSession::keep`]; what this process held is gone all the same.
    pub async fn forget(&self) -> Result<(), Error> {
        self.user.access.forget().await
    }

    /// The access token itself, for requests that this library does not send. It acts for the user: keep it to yourself.
    ///
    /// # Errors
    /// `Kind::ConsentRequired` where the consent is over, and whatever else keeps a token from being had; the outcome is always `NotDone`.
    pub async fn lease(&self) -> Result<Lease, Error> {
        self.client.engine().lease(&self.user.access).await
    }

    pub(crate) fn access(&self) -> &Access {
        &self.user.access
    }

    /// A call on behalf of this user.
    pub(crate) fn start<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.client.engine().call(&self.user.access, parts, decode)
    }
}

/// The user's id is personal data.
impl fmt::Debug for UserSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSession").field("client", &self.client).finish_non_exhaustive()
    }
}
