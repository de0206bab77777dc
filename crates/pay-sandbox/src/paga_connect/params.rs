//! The parameters of a token call: query, form body, or both.

use super::answers::{Refusal, header};
use super::modes::{Modes, Rfc9700, TokenParameters};
use crate::provider::ProviderRequest;
use http::header::CONTENT_TYPE;

const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters in their order. No `Debug`: they hold codes and tokens.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads what the modes allow to be read.
    pub(super) fn read(request: &ProviderRequest, modes: &Modes) -> Result<Self, Refusal> {
        let strict = modes.rfc9700 == Rfc9700::On;
        if strict && !request.query.is_empty() {
            return Err(Refusal::bad(
                "Parameters in the query of the token call end in logs: they belong into the body",
            ));
        }
        let form = if is_form(request) { form(request) } else { Vec::new() };
        let all: Vec<_> = match modes.token_parameters {
            TokenParameters::QueryOrForm => request.query.iter().cloned().chain(form).collect(),
            TokenParameters::Query => request.query.clone(),
            TokenParameters::Form => form,
        };
        if let Some(name) = repeated(&all).filter(|_| strict) {
            return Err(Refusal::bad(format!("Parameter given twice: {name}")));
        }
        Ok(Self(all))
    }

    /// A parameter that is there and not empty; of several the first.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        get(&self.0, name)
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::bad(format!("Missing parameter: {name}")))
    }
}

/// The same for a list of pairs.
pub(super) fn get<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// A name that stands there more than once.
pub(super) fn repeated(pairs: &[(String, String)]) -> Option<&str> {
    let mut names: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.windows(2).find(|two| two[0] == two[1]).map(|two| two[0])
}

/// Whether the body says that it is a form.
pub(super) fn is_form(request: &ProviderRequest) -> bool {
    let kind = header(&request.headers, CONTENT_TYPE).split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(FORM)
}

/// The body as a form.
pub(super) fn form(request: &ProviderRequest) -> Vec<(String, String)> {
    form_urlencoded::parse(&request.body).into_owned().collect()
}
