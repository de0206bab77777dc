//! What a client of Pay Agency is told, and what of it is nobody else's business.

use crate::leaks::{AWKWARD, At, CARD, PLAIN, Plant, SHORT};
use pay_sandbox::Sandbox;
use pay_sandbox::payagency::Environment;
use payagency::{Card, Cvv, Error, Expiry, Pan, Payer, PayoutCard};

/// A public test number that is paid at once; in groups, as on a card.
const TEST_CARD: &str = "4111 1111 1111 1111";

pub(super) const ENCRYPTION_KEY: &str = "encryption key";
pub(super) const NUMBER: &str = "card number";
pub(super) const CVV: &str = "check digits of the card";

const SECRET_KEY: &str = "secret key";
const FIRST_NAME: &str = "first name";
const LAST_NAME: &str = "last name";
const EMAIL: &str = "e-mail address";
const PHONE: &str = "phone number";
const IP: &str = "IP address";
const ADDRESS: &str = "address";
const CITY: &str = "city";
const STATE: &str = "state";
const ZIP: &str = "postal code";
const REASON: &str = "reason of a refund";
const RETURN: &str = "query of a URL for browsers";
const WEBHOOK: &str = "query of the webhook's URL";
const WALLET: &str = "address of a crypto wallet";

/// The fields to hide. All but the keys travel inside sealed bodies.
pub(super) fn plants() -> Vec<Plant> {
    let sent = |field, form| Plant::new(field, form, At::Sent);
    vec![
        sent(SECRET_KEY, "PA_TEST_****************************"),
        Plant::new(ENCRYPTION_KEY, "********************************", At::Kept),
        sent(NUMBER, CARD),
        sent(CVV, SHORT),
        // A ramp takes letters alone.
        sent(FIRST_NAME, "????????????????????????????"),
        sent(LAST_NAME, "????????????????????????????"),
        sent(EMAIL, "************************@example.com"),
        // And no longer numbers than this.
        sent(PHONE, "+7################"),
        sent(IP, PLAIN),
        sent(ADDRESS, AWKWARD),
        sent(CITY, AWKWARD),
        sent(STATE, PLAIN),
        sent(ZIP, PLAIN),
        sent(REASON, AWKWARD),
        sent(RETURN, PLAIN),
        sent(WEBHOOK, PLAIN),
        sent(WALLET, PLAIN),
    ]
}

/// All of it.
pub(super) struct Facts {
    secret_key: String,
    encryption_key: String,
    number: String,
    cvv: String,
    first_name: String,
    last_name: String,
    pub(super) email: String,
    phone: String,
    ip: String,
    address: String,
    city: String,
    state: String,
    zip: String,
    pub(super) reason: String,
    pub(super) return_url: String,
    /// Only where it is to be hidden: a shop without a receiver names none.
    pub(super) webhook_url: Option<String>,
    pub(super) wallet: String,
}

impl Facts {
    /// As the sandbox has them.
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let (payagency, test) = (sandbox.payagency(), Environment::Test);
        Self {
            secret_key: payagency.secret_key(test),
            encryption_key: payagency.encryption_key(test),
            number: TEST_CARD.to_owned(),
            cvv: "029".to_owned(),
            first_name: "Ada".to_owned(),
            last_name: "Byron".to_owned(),
            email: "ada@example.com".to_owned(),
            phone: "7000000001".to_owned(),
            ip: "203.0.113.7".to_owned(),
            address: "1 Analytical Row".to_owned(),
            city: "London".to_owned(),
            state: "LND".to_owned(),
            zip: "SW1A 1AA".to_owned(),
            reason: "Customer requested refund".to_owned(),
            return_url: "https://shop.example/back".to_owned(),
            webhook_url: None,
            wallet: "wallet-address".to_owned(),
        }
    }

    /// Markers in place of all of them.
    pub(super) fn marked(marker: &dyn Fn(&str) -> String) -> Self {
        Self {
            secret_key: marker(SECRET_KEY),
            encryption_key: marker(ENCRYPTION_KEY),
            number: marker(NUMBER),
            cvv: marker(CVV),
            first_name: marker(FIRST_NAME),
            last_name: marker(LAST_NAME),
            email: marker(EMAIL),
            phone: marker(PHONE),
            ip: marker(IP),
            address: marker(ADDRESS),
            city: marker(CITY),
            state: marker(STATE),
            zip: marker(ZIP),
            reason: marker(REASON),
            return_url: format!("https://shop.example/back?ticket={}", marker(RETURN)),
            // Nobody listens there: the delivery fails, and is told of.
            webhook_url: Some(format!("http://127.0.0.1:9/hook?token={}", marker(WEBHOOK))),
            wallet: marker(WALLET),
        }
    }

    /// The secret key and the encryption key.
    pub(super) fn keys(&self) -> (String, String) {
        (self.secret_key.clone(), self.encryption_key.clone())
    }

    pub(super) fn payer(&self, email: &str) -> Result<Payer, Error> {
        Payer::builder()
            .first_name(&self.first_name)
            .last_name(&self.last_name)
            .email(email)
            .address(&self.address)
            .country("GB")
            .city(&self.city)
            .state(&self.state)
            .zip(&self.zip)
            .ip_address(&self.ip)
            .phone_number(&self.phone)
            .build()
    }

    pub(super) fn pan(&self) -> Result<Pan, Error> {
        Pan::new(&self.number)
    }

    pub(super) fn card(&self) -> Result<Card, Error> {
        Ok(Card::new(self.pan()?, expiry()?, Cvv::new(self.cvv.clone())?))
    }

    pub(super) fn payout_card(&self) -> Result<PayoutCard, Error> {
        Ok(PayoutCard::new(self.pan()?, expiry()?))
    }
}

fn expiry() -> Result<Expiry, Error> {
    Expiry::new(12, 2039)
}
