//! Which pages there are, so that each links to the others.

/// Where the sandbox's own pages are.
pub(super) const PAGES: &str = "/_sandbox/pages";
/// The request log.
pub(super) const REQUESTS: &str = "/_sandbox/pages/requests";
/// The delivery log.
pub(super) const DELIVERIES: &str = "/_sandbox/pages/deliveries";

/// A provider as people see it.
#[derive(Debug)]
pub(super) struct ProviderPages {
    /// Its name in the sandbox.
    pub(super) name: &'static str,
    /// Its name among people.
    pub(super) title: &'static str,
    /// What it does, in a few words.
    pub(super) about: &'static str,
    /// Where a client's base URL points, without scheme and host.
    pub(super) base: &'static str,
    /// Its pages: what each is called, and its address.
    pub(super) links: &'static [(&'static str, &'static str)],
}

/// Every provider, in the order of the frame.
pub(super) const PROVIDERS: &[ProviderPages] = &[
    ProviderPages {
        name: crate::pagamio::NAME,
        title: "Pagamio",
        about: "South Africa: airtime, data, electricity, vouchers, bills",
        base: "/pagamio/api/v1",
        links: &[],
    },
    ProviderPages {
        name: crate::pay1st::NAME,
        title: "Pay1st",
        about: "By Carry1st, Africa: hosted checkout, signed calls, webhooks",
        base: "/pay1st",
        links: &[("Payments", crate::pay1st::pages::PAYMENTS), ("Settings", crate::pay1st::pages::SETTINGS)],
    },
    ProviderPages {
        name: crate::payagency::NAME,
        title: "Pay Agency",
        about: "Sealed card payments, 3-D Secure, payouts, crypto, links",
        base: "/payagency",
        links: &[
            ("Payments", crate::payagency::pages::PAYMENTS),
            ("Links", crate::payagency::pages::LINKS),
            ("Wallets", crate::payagency::pages::WALLETS),
        ],
    },
    ProviderPages {
        name: crate::pagfast::NAME,
        title: "PagFast",
        about: "Brazil: Pix deposits and withdrawals, Open Finance",
        base: "/pagfast/v1",
        links: &[
            ("Transactions", crate::pagfast::pages::TRANSACTIONS),
            ("Accounts and keys", crate::pagfast::pages::ACCOUNTS),
        ],
    },
    ProviderPages {
        name: crate::paga_connect::NAME,
        title: "Paga Connect",
        about: "Nigeria: consent once, then charges on a user's behalf",
        base: "/paga-connect",
        links: &[("Consents", crate::paga_connect::pages::CONSENTS), ("Wallets", crate::paga_connect::pages::WALLETS)],
    },
];

/// The provider whose page this is.
pub(super) fn provider_of(path: &str) -> Option<&'static ProviderPages> {
    let rest = path.strip_prefix(PAGES)?.strip_prefix('/')?;
    let name = rest.split('/').next()?;
    PROVIDERS.iter().find(|provider| provider.name == name)
}
