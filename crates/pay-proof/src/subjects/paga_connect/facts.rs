//! What a client of Paga Connect is told, and what of it is nobody else's business.

use crate::leaks::{AWKWARD, At, DIGITS, PLAIN, Plant};
use pay_sandbox::Sandbox;

const SECRET: &str = "client secret";
const USER: &str = "the shop's id of the user";
const CUSTOMER: &str = "customer's reference";
const RECIPIENT: &str = "telephone number of a recipient";
const CODE: &str = "authorization code";
const STATE: &str = "state of a return";

/// The recipient's number, as the sandbox has it.
pub(super) const NUMBER: &str = "08000000009";

/// The fields to hide, and where the sandbox's own values stand.
pub(super) fn plants() -> Vec<Plant> {
    let instead = |value: &str| At::Instead(value.to_owned());
    let answered = |path, member| At::Answered { path, member };
    let token = |member| answered("/oauth2/token", member);
    let details = |member| answered("/getUserDetails", member);
    vec![
        Plant::new(SECRET, AWKWARD, instead("sandbox-paga-connect-secret")),
        Plant::new("access token", PLAIN, token("access_token")),
        Plant::new("refresh token", PLAIN, token("refresh_token")),
        Plant::new(CODE, PLAIN, At::Sent),
        Plant::new(STATE, PLAIN, At::Kept),
        Plant::new(USER, PLAIN, At::Kept),
        Plant::new(CUSTOMER, PLAIN, At::Sent),
        Plant::new(RECIPIENT, "080#########################", instead(NUMBER)),
        Plant::new("first name", PLAIN, details("firstName")),
        Plant::new("last name", PLAIN, details("lastName")),
        Plant::new("e-mail address", "************************@example.com", details("email")),
        Plant::new("telephone number", DIGITS, details("sandboxMobileNumber")),
        Plant::new("user name", PLAIN, details("username")),
        Plant::new("balance", DIGITS, details("accountBalance")),
    ]
}

/// All of it.
pub(super) struct Facts {
    pub(super) client_secret: String,
    pub(super) user: String,
    pub(super) customer: String,
    pub(super) recipient: String,
    /// A code that no consent has given: what refuses it must not repeat it.
    pub(super) code: String,
    /// Of a return that nobody has asked for.
    pub(super) state: String,
}

impl Facts {
    /// As the sandbox has them.
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let paga = sandbox.paga_connect();
        Self {
            client_secret: paga.client_secret(&paga.client_id()).unwrap_or_default(),
            user: "user-1".to_owned(),
            customer: "customer-1".to_owned(),
            recipient: paga.recipient().to_owned(),
            code: "A1b2C3".to_owned(),
            state: "another".to_owned(),
        }
    }

    /// Markers in place of all of them.
    pub(super) fn marked(marker: &dyn Fn(&str) -> String) -> Self {
        Self {
            client_secret: marker(SECRET),
            user: marker(USER),
            customer: marker(CUSTOMER),
            recipient: marker(RECIPIENT),
            code: marker(CODE),
            state: marker(STATE),
        }
    }
}
