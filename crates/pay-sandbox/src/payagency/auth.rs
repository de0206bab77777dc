//! The secret key of a call, and the environment that it belongs to.

use super::account::Environment;
use super::answers::Refusal;
use super::state::State;
use crate::provider::ProviderRequest;
use http::header::AUTHORIZATION;

/// The environment whose key a request carries.
pub(super) fn environment(state: &State, request: &ProviderRequest) -> Result<Environment, Refusal> {
    let header = request.headers.get(AUTHORIZATION).ok_or_else(Refusal::no_key)?;
    let given = header.to_str().ok().and_then(|text| text.split_once(' '));
    let (_, key) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).ok_or_else(Refusal::no_key)?;
    let mut all = Environment::ALL.into_iter();
    all.find(|environment| state.keys(*environment).secret == key.trim()).ok_or_else(Refusal::invalid_key)
}
