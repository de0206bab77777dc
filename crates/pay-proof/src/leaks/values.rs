//! What a program prints of the values in its hands: both forms of `Debug`, errors with their causes, panics.

use super::caught::{self, Sink};
use super::logs::provoked;
use pay_core::Error;
use std::fmt::{Debug, Display};

/// Prints a public value in every way.
pub(crate) fn show(value: &dyn Debug) {
    caught::add(Sink::Debug, format!("{value:?}").as_bytes());
    caught::add(Sink::DebugPretty, format!("{value:#?}").as_bytes());
    panics(value);
}

/// Prints an error in every way, and each of its causes.
pub(crate) fn show_error(error: &Error) {
    show(error);
    display(error);
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        for text in [format!("{error}"), format!("{error:#}"), format!("{error:?}"), format!("{error:#?}")] {
            caught::add(Sink::Chain, text.as_bytes());
        }
        cause = error.source();
    }
}

fn display(value: &dyn Display) {
    caught::add(Sink::Display, format!("{value}").as_bytes());
    caught::add(Sink::DisplayAlternate, format!("{value:#}").as_bytes());
}

/// The methods of `Result` that people end up with.
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::unnecessary_literal_unwrap,
    reason = "their panics are looked at"
)]
fn panics(value: &dyn Debug) {
    provoked(|| Err::<(), _>(value).unwrap());
    provoked(|| Err::<(), _>(value).expect("it works"));
    provoked(|| Ok::<_, ()>(value).unwrap_err());
}
