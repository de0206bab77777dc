//! Everything that is logged at `trace`, in three formats, and what panics print.

use super::caught::{self, Sink};
use crate::Broken;
use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use tracing_subscriber::fmt::Layer;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Takes the logs and the panic messages of this process. Only what [`provoked`] panics is taken; all else is printed as ever.
///
/// # Errors
/// Somebody else takes the logs already.
pub(crate) fn install() -> Result<(), Broken> {
    static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if PROVOKED.get() {
                caught::add(Sink::Panic, info.to_string().as_bytes());
            } else {
                previous(info);
            }
        }));
        tracing_subscriber::registry()
            .with(plain().with_writer(|| Writer(Sink::LogText)))
            .with(plain().json().with_writer(|| Writer(Sink::LogJson)))
            .with(plain().pretty().with_writer(|| Writer(Sink::LogPretty)))
            .try_init()
            .map_err(|error| error.to_string())
    });
    installed.clone().map_err(Into::into)
}

fn plain<S>() -> Layer<S> {
    Layer::default().with_ansi(false).with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
}

/// One event comes in one piece.
struct Writer(Sink);

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        caught::add(self.0, bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

thread_local! {
    static PROVOKED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what panics; its message is kept, and nothing else comes of it.
pub(crate) fn provoked(panics: impl FnOnce()) {
    PROVOKED.set(true);
    // It panics on purpose: the message is what it is for.
    let _ = catch_unwind(AssertUnwindSafe(panics));
    PROVOKED.set(false);
}
