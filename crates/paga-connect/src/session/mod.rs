//! One user's session: a token cell over the shared store.

use crate::client::Client;
use pay_core::Call;
use pay_core::decode::DecodeError;
use pay_core::provider::{Access, Answer, Parts};
use std::fmt;
use std::sync::Arc;

/// One user who consented: what is done with the user's tokens.
#[derive(Clone)]
pub struct UserSession {
    client: Client,
    access: Access,
    user: String,
}

impl Client {
    /// The session of a user whose tokens are in the token store, by your own id of the user. Nothing is asked until it is used.
    pub fn user(&self, user: impl Into<String>) -> UserSession {
        let user = user.into();
        let access = self.engine().access(self.source(), Some(Arc::new(self.grant())), Some(user.clone()));
        UserSession { client: self.clone(), access, user }
    }
}

impl UserSession {
    /// The client that it belongs to.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Your own id of the user.
    pub fn user(&self) -> &str {
        &self.user
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// A call on behalf of this user.
    pub(crate) fn start<T>(
        &self,
        parts: Parts,
        decode: impl FnOnce(&Answer) -> Result<T, DecodeError> + Send + 'static,
    ) -> Call<T> {
        self.client.engine().call(&self.access, parts, decode)
    }
}

impl fmt::Debug for UserSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSession").field("client", &self.client).finish_non_exhaustive()
    }
}
