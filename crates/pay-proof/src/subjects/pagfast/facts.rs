//! What a client of PagFast is told, and what of it is nobody else's business.

use crate::Broken;
use crate::leaks::{AWKWARD, At, PLAIN, Plant};
use pagfast::{Cpf, Notify, Payer, PixKey, Recipient};
use pay_sandbox::Sandbox;

const ACCESS_KEY: &str = "access key";
const SECRET: &str = "secret";
const COMPANY_KEY: &str = "access key for payments to companies";
const COMPANY_SECRET: &str = "secret for payments to companies";
pub(super) const WEBHOOK_KEY: &str = "webhook key";
pub(super) const PAYER_CPF: &str = "CPF of a payer";
pub(super) const PAYER_NAME: &str = "name of a payer";
pub(super) const RECIPIENT_CPF: &str = "CPF of a recipient";
pub(super) const RECIPIENT_NAME: &str = "name of a recipient";
const PIX_KEY: &str = "Pix key";
pub(super) const DESCRIPTION: &str = "description of an order";
pub(super) const NOTIFY: &str = "query of the webhook's URL";
const HEADER: &str = "value of the webhook's header";
const RETURN: &str = "query of a URL for browsers";

/// Eleven digits.
const CPF: &str = "###########";

/// The fields to hide, and where the sandbox's own values stand.
pub(super) fn plants() -> Vec<Plant> {
    let instead = |value: &str| At::Instead(value.to_owned());
    let sent = |field, form| Plant::new(field, form, At::Sent);
    vec![
        Plant::new(ACCESS_KEY, PLAIN, instead("sandbox-pagfast-access-key")),
        Plant::new(SECRET, AWKWARD, instead("sandbox-pagfast-secret")),
        Plant::new(COMPANY_KEY, PLAIN, instead("sandbox-pagfast-companies-access-key")),
        Plant::new(COMPANY_SECRET, AWKWARD, instead("sandbox-pagfast-companies-secret")),
        Plant::new(WEBHOOK_KEY, PLAIN, At::Kept),
        // A JWT: its first part must be one, and the rest may be anything.
        Plant::new(
            "access token",
            "eyJhbGciOiJIUzM4NCJ9.****************************.****************************",
            At::Answered { path: "/login", member: "access_token" },
        ),
        sent(PAYER_CPF, CPF),
        sent(PAYER_NAME, AWKWARD),
        sent(RECIPIENT_CPF, CPF),
        sent(RECIPIENT_NAME, AWKWARD),
        sent(PIX_KEY, "************************@example.com"),
        sent(DESCRIPTION, AWKWARD),
        sent(NOTIFY, PLAIN),
        sent(HEADER, PLAIN),
        // The way back to the shop stands on the checkout.
        sent(RETURN, PLAIN).seen_by_payers(),
        // Whoever has the code can pay it, and see to whom.
        Plant::new("QR code", PLAIN, At::Answered { path: "/pix/cashin", member: "qrCode" }).seen_by_payers(),
    ]
}

/// All of it.
pub(super) struct Facts {
    pub(super) keys: (String, String),
    pub(super) company_keys: (String, String),
    payer: (String, String),
    recipient: (String, String),
    pub(super) pix_key: String,
    pub(super) description: String,
    notify: String,
    header: String,
    pub(super) return_url: String,
}

/// Nobody listens there: what is delivered fails.
fn hook(token: &str) -> String {
    format!("http://127.0.0.1:9/hook?token={token}")
}

impl Facts {
    /// As the sandbox has them.
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let pagfast = sandbox.pagfast();
        let companies = pagfast.companies_key();
        let text = str::to_owned;
        Self {
            keys: (pagfast.access_key(), pagfast.secret()),
            company_keys: (companies.access_key, companies.secret),
            payer: (text("Ana Exemplo"), text("00000000191")),
            recipient: (text("Rui Exemplo"), text("00000000272")),
            pix_key: text("rui@example.com"),
            description: text("an order"),
            notify: hook("1"),
            header: text("1"),
            return_url: text("https://shop.example/back"),
        }
    }

    /// Markers in place of all of them.
    pub(super) fn marked(marker: &dyn Fn(&str) -> String) -> Self {
        Self {
            keys: (marker(ACCESS_KEY), marker(SECRET)),
            company_keys: (marker(COMPANY_KEY), marker(COMPANY_SECRET)),
            payer: (marker(PAYER_NAME), marker(PAYER_CPF)),
            recipient: (marker(RECIPIENT_NAME), marker(RECIPIENT_CPF)),
            pix_key: marker(PIX_KEY),
            description: marker(DESCRIPTION),
            notify: hook(&marker(NOTIFY)),
            header: marker(HEADER),
            return_url: format!("https://shop.example/back?ticket={}", marker(RETURN)),
        }
    }

    pub(super) fn payer(&self) -> Result<Payer, Broken> {
        Ok(Payer::new(self.cpf()?).name(&self.payer.0))
    }

    pub(super) fn cpf(&self) -> Result<Cpf, Broken> {
        Ok(Cpf::new(&self.payer.1)?)
    }

    /// Whom withdrawals go to, by name and CPF, at the Pix key of all.
    pub(super) fn recipient(&self, cpf: Option<&str>) -> Result<Recipient, Broken> {
        let cpf = Cpf::new(cpf.unwrap_or(&self.recipient.1))?;
        Ok(Recipient::new(&self.recipient.0, cpf, PixKey::email(&self.pix_key)))
    }

    pub(super) fn notify(&self) -> Notify {
        Notify::to(&self.notify).header("x-shop", self.header.clone())
    }
}
