//! Which account of which environment.

use crate::generated::types::UserType;
use pay_core::Error;
use pay_core::provider::BaseUrl;
use std::fmt;

/// Where the calls go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// Pagamio's own sandbox: `https://vas-sandbox-api.pagamio.tech/api/v1`.
    ProviderTest,
    /// Real money: `https://vas-api.pagamio.tech/api/v1`.
    Production,
    /// A base URL of your own, version segment included: the local sandbox, or an address that Pagamio gave you.
    Local(String),
}

impl Environment {
    pub(crate) fn base_url(&self) -> Result<BaseUrl, Error> {
        // https://vas-api-docs.pagamio.tech/docs/api-reference/base-urls: the version is part of the base URL.
        let url = match self {
            Self::ProviderTest => "https://vas-sandbox-api.pagamio.tech/api/v1",
            Self::Production => "https://vas-api.pagamio.tech/api/v1",
            Self::Local(url) => url,
        };
        BaseUrl::parse("base_url", url)?.ending_in("base_url", "/api/v1")
    }
}

/// The account whose products are bought: only merchants and sub-merchants may buy.
#[derive(Clone, PartialEq, Eq)]
pub enum Account {
    /// A merchant, by the id that the dashboard shows under "My User > Merchants".
    Merchant(String),
    /// A sub-merchant, by its id.
    SubMerchant(String),
}

impl Account {
    pub(crate) fn id(&self) -> &str {
        match self {
            Self::Merchant(id) | Self::SubMerchant(id) => id,
        }
    }

    /// What `/transactions` calls this kind of account.
    pub(crate) fn user_type(&self) -> UserType {
        match self {
            Self::Merchant(_) => UserType::Merchant,
            Self::SubMerchant(_) => UserType::SubMerchant,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.user_type(), self.id())
    }
}
