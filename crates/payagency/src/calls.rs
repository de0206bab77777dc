//! One method for each of the seventeen operations.

use crate::card_call::CardCall;
use crate::client::{Client, checked};
use crate::crypto::{Payin, Ramp};
use crate::generated::operations as ops;
use crate::generated::types::{
    CryptoCurrency, CurrenciesRequest, CurrencyList, EstimateReply, LinkReply, PaymentTemplate, TemplateList,
    Transaction, TransactionList, Wallet, WalletList, WalletTransaction, WalletTransactionList,
};
use crate::history::{ListPage, ListPages, ListQuery};
use crate::link::{CryptoLink, PaymentLink};
use crate::paid::{self, Asked, Payment};
use crate::payment::{CardPayment, PagePayment};
use crate::payout::{Estimate, Estimated, Payout};
use crate::refund::Refund;
use crate::settle::{Settle, Sought};
use pay_core::decode::json;
use pay_core::provider::{Operation, Parts};
use pay_core::{Amount, Call};

/// Payments.
impl Client {
    /// Pays with a card, server to server; the body is sealed. `POST /api/v1/{test|live}/card` (documented).
    ///
    /// Errors: `Refused` where members are wrong, `NotDone` where nothing was sent or the key was refused, `Unknown` for everything
    /// else; then [`settle`](Self::settle) by the order id. It is never sent twice.
    pub fn card(&self, payment: CardPayment) -> CardCall<Payment> {
        let parts = payment.order.worth(ops::card(self.segment(), &payment.request()));
        CardCall::new(self.payment(&ops::CARD, parts, payment.check(self.rules()), payment.order.id))
    }

    /// Opens the provider's card page: no card data passes through you. `POST /api/v1/{test|live}/hosted/card` (documented).
    ///
    /// Errors: as [`card`](Self::card).
    pub fn hosted_card(&self, payment: PagePayment) -> Call<Payment> {
        let parts = payment.order.worth(ops::hosted_card(self.segment(), &payment.request()));
        self.payment(&ops::HOSTED_CARD, parts, payment.check(self.rules()), payment.order.id)
    }

    /// Opens the page of an alternative payment method. `POST /api/v1/{test|live}/apm` (documented). Which method it is, the
    /// provider decides: no page has a member for it.
    ///
    /// Errors: as [`card`](Self::card).
    pub fn apm(&self, payment: PagePayment) -> Call<Payment> {
        let parts = payment.order.worth(ops::apm(self.segment(), &payment.request()));
        self.payment(&ops::APM, parts, payment.check(self.rules()), payment.order.id)
    }

    /// What became of a payment, by the provider's transaction id or your order id. `GET /api/{test|live}/status/{id}`
    /// (documented). **This call decides**; what a creation or a webhook says is a hint. An answer about another payment is an
    /// error.
    pub fn status(&self, id: impl Into<String>) -> Call<Payment> {
        let id = id.into();
        self.asked(&ops::STATUS, ops::status(self.segment(), &id), id)
    }

    /// Asks [`status`](Self::status) what a webhook says, by its transaction id: believe the answer, not the event.
    pub fn confirm(&self, event: impl Into<Sought>) -> Call<Payment> {
        self.status(event.into().id)
    }

    /// Finds out what became of a payment, by its order id, transaction id, an [`Error`](crate::Error) or an event.
    pub fn settle(&self, sought: impl Into<Sought>) -> Settle {
        Settle::new(self.clone(), sought.into(), Self::status)
    }

    /// Refunds a payment in full. `POST /api/v1/{test|live}/refund` (documented). `Completed` means that it is marked as refunded.
    ///
    /// Errors: a second refund and one after a chargeback are `Refused`, and [`RefundRefusal`](crate::RefundRefusal) labels
    /// them; everything that may have acted is `Unknown`, and [`status`](Self::status) shows it. It is never sent twice.
    pub fn refund(&self, refund: Refund) -> Call<Payment> {
        let parts = checked(ops::refund(self.segment(), &refund.request()), refund.check(self.rules()));
        let asked = Asked::Refund(refund.transaction_id);
        self.start(&ops::REFUND, parts, None, move |answer| paid::read(answer, &asked)).progress(Payment::progress)
    }

    fn payment(
        &self,
        operation: &'static Operation,
        parts: Parts,
        check: Result<(), String>,
        order_id: String,
    ) -> Call<Payment> {
        let asked = Asked::Order(order_id);
        self.start(operation, checked(parts, check), None, move |answer| paid::read(answer, &asked))
            .progress(Payment::progress)
    }

    fn asked(&self, operation: &'static Operation, parts: Parts, id: String) -> Call<Payment> {
        let asked = Asked::Id(id.clone());
        self.start(operation, parts, Some(&id), move |answer| paid::read(answer, &asked))
    }
}

/// Payouts and wallets.
impl Client {
    /// Pays out from a wallet to a card; the body is sealed. `POST /api/v1/{test|live}/payout` (documented).
    ///
    /// Errors: as [`card`](Self::card); look it up with [`settle_payout`](Self::settle_payout). It is never sent twice.
    pub fn payout(&self, payout: Payout) -> CardCall<Payment> {
        let parts = payout.order.worth(ops::payout(self.segment(), &payout.request()));
        CardCall::new(self.payment(&ops::PAYOUT, parts, payout.check(self.rules()), payout.order.id))
    }

    /// What became of a payout, by the provider's transaction id or your order id.
    /// `GET /api/v1/{test|live}/payout/{id}/status` (documented).
    pub fn payout_status(&self, id: impl Into<String>) -> Call<Payment> {
        let id = id.into();
        self.asked(&ops::PAYOUT_STATUS, ops::payout_status(self.segment(), &id), id)
    }

    /// Finds out what became of a payout. How its webhooks look is not documented, so asking is the way.
    pub fn settle_payout(&self, sought: impl Into<Sought>) -> Settle {
        Settle::new(self.clone(), sought.into(), Self::payout_status)
    }

    /// What a payout would cost. `POST /api/v1/wallet/estimate-payout` (documented). The card number travels without a seal unless
    /// asked for: see [`Estimate`].
    pub fn estimate_payout(&self, estimate: Estimate) -> CardCall<Estimated> {
        let seal = estimate.sealed.unwrap_or(self.options().seal_estimates);
        let parts = checked(ops::estimate_payout(&estimate.request()).sealed(seal), estimate.check(self.rules()));
        CardCall::new(self.start(&ops::ESTIMATE_PAYOUT, parts, None, |answer| {
            json::<EstimateReply>(&answer.body).map(|reply| reply.data.into())
        }))
    }

    /// The wallets of the profile. `GET /api/v1/wallet` (documented). Whether a test key is served is not known: the SDKs never ask.
    pub fn wallets(&self) -> Call<Vec<Wallet>> {
        self.start(&ops::WALLETS, ops::wallets(), None, |answer| json::<WalletList>(&answer.body).map(|list| list.data))
    }
}

/// Lists.
impl Client {
    /// One page of the payments. `GET /api/v1/{test|live}-transactions` (documented).
    pub fn transactions(&self, query: &ListQuery) -> Call<ListPage<Transaction>> {
        let parts = checked(ops::transactions(self.segment(), &query.payments()), query.check(self.rules()));
        self.start(&ops::TRANSACTIONS, parts, None, |answer| {
            json::<TransactionList>(&answer.body).map(|list| ListPage::new(list.data, list.meta))
        })
    }

    /// The payments, page by page.
    pub fn transaction_pages(&self, query: ListQuery) -> ListPages<Transaction> {
        let client = self.clone();
        ListPages::new(query, move |query| client.transactions(query))
    }

    /// One page of the payouts. `GET /api/v1/{test|live}-wallet-transactions` (documented).
    pub fn wallet_transactions(&self, query: &ListQuery) -> Call<ListPage<WalletTransaction>> {
        let parts = checked(ops::wallet_transactions(self.segment(), &query.payouts()), query.check(self.rules()));
        self.start(&ops::WALLET_TRANSACTIONS, parts, None, |answer| {
            json::<WalletTransactionList>(&answer.body).map(|list| ListPage::new(list.data, list.meta))
        })
    }

    /// The payouts, page by page.
    pub fn wallet_transaction_pages(&self, query: ListQuery) -> ListPages<WalletTransaction> {
        let client = self.clone();
        ListPages::new(query, move |query| client.wallet_transactions(query))
    }
}

/// Links.
impl Client {
    /// Makes a payment link. `POST /api/v1/payment-link` (documented). No money moves by it; it is never sent twice all the same.
    pub fn payment_link(&self, link: PaymentLink) -> Call<LinkReply> {
        let seal = link.sealed.unwrap_or(self.options().seal_payment_links);
        let parts = checked(ops::payment_link(&link.request()).sealed(seal), link.check(self.rules()));
        self.start(&ops::PAYMENT_LINK, parts, None, |answer| json(&answer.body))
    }

    /// The templates for payment links. `GET /api/v1/payment-templates` (as all SDKs have it; a page prints
    /// `/v1/payment-templates`).
    pub fn payment_templates(&self) -> Call<Vec<PaymentTemplate>> {
        self.start(&ops::PAYMENT_TEMPLATES, ops::payment_templates(), None, |answer| {
            json::<TemplateList>(&answer.body).map(|list| list.data)
        })
    }

    /// Makes a crypto payment link. `POST /api/v1/crypto/payment-link` (as all SDKs have it; a page prints
    /// `/api/v1/live/crypto/payment-link`).
    pub fn crypto_payment_link(&self, link: CryptoLink) -> Call<LinkReply> {
        let parts = checked(ops::crypto_payment_link(&link.request()), link.check(self.rules()));
        self.start(&ops::CRYPTO_PAYMENT_LINK, parts, None, |answer| json(&answer.body))
    }
}

/// Crypto.
impl Client {
    /// Buys or sells crypto; the body is sealed. `POST /api/v1/{test|live}/crypto` (documented).
    ///
    /// Errors: as [`card`](Self::card).
    pub fn crypto_ramp(&self, ramp: Ramp) -> Call<Payment> {
        let parts = ramp.worth(ops::crypto_ramp(self.segment(), &ramp.request()));
        self.payment(&ops::CRYPTO_RAMP, parts, ramp.check(self.rules()), ramp.order_id)
    }

    /// Takes a payment in crypto; the body is sealed. `POST /api/v1/{test|live}/crypto/payin` (documented).
    ///
    /// Errors: as [`card`](Self::card). `SUCCESS` with a `crypto_payment_status` is [`Payment::Pending`]: too little may have been paid.
    pub fn crypto_payin(&self, payin: Payin) -> Call<Payment> {
        let parts = payin.order.worth(ops::crypto_payin(self.segment(), &payin.request()));
        self.payment(&ops::CRYPTO_PAYIN, parts, payin.check(self.rules()), payin.order.id)
    }

    /// The crypto currencies that can be had for an amount in a country. `POST /api/v1/{test|live}/crypto/currencies` (all SDKs; no
    /// page was found). A read.
    pub fn crypto_currencies(&self, country: impl Into<String>, amount: Amount) -> Call<Vec<CryptoCurrency>> {
        let rules = self.rules();
        let request = CurrenciesRequest { country: country.into(), amount };
        let check = rules.country(&request.country).and_then(|()| rules.amount("amount", amount));
        let parts = checked(ops::crypto_currencies(self.segment(), &request), check);
        self.start(&ops::CRYPTO_CURRENCIES, parts, None, |answer| {
            json::<CurrencyList>(&answer.body).map(|list| list.data)
        })
    }
}
