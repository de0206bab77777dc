//! What can be done on behalf of a user.

use crate::details::{DetailsShape, UserProfile};
use crate::generated::operations::{self, ONE_TIME_TOKEN};
use crate::generated::types::{MerchantPaymentResult, MoneyTransferResult};
use crate::path;
use crate::payment::MerchantPayment;
use crate::session::UserSession;
use crate::transfer::MoneyTransfer;
use pay_core::provider::Parts;
use pay_core::{Call, RawBody, RawRequest};

impl UserSession {
    /// Charges the user in your favour. `POST /paga-webservices/oauth2/secure/merchantPayment/...` (documented in part); scope
    /// `MERCHANT_PAYMENT`. Never sent again once it may have acted.
    ///
    /// Errors: `Refused` where Paga said no, `NotDone` where nothing was sent or the consent is over (`Kind::ConsentRequired`), `Unknown` for
    /// everything that may have happened: there is no question by reference, so look in your books at Paga, or ask its support, before anything
    /// is started again.
    pub fn merchant_payment(&self, payment: MerchantPayment) -> Call<MerchantPaymentResult> {
        self.start(payment.parts(self.client().style()), move |answer| payment.read(answer))
    }

    /// Credits a Paga account. `POST /paga-webservices/oauth2/secure/moneyTransfer/v2` (Paga's libraries); scope `MONEY_TRANSFER`. Never sent
    /// again once it may have acted.
    ///
    /// Errors: as [`merchant_payment`](Self::merchant_payment).
    pub fn money_transfer(&self, transfer: MoneyTransfer) -> Call<MoneyTransferResult> {
        self.start(transfer.parts(self.client().style()), move |answer| transfer.read(answer))
    }

    /// What the user shares. `POST /paga-webservices/oauth2/secure/getUserDetails` (Paga's libraries); scope `USER_DETAILS_REQUEST`, and what is
    /// wanted must have been in the consent's user data. The balance comes here alone, as `ACCOUNT_BALANCE`: no source shows a call for it.
    pub fn user_details(&self, shape: DetailsShape) -> Call<UserProfile> {
        self.start(shape.parts(self.client().style(), self.client().client_id()), UserProfile::read)
    }

    /// A one-time token, whatever it is for: the answer as it came. `POST /paga-webservices/oauth2/secure/getOneTimeToken/...` (two of Paga's
    /// libraries). **Experimental**: purpose, scope and answer are documented nowhere.
    pub fn one_time_token(&self, reference: impl AsRef<str>) -> Call<RawBody> {
        let reference = reference.as_ref();
        let parts = match path::reference_mistake(self.client().style().references, reference) {
            Some(why) => Parts::new(&ONE_TIME_TOKEN).mistake(format!("the reference {why}")),
            None => {
                if path::could_be_cut(reference) {
                    path::warn_of_dot("one_time_token", reference);
                }
                operations::one_time_token(reference)
            }
        };
        self.start(parts.reference(reference), |answer| Ok(RawBody::new(answer.body.clone())))
    }

    /// The escape hatch: any request below the base URL with this user's token, such as a secured path that Paga told you of. A money call is
    /// `Repeat::Never`, and any 2xx counts: whether it succeeded is yours to read.
    pub fn raw(&self, request: RawRequest) -> Call<RawBody> {
        self.client().engine().raw(self.access(), request)
    }
}
