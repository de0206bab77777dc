//! How an error prints: one line, no body, no header, no secret.

use super::{Error, Kind};
use crate::secret::printable;
use std::fmt;

impl Kind {
    fn text(self) -> &'static str {
        match self {
            Self::Config => "configuration",
            Self::Invalid => "invalid request, not sent",
            Self::Credentials => "credentials could not be read",
            Self::Journal => "the intent could not be written, not sent",
            Self::Login => "log-in refused",
            Self::Token => "no token",
            Self::TokenRefused => "token refused",
            Self::ConsentRequired => "the user's consent is required",
            Self::Paced => "over the provider's documented limit, not sent",
            Self::RateLimited => "too many requests",
            Self::Connect => "no connection, not sent",
            Self::Deadline => "deadline passed",
            Self::Timeout => "no answer in time",
            Self::Interrupted => "connection broke before the answer",
            Self::TooLarge => "answer larger than the cap",
            Self::Refused => "refused",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not found",
            Self::NoRoute => "no such path at this host",
            Self::Duplicate => "reference already used",
            Self::Unavailable => "provider unavailable",
            Self::Decode => "answer does not parse",
            Self::Unexpected => "unexpected answer",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let e = &self.0;
        write!(f, "{}: {}", e.operation, e.kind.text())?;
        if let Some(setting) = e.setting {
            write!(f, ": `{setting}`")?;
        }
        if let Some(message) = &e.message {
            write!(f, ": {}", printable(message))?;
        }
        match (&e.provider_code, &e.provider_message) {
            (Some(code), Some(text)) => write!(f, ": {} \"{}\"", printable(code), printable(text))?,
            (Some(code), None) => write!(f, ": code {}", printable(code))?,
            (None, Some(text)) => write!(f, ": \"{}\"", printable(text))?,
            (None, None) => {}
        }
        let mut details = Vec::new();
        details.extend(e.status.map(|s| format!("status {}", s.as_u16())));
        details.extend(e.request_id.as_deref().map(|id| format!("request {}", printable(id))));
        details.extend(e.reference.as_deref().map(|r| format!("reference {}", printable(r))));
        details.extend(e.transaction_id.as_deref().map(|t| format!("transaction {}", printable(t))));
        if e.attempts > 0 {
            details.push(format!("{} attempt{}", e.attempts, if e.attempts == 1 { "" } else { "s" }));
        }
        details.extend(
            e.retry_after.map(|wait| format!("retry after {} s", wait.as_secs() + u64::from(wait.subsec_nanos() > 0))),
        );
        details.push(format!("outcome: {}", e.outcome));
        write!(f, " ({})", details.join(", "))?;
        if let Some(advice) = &e.advice {
            write!(f, "; {advice}")?;
        }
        if f.alternate() {
            let mut cause = std::error::Error::source(self);
            while let Some(error) = cause {
                write!(f, ": {}", printable(&error.to_string()))?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error {{ kind: {:?}, {self:#}, body: {:?} }}", self.0.kind, self.0.body)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, Kind, Outcome};
    use crate::secret::RawBody;
    use http::StatusCode;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn display_is_one_line_without_the_body() {
        let error = Error::new(Kind::Refused, Outcome::Refused, "purchase")
            .with_provider(Some("1103".into()), Some("Insufficient\nbalance".into()))
            .with_answer(StatusCode::OK, Some("r-1".into()), Some(RawBody::new("PIN-4711")))
            .with_reference(Some("INV-1".into()))
            .with_attempts(2)
            .advice("top up the float");
        let line = error.to_string();
        assert_eq!(
            line,
            "purchase: refused: 1103 \"Insufficient\\u{a}balance\" (status 200, request r-1, reference INV-1, 2 attempts, outcome: refused); top up the float"
        );
        assert!(!format!("{error:?}{error:#}").contains("4711"));
    }

    #[test]
    fn the_alternate_form_adds_the_chain() {
        let cause = std::io::Error::other("broken\u{1b}pipe");
        let error = Error::new(Kind::Interrupted, Outcome::Unknown, "purchase").with_source(cause);
        assert!(!error.to_string().contains("broken"));
        assert!(format!("{error:#}").ends_with(": broken\\u{1b}pipe"));
    }
}
