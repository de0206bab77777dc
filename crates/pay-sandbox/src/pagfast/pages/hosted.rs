//! What PagFast hosts: where its addresses lead, and what the buttons of its pages do.

use super::screen::{self, Errors, Filled};
use super::{TITLE, ended, picture, receipt};
use crate::pages::form::{Form, is_foreign};
use crate::pages::layout;
use crate::pagfast::NAME;
use crate::pagfast::checkout::{Acted, View};
use crate::pagfast::moves::{Move, Payer, Payment, Wrong};
use crate::pagfast::provider::PagFastProvider;
use crate::pagfast::routes::Page;
use crate::provider::{ProviderRequest, Reply};
use http::{Method, StatusCode};

/// What the pages' forms may lead to. Browsers hold every redirect that follows against it, the merchant's own ones
/// too, so it names no host.
const FORM_TARGETS: &str = "'self' http: https:";

/// Answers a request to what PagFast hosts.
pub(crate) fn answer(provider: &PagFastProvider, request: &ProviderRequest) -> Reply {
    let reads = [Method::GET, Method::HEAD].contains(&request.method);
    let Some(view) = provider.open_page(&request.path) else { return ended::nothing_here() };
    match view.page {
        Page::Picture if reads => picture::draw(&view),
        Page::Receipt if reads => receipt::write(&view),
        Page::Checkout | Page::Deposit if reads => page(&view, &Filled::default(), &[]),
        Page::Checkout | Page::Deposit if request.method == Method::POST => act(provider, request, &view),
        _ => ended::not_from_here(StatusCode::METHOD_NOT_ALLOWED),
    }
}

fn page(view: &View, filled: &Filled, errors: Errors<'_>) -> Reply {
    if view.state.is_open() {
        layout::hosted(TITLE, screen::title(view), FORM_TARGETS, &screen::draw(view, filled, errors))
    } else {
        ended::ended(view)
    }
}

fn act(provider: &PagFastProvider, request: &ProviderRequest, view: &View) -> Reply {
    if is_foreign(&request.headers) {
        return ended::not_from_here(StatusCode::FORBIDDEN);
    }
    let form = Form::read(&request.body);
    let action = form.text("action");
    if !screen::offers(view, action) {
        return ended::not_from_here(StatusCode::BAD_REQUEST);
    }
    let Some(by) = Move::named(action) else { return ended::not_from_here(StatusCode::BAD_REQUEST) };
    let filled = Filled::read(&form);
    let by = match by {
        // What has ended is not asked for anything any more.
        Move::Complete(payment) if payment == Payment::default() && view.state.is_open() => {
            let errors = filled.errors(view);
            if !errors.is_empty() {
                return wrong(view, &filled, &errors);
            }
            Move::Complete(filled.payment(view))
        }
        by => by,
    };
    match provider.press(&view.id, &by) {
        Some(Ok(acted)) => gone_on(provider, request, &acted),
        Some(Err(Wrong::Amount)) => wrong(view, &filled, &[("amount", screen::NO_AMOUNT)]),
        Some(Err(Wrong::Payer | Wrong::TaxNumber)) => wrong(view, &filled, &[("taxNumber", screen::NO_CPF)]),
        None => ended::nothing_here(),
    }
}

fn wrong(view: &View, filled: &Filled, errors: Errors<'_>) -> Reply {
    Reply { status: StatusCode::UNPROCESSABLE_ENTITY, ..page(view, filled, errors) }
}

/// Sends the payer on: to the merchant, or to the same page, which now says how it ended. A second press leads there too.
fn gone_on(provider: &PagFastProvider, request: &ProviderRequest, acted: &Acted) -> Reply {
    let own = format!("/{NAME}{}", request.path);
    let next = acted.redirect.as_deref().unwrap_or(&own);
    // An address that no header can carry: the page itself is the answer.
    let reply = layout::redirect(StatusCode::SEE_OTHER, next);
    let reply = match provider.open_page(&request.path) {
        Some(view) if reply.status != StatusCode::SEE_OTHER => ended::ended(&view),
        _ => reply.assume("303 as the status of the redirect"),
    };
    Reply { wait_for: acted.first_deliver, ..reply }
}

impl Filled {
    fn read(form: &Form) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        // People write the number with dots and a dash.
        let tax_number = text("taxNumber").chars().filter(|letter| !".- ".contains(*letter)).collect();
        Self { name: text("name"), tax_number, amount: text("amount").replace(',', ".") }
    }

    fn payment(&self, view: &View) -> Payment {
        let payer = Payer { name: self.name.clone(), tax_number: self.tax_number.clone() };
        Payment { payer: screen::asks_payer(view).then_some(payer), amount: view.editable.then(|| self.amount.clone()) }
    }
}
