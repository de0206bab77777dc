//! Writing to the terminal: colour where it is wanted, durations, and the line that shows a running step.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

/// What a word means, and so its colour.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    Good,
    Bad,
    Caution,
    Quiet,
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Self::Good => "\x1b[32m",
            Self::Bad => "\x1b[1;31m",
            Self::Caution => "\x1b[33m",
            Self::Quiet => "\x1b[2m",
        }
    }
}

/// Writes to the standard output; a reader that has gone away is no reason to stop.
pub(crate) fn out(text: &str) {
    out_bytes(text.as_bytes());
}

/// Like [`out`], for what another program wrote.
pub(crate) fn out_bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    drop(stdout.write_all(bytes).and_then(|()| stdout.flush()));
}

/// The text in its colour, if the standard output shows colours.
pub(crate) fn paint(tone: Tone, text: &str) -> String {
    let no_color = std::env::var_os("NO_COLOR");
    colour(tone, text, std::io::stdout().is_terminal() && no_color.is_none_or(|value| value.is_empty()))
}

fn colour(tone: Tone, text: &str, wanted: bool) -> String {
    if wanted { format!("{}{text}\x1b[0m", tone.code()) } else { text.to_owned() }
}

/// A duration as a person says it.
pub(crate) fn human(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{seconds}.{} s", duration.subsec_millis() / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// The line on the standard error that says what runs; only a terminal sees it move.
#[derive(Debug)]
pub(crate) struct LiveLine {
    terminal: bool,
    shown: String,
}

impl LiveLine {
    /// A line not yet shown.
    pub(crate) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), shown: String::new() }
    }

    /// Says that `what` runs; elsewhere than on a terminal only when `what` changes.
    pub(crate) fn show(&mut self, what: &str, elapsed: Duration) {
        if self.terminal {
            let line = format!("… {what} ({} s)", elapsed.as_secs());
            if line != self.shown {
                eprint!("\r\x1b[2K{line}");
                self.shown = line;
            }
        } else if what != self.shown {
            eprintln!("… {what}");
            what.clone_into(&mut self.shown);
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&mut self) {
        if self.terminal {
            eprint!("\r\x1b[2K");
        }
        self.shown.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        let cases = [
            (0, "0.0 s"),
            (420, "0.4 s"),
            (9_990, "9.9 s"),
            (10_000, "10 s"),
            (59_999, "59 s"),
            (60_000, "1 min 00 s"),
            (125_000, "2 min 05 s"),
            (3_720_000, "1 h 02 min"),
        ];
        for (milliseconds, text) in cases {
            assert_eq!(human(Duration::from_millis(milliseconds)), text);
        }
    }

    #[test]
    fn colour_is_only_where_it_is_wanted() {
        assert_eq!(colour(Tone::Bad, "FAILED", false), "FAILED");
        assert_eq!(colour(Tone::Bad, "FAILED", true), "\x1b[1;31mFAILED\x1b[0m");
    }
}
