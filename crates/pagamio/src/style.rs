//! Settings for what the provider's pages disagree on: the method of reads, and how the history is asked.

use crate::generated::operations::OPERATIONS;
use pay_core::provider::{Operation, Parts, Verb};

/// How the reads of the catalogue are sent: newer pages of the documents print GET, older ones POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReadMethod {
    /// As newer pages print it. The default.
    #[default]
    Get,
    /// As older pages print it. No page shows a body, so none is sent.
    Post,
}

/// How the history is asked: pages disagree on the method, and on where the parameters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum TransactionsStyle {
    /// POST with query parameters and no body, as the endpoint's own page prints it. The default.
    #[default]
    PostQuery,
    /// GET with query parameters, as the pagination page's sample does.
    GetQuery,
    /// POST with the parameters as members of a JSON body, which the pagination page hints at.
    PostJson,
}

/// What a client has been told of both.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Style {
    pub(crate) reads: ReadMethod,
    pub(crate) transactions: TransactionsStyle,
}

impl Style {
    /// A request as this client sends it.
    pub(crate) fn apply(self, operation: &'static Operation, parts: Parts) -> Parts {
        match self.reads {
            ReadMethod::Post if is_read(operation) => parts.method(Verb::Post.into()),
            _ => parts,
        }
    }
}

/// Whether the pages disagree on its method: all that the newer ones print as GET.
pub(crate) fn is_read(operation: &'static Operation) -> bool {
    operation.verb == Verb::Get && OPERATIONS.iter().any(|known| std::ptr::eq(*known, operation))
}
