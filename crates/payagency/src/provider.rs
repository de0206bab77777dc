//! What `pay-core` asks a provider: its name, its judge, the key in the header, and the seal.

use crate::judge;
use crate::key::seal_key;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use pay_core::provider::{Answer, Operation, Provider, ToSign, Verdict};
use pay_core::{Credentials, Error, ExposeSecret, Kind, Outcome};
use zeroize::Zeroizing;

pub(crate) struct PayAgency;

impl Provider for PayAgency {
    fn name(&self) -> &'static str {
        "payagency"
    }

    fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    fn judge(&self, operation: &'static Operation, answer: &Answer) -> Verdict {
        judge::judge(operation, answer)
    }

    /// The secret key travels as it is, read anew for every attempt.
    fn sign(&self, _: &ToSign<'_>, credentials: &Credentials, headers: &mut HeaderMap) -> Result<(), Error> {
        let text = Zeroizing::new(format!("Bearer {}", credentials.secret().expose_secret()));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| Error::config("secret_key", "holds characters that no header can carry"))?;
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
        Ok(())
    }

    fn seal(&self, plain: Vec<u8>, credentials: &Credentials) -> Result<Vec<u8>, Error> {
        // Wiped on every way out of here.
        let mut plain = Zeroizing::new(plain);
        let key = seal_key(credentials)?;
        key.seal("{\"payload\":\"", std::mem::take(&mut *plain), "\"}").map_err(|error| {
            Error::new(Kind::Invalid, Outcome::NotDone, "seal").message("not sealed").with_source(error)
        })
    }
}
