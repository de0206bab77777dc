//! The merchant of this sandbox: fixtures, worthless anywhere else.

use serde::Serialize;

/// What the hosted pages call the merchant.
pub(super) const MERCHANT_NAME: &str = "Sandbox Shop";
/// Signs webhooks, unless the mode says the encryption key (C9).
pub(super) const WEBHOOK_SECRET: &str = "whsec_sandbox_payagency";
/// The connector that takes a payment, where none is named.
pub(super) const CONNECTOR: &str = "Sandbox connector";

/// Test or live: a segment of the path, which must be the key's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[allow(clippy::exhaustive_enums)]
pub enum Environment {
    /// Keys that begin with `PA_TEST_`.
    Test,
    /// Keys that begin with `PA_LIVE_`; here as unreal as the rest.
    Live,
}

impl Environment {
    pub(super) const ALL: [Self; 2] = [Self::Test, Self::Live];

    /// As it stands in paths.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// The environment with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|environment| environment.as_str() == name)
    }

    /// What a secret key of this environment begins with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Test => "PA_TEST_",
            Self::Live => "PA_LIVE_",
        }
    }

    /// The account that its payments are booked under.
    pub(super) fn merchant(self) -> &'static str {
        match self {
            Self::Test => "SANDBOX-SHOP-TEST",
            Self::Live => "SANDBOX-SHOP-LIVE",
        }
    }
}

/// The keys of one environment.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) secret: String,
    pub(super) encryption: String,
}

impl Keys {
    /// 56 hexadecimal digits after the prefix, as in the one key that was ever published; 32 characters to seal with.
    pub(super) fn of(environment: Environment) -> Self {
        let (secret, encryption) = match environment {
            Environment::Test => ("5abd0c", "a5e7b0c1d2f3a5e7b0c1d2f3a5e7b0c1"),
            Environment::Live => ("11be5a", "b6f8c1d2e3a4b6f8c1d2e3a4b6f8c1d2"),
        };
        let digits: String = secret.chars().cycle().take(56).collect();
        Self { secret: format!("{}{digits}", environment.prefix()), encryption: encryption.to_owned() }
    }
}

/// Wallets at the start: id, environment, currency, hundredths, whether it is active. The first two amounts are the documents' own.
pub(super) const WALLETS: [(&str, Environment, &str, i64, bool); 6] = [
    ("WAL5260181590830166", Environment::Test, "USD", 1_000_000, true),
    ("WAL0824628194821993", Environment::Test, "EUR", 500_000, false),
    ("WAL7114710497465075", Environment::Test, "USD", 2_000, true),
    ("WAL9624595711777741", Environment::Live, "USD", 1_000_000, true),
    ("WAL2154728038528084", Environment::Live, "EUR", 500_000, false),
    ("WAL9729975288200182", Environment::Live, "USD", 2_000, true),
];

/// Payment templates at the start: id to be named in links, the other id, name.
pub(super) const TEMPLATES: [(&str, &str, &str); 2] = [
    ("PLI01878017598983478", "5abd0c1e-7e57-4abc-8def-00a1b2c3d4e5", "Sandbox card template"),
    ("PLI26865635515058770", "5abd0c1e-7e57-4abc-8def-00a1b2c3d4e6", "Sandbox crypto template"),
];

/// Whether this could be the id of a terminal: `T` and digits, as the documents' own example.
pub(super) fn is_terminal(id: &str) -> bool {
    id.strip_prefix('T').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}
