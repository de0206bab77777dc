//! `POST /payments/fulfilments`: the partner reports what it has delivered.

use super::answers::Refusal;
use super::body::missing;
use super::payment::Status;
use super::state::{Call, State};
use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;

/// Takes a report: an empty 200.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.object()?;
    call.check(&body)?;
    let reference = body.required("reference")?;
    let products = body.objects("products")?;
    if products.is_empty() {
        return Err(missing("products"));
    }
    let unknown = || Refusal::not_found("No such payment").assume("status of an unknown reference");
    let payment = state.book.find_mut(&reference).ok_or_else(unknown)?;
    for product in &products {
        let sku = product.required("sku")?;
        product.required("fulfilmentStatus")?;
        let quantity = product.raw("quantity").and_then(|text| text.parse::<u32>().ok());
        quantity.ok_or_else(|| missing("quantity"))?;
        if !payment.order.skus.contains(&sku) {
            return Err(Refusal::bad("A SKU that the payment does not have").assume("unknown SKUs are refused"));
        }
    }
    if payment.status != Status::Successful {
        return Err(Refusal::bad("The payment is not SUCCESSFUL").assume("fulfilment of an unpaid payment is refused"));
    }
    payment.fulfilments += 1;
    payment.fulfilled_unpaid |= payment.charges == 0;
    let mut reply = Reply::ok(&crate::json::Node::Null).assume("success status of this call");
    reply.status = StatusCode::OK;
    reply.body = Bytes::new();
    Ok(reply)
}
