//! What can go wrong when a sandbox is started or told what to do.

use std::io;

/// Why the sandbox could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The port could not be opened.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Bind {
        /// The port asked for (0: any free one).
        port: u16,
        /// What the operating system said.
        source: io::Error,
    },
    /// The sandbox was started outside a Tokio runtime.
    #[error("the sandbox needs a Tokio runtime with I/O and time enabled")]
    NoRuntime,
    /// TLS could not be set up.
    #[error("TLS: {message}")]
    Tls {
        /// What went wrong, and where.
        message: String,
    },
    /// A value given to the sandbox is not acceptable.
    #[error("{field}: {message}")]
    Invalid {
        /// The offending field, as a path such as `fault.code`.
        field: String,
        /// What is wrong with it.
        message: String,
    },
}

impl Error {
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }
}
