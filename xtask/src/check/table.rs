//! The table that ends a check: step, result and why, time.

use super::Report;
use crate::term::{Tone, paint};

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verdict {
    Ok,
    Failed,
    NotRun,
}

impl Verdict {
    fn word(self) -> (&'static str, Tone) {
        match self {
            Self::Ok => ("ok", Tone::Good),
            Self::Failed => ("FAILED", Tone::Bad),
            Self::NotRun => ("not run", Tone::Caution),
        }
    }
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    step: &'static str,
    pub(crate) verdict: Verdict,
    why: String,
    time: String,
}

impl Row {
    /// The line of one step.
    pub(crate) fn new(step: &'static str, verdict: Verdict, report: &Report, time: String) -> Self {
        let mut parts = Vec::new();
        if !report.note.is_empty() {
            parts.push(report.note.clone());
        }
        match report.problems.len() {
            0 => {}
            1 => parts.push("1 problem, see above".to_owned()),
            count => parts.push(format!("{count} problems, see above")),
        }
        if !report.not_run.is_empty() {
            let names = report.not_run.join("; ");
            parts.push(match verdict {
                Verdict::NotRun => names,
                Verdict::Ok | Verdict::Failed => format!("not run: {names}"),
            });
        }
        Self { step, verdict, why: parts.join("; "), time }
    }
}

/// The whole table, aligned.
pub(crate) fn render(rows: &[Row]) -> String {
    let steps = width(rows.iter().map(|row| row.step));
    let times = width(rows.iter().map(|row| row.time.as_str()).chain(["time"]));
    let title = format!("{:<steps$}  {:<7}  {:>times$}", "step", "result", "time");
    let mut table = format!("\n{}\n", paint(Tone::Quiet, &title));
    for row in rows {
        let (word, tone) = row.verdict.word();
        // Padded before it is painted, since a colour's code has a length of its own.
        let word = paint(tone, &format!("{word:<7}"));
        let line = format!("{:<steps$}  {word}  {:>times$}  {}", row.step, row.time, row.why);
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_reasons_named() {
        let fine = Report::default();
        let wrong = Report { problems: vec!["a".into(), "b".into()], ..Report::default() };
        let missing = Report { not_run: vec!["rustfmt is not installed".into()], ..Report::default() };
        let noted = Report { note: "9 inputs".into(), ..Report::default() };
        let rows = [
            Row::new("fmt", Verdict::NotRun, &missing, "0.1 s".into()),
            Row::new("clippy", Verdict::Failed, &wrong, "1 min 02 s".into()),
            Row::new("layering", Verdict::Ok, &fine, "0.0 s".into()),
            Row::new("fuzz", Verdict::Ok, &noted, "30 s".into()),
        ];
        let expected = "
step      result         time
fmt       not run       0.1 s  rustfmt is not installed
clippy    FAILED   1 min 02 s  2 problems, see above
layering  ok            0.0 s
fuzz      ok             30 s  9 inputs
";
        assert_eq!(render(&rows), expected);
    }
}
