//! The kinds of fault, and what each needs to know.

use crate::Error;
use serde_json::{Value, json};
use std::time::Duration;

/// Whether the provider acts on the request before a fault answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acting {
    /// The fault comes first: nothing was done.
    Before,
    /// The provider acted; only its answer is lost.
    After,
}

/// How a sale ends that did not end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Delivered.
    Completed,
    /// Not delivered; the money goes back.
    Failed,
}

/// An answer with a status of one's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusFault {
    pub(crate) code: u16,
    pub(crate) acting: Acting,
    pub(crate) retry_after: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Option<String>,
}

impl StatusFault {
    /// Answers `code` before or after the provider acted.
    pub fn new(code: u16, acting: Acting) -> Self {
        Self { code, acting, retry_after: None, content_type: None, body: None }
    }

    /// Adds a `Retry-After` header, word for word.
    #[must_use]
    pub fn retry_after(mut self, text: impl Into<String>) -> Self {
        self.retry_after = Some(text.into());
        self
    }

    /// Replaces `application/json`.
    #[must_use]
    pub fn content_type(mut self, text: impl Into<String>) -> Self {
        self.content_type = Some(text.into());
        self
    }

    /// Replaces the small JSON error body.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into());
        self
    }
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// TCP reset once the request head is in; its body is never read, nothing is done.
    ResetBeforeReading,
    /// TCP reset after the whole request was read; nothing is done.
    ResetAfterReading,
    /// The provider acts, then TCP reset instead of an answer.
    ResetAfterActing,
    /// The provider acts, then the connection is closed in an orderly way, without an answer.
    CloseAfterActing,
    /// The provider acts, then the connection closes in the middle of the answer's head.
    HalfHeaders,
    /// The provider acts, then the connection closes in the middle of the answer's body.
    TruncatedBody,
    /// Waits before acting: this long, or until the client gives up (then nothing is done).
    StallBeforeActing(Option<Duration>),
    /// Acts, then waits before answering: this long, or until the client gives up.
    StallAfterActing(Option<Duration>),
    /// Acts, then sends the body in small pieces.
    SlowDrip {
        /// Bytes in a piece.
        chunk_bytes: usize,
        /// Pause before each piece.
        pause: Duration,
    },
    /// Answers a status of one's choice.
    Status(StatusFault),
    /// Acts, then answers 200 with an HTML page.
    Html,
    /// Answers the provider's documented 401 although the token is good; nothing is done.
    Unauthorized,
    /// Acts, then streams a body of this size.
    OversizedBody {
        /// Bytes in the body.
        bytes: u64,
    },
    /// A purchase is accepted and settles later.
    Pending {
        /// How long after acceptance, on the sandbox clock.
        settle_after: Duration,
        /// How it ends.
        ends: Ends,
    },
    /// A purchase answers the provider's timeout code and settles later.
    ProviderTimeout {
        /// How long after acceptance, on the sandbox clock.
        settle_after: Duration,
        /// How it ends.
        ends: Ends,
    },
    /// A purchase fails with this code; nothing is charged.
    Code {
        /// The provider's response code.
        response_code: String,
        /// The provider's response message.
        message: String,
    },
}

/// What a provider itself does differently, as opposed to what happens on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Pending { settle_after: Duration, ends: Ends },
    Timeout { settle_after: Duration, ends: Ends },
    Code { code: String, message: String },
}

impl From<StatusFault> for Fault {
    fn from(status: StatusFault) -> Self {
        Self::Status(status)
    }
}

impl Fault {
    /// The fault's name in the control plane.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ResetBeforeReading => "reset_before_reading",
            Self::ResetAfterReading => "reset_after_reading",
            Self::ResetAfterActing => "reset_after_acting",
            Self::CloseAfterActing => "close_after_acting",
            Self::HalfHeaders => "half_headers",
            Self::TruncatedBody => "truncated_body",
            Self::StallBeforeActing(_) => "stall_before_acting",
            Self::StallAfterActing(_) => "stall_after_acting",
            Self::SlowDrip { .. } => "slow_drip",
            Self::Status(_) => "status",
            Self::Html => "html",
            Self::Unauthorized => "unauthorized",
            Self::OversizedBody { .. } => "oversized_body",
            Self::Pending { .. } => "pending",
            Self::ProviderTimeout { .. } => "provider_timeout",
            Self::Code { .. } => "code",
        }
    }

    /// The provider behaviour in it, if it is one.
    pub(crate) fn behaviour(&self) -> Option<Behaviour> {
        match self.clone() {
            Self::Pending { settle_after, ends } => Some(Behaviour::Pending { settle_after, ends }),
            Self::ProviderTimeout { settle_after, ends } => Some(Behaviour::Timeout { settle_after, ends }),
            Self::Code { response_code, message } => Some(Behaviour::Code { code: response_code, message }),
            _ => None,
        }
    }

    /// Behaviours belong to purchases; everything else may happen to any operation.
    pub(crate) fn fits(&self, operation: Option<&str>) -> bool {
        self.behaviour().is_none() || operation == Some("purchase")
    }

    /// Refuses values that cannot be put on the wire; `at` is the field that holds the fault.
    pub(crate) fn check(&self, at: &str) -> Result<(), Error> {
        match self {
            Self::Status(status) => {
                if !(200..=599).contains(&status.code) {
                    return Err(Error::invalid(format!("{at}.code"), "must be from 200 to 599"));
                }
                for (name, text) in [("retry_after", &status.retry_after), ("content_type", &status.content_type)] {
                    let text = text.as_deref().unwrap_or_default();
                    if http::HeaderValue::from_str(text).is_err() {
                        return Err(Error::invalid(format!("{at}.{name}"), "not a header value"));
                    }
                }
                Ok(())
            }
            Self::SlowDrip { chunk_bytes: 0, .. } => {
                Err(Error::invalid(format!("{at}.chunk_bytes"), "must be at least 1"))
            }
            _ => Ok(()),
        }
    }

    /// The fault as the control plane writes and reads it.
    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({ "kind": self.name() });
        match self {
            Self::StallBeforeActing(Some(time)) | Self::StallAfterActing(Some(time)) => {
                json["seconds"] = json!(time.as_secs_f64());
            }
            Self::SlowDrip { chunk_bytes, pause } => {
                json["chunk_bytes"] = json!(chunk_bytes);
                json["pause_seconds"] = json!(pause.as_secs_f64());
            }
            Self::Status(status) => {
                json["code"] = json!(status.code);
                json["acting"] = json!(match status.acting {
                    Acting::Before => "before",
                    Acting::After => "after",
                });
                for (name, text) in [
                    ("retry_after", &status.retry_after),
                    ("content_type", &status.content_type),
                    ("body", &status.body),
                ] {
                    if let Some(text) = text {
                        json[name] = json!(text);
                    }
                }
            }
            Self::OversizedBody { bytes } => json["bytes"] = json!(bytes),
            Self::Pending { settle_after, ends } | Self::ProviderTimeout { settle_after, ends } => {
                json["settle_after_seconds"] = json!(settle_after.as_secs_f64());
                json["ends"] = json!(match ends {
                    Ends::Completed => "completed",
                    Ends::Failed => "failed",
                });
            }
            Self::Code { response_code, message } => {
                json["responseCode"] = json!(response_code);
                json["message"] = json!(message);
            }
            _ => {}
        }
        json
    }
}
