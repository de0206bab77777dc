//! `GET /partners-int/receivers`: companies that can be paid. The rest of payments to companies is described without its paths.

use super::account::{RECEIVER_STATUSES, RECEIVERS};
use super::answers::{self, Detail, Refusal};
use super::lookups;
use super::state::{self, Call, State};
use crate::json::Node;
use crate::provider::Reply;
use http::StatusCode;

/// The page's answer could not be read beyond `companyFantasyName`.
pub(super) fn list(_: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let wanted = call.query("receiverStatus");
    if !wanted.is_empty() && !RECEIVER_STATUSES.contains(&wanted) {
        return Err(Refusal::format(vec![Detail {
            path: Some("/receiverStatus".to_owned()),
            code: Some("enum".to_owned()),
            message: Some("must be equal to one of the allowed values".to_owned()),
            allowed: RECEIVER_STATUSES.map(str::to_owned).to_vec(),
            ..Detail::default()
        }]));
    }
    state::check_query(call)?;
    let (limit, offset) = (lookups::number(call, "dataset.limit")?, lookups::number(call, "dataset.offset")?);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::member("/dataset.limit", "maximum", "must be from 1 to 100"));
    }
    // Receivers belong to the account that has a key pair for payments to companies.
    let own = RECEIVERS.iter().filter(|_| call.account == super::account::MAIN);
    let found: Vec<_> = own.filter(|it| wanted.is_empty() || it.status == wanted).collect();
    let items = found.iter().skip(offset).take(limit).map(|receiver| {
        Node::Object(vec![
            ("id", receiver.id.into()),
            ("companyFantasyName", receiver.name.into()),
            ("receiverStatus", receiver.status.into()),
        ])
    });
    let page = lookups::page(limit, offset, found.len(), items.collect());
    Ok(answers::done(StatusCode::OK, page).assume("members of a receiver, and what it is ordered by"))
}
