//! The seeded accounts: well-known fixtures of the sandbox, worthless anywhere else.

use std::fmt;

/// The four levels of accounts. Only merchants and sub-merchants may buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Administers vendors.
    Partner,
    /// Administers merchants.
    Vendor,
    /// Buys.
    Merchant,
    /// Buys, with its parent merchant's products.
    SubMerchant,
}

impl Role {
    /// The `userType` of the transaction history.
    pub fn user_type(self) -> &'static str {
        match self {
            Self::Partner => "PARTNER",
            Self::Vendor => "VENDOR",
            Self::Merchant => "MERCHANT",
            Self::SubMerchant => "SUB_MERCHANT",
        }
    }

    pub(super) fn may_buy(self) -> bool {
        matches!(self, Self::Merchant | Self::SubMerchant)
    }
}

/// A seeded account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Account {
    pub(super) index: usize,
    pub(super) parent: Option<usize>,
    role: Role,
    name: &'static str,
    username: &'static str,
    password: &'static str,
    account_id: &'static str,
    user_type_id: &'static str,
    channel_id: &'static str,
    pub(super) opening_cents: i64,
}

impl Account {
    /// The user name.
    pub fn username(&self) -> &'static str {
        self.username
    }

    /// The password: a fixture, accepted by this sandbox only.
    pub fn password(&self) -> &'static str {
        self.password
    }

    /// The id in `/merchants/{id}/products` or `/sub-merchants/{id}/products`.
    pub fn account_id(&self) -> &'static str {
        self.account_id
    }

    /// The `userTypeId` of the transaction history.
    pub fn user_type_id(&self) -> &'static str {
        self.user_type_id
    }

    /// The channel that its purchases name.
    pub fn channel_id(&self) -> &'static str {
        self.channel_id
    }

    /// Its level.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its name, as transaction records show it.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("role", &self.role)
            .field("username", &self.username)
            .field("account_id", &self.account_id)
            .finish_non_exhaustive()
    }
}

pub(super) const MERCHANT: usize = 0;
pub(super) const SUB_MERCHANT: usize = 1;
pub(super) const POOR_MERCHANT: usize = 2;
pub(super) const OTHER_MERCHANT: usize = 3;
pub(super) const VENDOR: usize = 4;
pub(super) const PARTNER: usize = 5;

/// R1,000,000.00: enough for long runs.
const PLENTY: i64 = 100_000_000;

pub(super) static ACCOUNTS: [Account; 6] = [
    Account {
        index: MERCHANT,
        parent: Some(VENDOR),
        role: Role::Merchant,
        name: "Sandbox Merchant",
        username: "sandbox-merchant",
        password: "sandbox-merchant-password",
        account_id: "SBXM01",
        user_type_id: "sbx-merchant_01-Zk3vQ8wT5yB1nD7hJ4mP6rA",
        channel_id: "F5YZP7",
        opening_cents: PLENTY,
    },
    Account {
        index: SUB_MERCHANT,
        parent: Some(MERCHANT),
        role: Role::SubMerchant,
        name: "Sandbox Sub-Merchant",
        username: "sandbox-sub-merchant",
        password: "sandbox-sub-merchant-password",
        account_id: "SBXS01",
        user_type_id: "sbx-sub-merch_01-Lq2xC9fV6uE0tK8gH3bN5s",
        channel_id: "F5YZP8",
        opening_cents: PLENTY,
    },
    Account {
        index: POOR_MERCHANT,
        parent: Some(VENDOR),
        role: Role::Merchant,
        name: "Sandbox Poor Merchant",
        username: "sandbox-poor-merchant",
        password: "sandbox-poor-merchant-password",
        account_id: "SBXM02",
        user_type_id: "sbx-merchant_02-Wd7jR1pX4zM9cF2kY6vS8eG",
        channel_id: "F5YZP9",
        opening_cents: 500,
    },
    Account {
        index: OTHER_MERCHANT,
        parent: Some(VENDOR),
        role: Role::Merchant,
        name: "Sandbox Other Merchant",
        username: "sandbox-other-merchant",
        password: "sandbox-other-merchant-password",
        account_id: "SBXM03",
        user_type_id: "sbx-merchant_03-Hb5nT8qL2wJ7dU4yA1xK9mC",
        channel_id: "F5YZPA",
        opening_cents: PLENTY,
    },
    Account {
        index: VENDOR,
        parent: Some(PARTNER),
        role: Role::Vendor,
        name: "Sandbox Vendor",
        username: "sandbox-vendor",
        password: "sandbox-vendor-password",
        account_id: "SBXV01",
        user_type_id: "sbx-vendor_01-Pf6gZ3rB8sQ1vE5oN7tC2hW4i",
        channel_id: "F5YZPB",
        opening_cents: 0,
    },
    Account {
        index: PARTNER,
        parent: None,
        role: Role::Partner,
        name: "Sandbox Partner",
        username: "sandbox-partner",
        password: "sandbox-partner-password",
        account_id: "SBXP01",
        user_type_id: "sbx-partner_01-Yc9aD4mG7kV2xR6uL8jS1f3q",
        channel_id: "F5YZPC",
        opening_cents: 0,
    },
];

/// Whether `upper` is `lower` itself or stands above it.
pub(super) fn oversees(upper: &Account, lower: &Account) -> bool {
    let mut at = Some(lower.index);
    while let Some(index) = at {
        if index == upper.index {
            return true;
        }
        at = ACCOUNTS[index].parent;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_consistent() {
        for (index, account) in ACCOUNTS.iter().enumerate() {
            assert_eq!(account.index, index);
            assert_eq!(account.user_type_id.len(), 39, "{}", account.name);
            let shown = format!("{account:?}");
            assert!(!shown.contains("password"), "{shown}");
        }
    }

    #[test]
    fn the_hierarchy_goes_downwards_only() {
        let sees = |upper: usize, lower: usize| oversees(&ACCOUNTS[upper], &ACCOUNTS[lower]);
        assert!(sees(PARTNER, SUB_MERCHANT) && sees(VENDOR, MERCHANT) && sees(MERCHANT, MERCHANT));
        assert!(!sees(SUB_MERCHANT, MERCHANT) && !sees(MERCHANT, OTHER_MERCHANT));
    }
}
