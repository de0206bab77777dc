//! A crypto currency on its network.

use crate::rules::Rules;

/// A crypto currency on its network, such as `ETH` on `ETHEREUM`. Neither list is closed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Coin {
    pub(crate) currency: String,
    pub(crate) network: String,
}

impl Coin {
    /// Bitcoin on its network.
    pub fn bitcoin() -> Self {
        Self::named("BTC").on("BITCOIN")
    }

    /// Ether on its network.
    pub fn ether() -> Self {
        Self::named("ETH").on("ETHEREUM")
    }

    /// Any currency by its code; its network follows with [`on`](Self::on).
    pub fn named(currency: impl Into<String>) -> Self {
        Self { currency: currency.into(), network: String::new() }
    }

    /// The network, in capitals.
    #[must_use]
    pub fn on(mut self, network: impl Into<String>) -> Self {
        self.network = network.into();
        self
    }

    pub(crate) fn check(&self, rules: Rules) -> Result<(), String> {
        rules.given("crypto_currency", &self.currency)?;
        rules.given("crypto_network", &self.network)
    }
}
