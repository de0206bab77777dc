//! What all of lowering shares: the document, its references, and the problems found so far.

use serde_saphyr::Spanned;

use crate::codegen::ir::Source;
use crate::codegen::model::{Document, Evidence, Response, Schema, line};
use crate::codegen::problem::Problems;

/// The document and what was found wrong with it.
pub(super) struct Context<'d> {
    pub(super) document: &'d Document,
    pub(super) problems: Problems,
}

const SCHEMAS: &str = "#/components/schemas/";
const RESPONSES: &str = "#/components/responses/";

impl<'d> Context<'d> {
    /// The schema that a reference names, with its name.
    pub(super) fn resolve<'s>(&mut self, reference: &'s Spanned<String>) -> Option<(&'s str, &'d Schema)> {
        let found = reference.value.strip_prefix(SCHEMAS).and_then(|name| {
            let schema = self.document.components.schemas.get(name)?;
            Some((name, schema))
        });
        if found.is_none() {
            self.problems.add(
                line(reference),
                format!("`{}` is not in this document", reference.value),
                format!("references have the form `{SCHEMAS}Name` and name a schema of `components`"),
            );
        }
        found
    }

    /// A response, looked up where it is a reference.
    pub(super) fn response<'r>(&mut self, response: &'r Response) -> &'r Response
    where
        'd: 'r,
    {
        let Some(reference) = &response.reference else {
            return response;
        };
        let named = reference.value.strip_prefix(RESPONSES);
        if let Some(found) = named.and_then(|name| self.document.components.responses.get(name)) {
            return found;
        }
        self.problems.add(
            line(reference),
            format!("`{}` is not in this document", reference.value),
            format!("references of responses have the form `{RESPONSES}Name` and name one of `components`"),
        );
        response
    }

    /// Evidence as it is printed; a page below the document's own is written from its `/` on.
    pub(super) fn source(&mut self, evidence: Option<&Spanned<Evidence>>) -> Option<Source> {
        let evidence = evidence?;
        let (level, text) = match &evidence.value {
            Evidence::Documented(text) => ("documented", text),
            Evidence::Sdk(text) => ("sdk", text),
            Evidence::Assumed(text) => ("assumed", text),
        };
        if text.trim().is_empty() {
            self.problems.add(
                line(evidence),
                format!("`{level}` without a source"),
                "name the page or code that says so, or why it is assumed",
            );
        }
        let text = match self.document.evidence.as_ref().map(|evidence| &evidence.value) {
            Some(Evidence::Documented(base)) if text.starts_with('/') => {
                format!("{}{text}", base.trim_end_matches('/'))
            }
            _ => text.clone(),
        };
        Some(Source { level, text })
    }
}
