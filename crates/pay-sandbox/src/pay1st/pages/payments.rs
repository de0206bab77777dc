//! The payments of this sandbox: what became of each, and buttons that do what a customer would do.

use crate::pages::form::{Form, is_foreign};
use crate::pages::{Visit, book, layout};
use crate::pay1st::payment::Payment;
use crate::pay1st::{Action, PaymentRecord, Status};
use crate::provider::Reply;
use http::{Method, StatusCode};
use maud::{Markup, html};

/// Where the page is.
pub(crate) const PAYMENTS: &str = "/_sandbox/pages/pay1st/payments";

pub(super) fn answer(visit: &Visit<'_>) -> Reply {
    if *visit.method != Method::POST {
        return layout::tools(visit, "Payments", &list(visit));
    }
    if is_foreign(visit.headers) {
        return layout::foreign(visit);
    }
    let form = Form::read(visit.body);
    if let Some(action) = Action::named(form.text("action")) {
        // A payment that is gone or has ended meanwhile: the list shows it as it stands.
        let _ = visit.shared.pay1st.act(form.text("reference"), action, None);
    }
    layout::redirect(StatusCode::SEE_OTHER, PAYMENTS)
}

fn list(visit: &Visit<'_>) -> Markup {
    let payments: Vec<PaymentRecord> = visit.shared.pay1st.lock().book.payments().iter().map(Payment::record).collect();
    html! {
        (layout::heading("Payments", &html! {
            "The newest first. A payment that waits is completed here, as its customer would at a kiosk."
        }))
        (book::list("payment", &payments, entry))
    }
}

fn entry(payment: &PaymentRecord) -> Markup {
    html! {
        div class="log-head" {
            (badge(payment.status))
            span class="log-what" { strong { (payment.currency) " " (payment.amount) } " " code { (payment.reference) } }
            span class="muted log-when" { (payment.country) }
        }
        dl class="log-facts" {
            div { dt { "partner reference" } dd { (payment.partner_reference) } }
            div { dt { "charged" } dd { (book::times(payment.charges)) } }
            div { dt { "fulfilled" } dd { (book::times(payment.fulfilments)) } }
        }
        (book::buttons(PAYMENTS, "reference", &payment.reference, actions(payment.status), None))
    }
}

fn badge(status: Status) -> Markup {
    let class = match status {
        Status::New => "badge",
        Status::Successful => "badge ok",
        Status::Failed => "badge bad",
        _ => "badge warn",
    };
    html! { span class=(class) { (status.as_str()) } }
}

/// What may still become of a payment: the action, and what its button says.
fn actions(status: Status) -> &'static [(&'static str, &'static str)] {
    match status {
        Status::New => {
            &[("pay", "Pay"), ("fail", "Fail"), ("pay_later", "Pay later"), ("cancel", "Cancel"), ("expire", "Expire")]
        }
        Status::Pending => &[("pay", "Complete"), ("fail", "Fail"), ("cancel", "Cancel"), ("expire", "Expire")],
        _ => &[],
    }
}
