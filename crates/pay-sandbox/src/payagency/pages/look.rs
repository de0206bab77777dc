//! What each hosted page says, asks for, and can do.

use super::shown::Shown;
use crate::payagency::payment::Kind;
use crate::payagency::routes::Page;

/// An action of the page's form, and what its button says.
pub(super) type Button = (&'static str, String);

/// The action of a form that was filled in; all others are decisions.
pub(super) const PAY: &str = "pay";

/// One page while its payment is open.
pub(super) struct Look {
    /// The page's name.
    pub(super) title: &'static str,
    /// What stands before the amount.
    pub(super) verb: &'static str,
    /// What the amount alone does not say.
    pub(super) about: Option<String>,
    pub(super) asks_payer: bool,
    pub(super) asks_card: bool,
    pub(super) main: Button,
    /// Other answers that belong on such a page.
    pub(super) beside: Vec<Button>,
    /// Ends that are the sandbox's own to offer.
    pub(super) otherwise: Vec<Button>,
}

impl Look {
    pub(super) fn of(page: Page, kind: Kind, shown: &Shown<'_>) -> Self {
        let pay = shown.total().map_or_else(|| "Pay".to_owned(), |total| format!("Pay {total}"));
        let base = || Self {
            title: "Payment",
            verb: "Pay",
            about: None,
            asks_payer: false,
            asks_card: false,
            main: (PAY, pay.clone()),
            beside: Vec::new(),
            otherwise: vec![button("abandon", "Leave unanswered")],
        };
        let link = |title, asks_card| Self { title, asks_payer: true, asks_card, otherwise: Vec::new(), ..base() };
        match page {
            Page::CardCheckout => Self {
                title: "3-D Secure",
                verb: "Confirm",
                about: Some("The bank that issued the card asks: is this payment yours?".to_owned()),
                main: button("approve", "Yes, approve it"),
                beside: vec![button("decline", "No, decline it")],
                ..base()
            },
            Page::HostedCard => Self {
                title: "Card payment",
                asks_card: true,
                otherwise: vec![button("decline", "Decline"), button("abandon", "Leave unpaid")],
                ..base()
            },
            Page::Apm => Self {
                title: "Alternative payment method",
                about: Some(
                    "Which methods the provider offers is not documented. The sandbox has one, which asks nothing."
                        .to_owned(),
                ),
                main: ("approve", pay.clone()),
                beside: vec![button("decline", "Decline")],
                ..base()
            },
            Page::CryptoPayin => {
                let coins = shown.coins().unwrap_or_default();
                Self {
                    title: "Crypto payment",
                    about: Some(format!(
                        "To be paid in {coins}. No address is shown: nothing can be sent to a sandbox."
                    )),
                    main: button("approve", "Pay exactly that"),
                    beside: vec![button("pay_under", "Pay less"), button("pay_over", "Pay more")],
                    otherwise: vec![button("decline", "Let it fail"), button("abandon", "Leave unpaid")],
                    ..base()
                }
            }
            Page::CryptoRamp => {
                let coins = shown.coins().unwrap_or_default();
                let sells = kind == Kind::OffRamp;
                Self {
                    title: "Crypto exchange",
                    verb: if sells { "Sell for" } else { "Buy for" },
                    about: Some(format!("You {} {coins}.", if sells { "sell" } else { "buy" })),
                    main: button("approve", if sells { "Sell" } else { "Buy" }),
                    beside: vec![button("decline", "Decline")],
                    ..base()
                }
            }
            Page::PaymentLink => link("Payment link", true),
            Page::CryptoLink => Self { main: button(PAY, "Continue"), ..link("Crypto payment link", false) },
        }
    }

    /// Whether the page has a button for this action.
    pub(super) fn offers(&self, action: &str) -> bool {
        let others = self.beside.iter().chain(&self.otherwise);
        others.chain([&self.main]).any(|(known, _)| *known == action)
    }
}

fn button(action: &'static str, label: &str) -> Button {
    (action, label.to_owned())
}
