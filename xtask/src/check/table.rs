//! The table that ends a check: step, result, time, processor time and why; below it the sums, and what nobody looked at.

use std::time::Duration;

use super::Report;
use crate::term::{Tone, human, paint};

/// How much of a problem fits into its line.
const LONGEST: usize = 100;

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
    time: Duration,
    cpu: Option<Duration>,
    out_of_reach: Vec<String>,
}

impl Row {
    /// The line of one step, with how long it took and what its programs took of the processor, where that is known.
    pub(crate) fn new(
        step: &'static str,
        verdict: Verdict,
        report: &Report,
        time: Duration,
        cpu: Option<Duration>,
    ) -> Self {
        let mut parts = Vec::new();
        if !report.note.is_empty() {
            parts.push(report.note.clone());
        }
        parts.extend(short(&report.problems));
        if !report.not_run.is_empty() {
            let names = report.not_run.join("; ");
            parts.push(match verdict {
                Verdict::NotRun => names,
                Verdict::Ok | Verdict::Failed => format!("not run: {names}"),
            });
        }
        if !report.out_of_reach.is_empty() {
            parts.push("NOT LOOKED AT, see below".to_owned());
        }
        let out_of_reach = report.out_of_reach.clone();
        Self { step, verdict, why: parts.join("; "), time, cpu, out_of_reach }
    }
}

/// How many problems there are, and how the first one begins.
fn short(problems: &[String]) -> Option<String> {
    let first = problems.first()?;
    let line = first.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut begin: String = line.chars().take(LONGEST).collect();
    if begin.len() < line.len() {
        begin.push('…');
    }
    Some(match problems.len() {
        1 => format!("1 problem, see above: {begin}"),
        count => format!("{count} problems, see above; first: {begin}"),
    })
}

/// The whole table, aligned, with sums and warnings.
pub(crate) fn render(rows: &[Row]) -> String {
    let time: Duration = rows.iter().map(|row| row.time).sum();
    // Of no meaning where one is not known.
    let cpu: Option<Duration> = rows.iter().map(|row| row.cpu).sum();
    let lines: Vec<[String; 2]> = rows.iter().map(|row| [human(row.time), shown(row.cpu)]).collect();
    let sums = [human(time), shown(cpu)];
    let all = || lines.iter().chain([&sums]);
    let steps = width(rows.iter().map(|row| row.step).chain(["step"]));
    let times = width(all().map(|line| line[0].as_str()).chain(["time"]));
    let cpus = width(all().map(|line| line[1].as_str()).chain(["cpu"]));

    let title = format!("{:<steps$}  {:<7}  {:>times$}  {:>cpus$}", "step", "result", "time", "cpu");
    let mut table = format!("\n{}\n", paint(Tone::Quiet, &title));
    for (row, [time, cpu]) in rows.iter().zip(&lines) {
        let (word, tone) = row.verdict.word();
        // Padded before it is painted, since a colour's code has a length of its own.
        let word = paint(tone, &format!("{word:<7}"));
        let line = format!("{:<steps$}  {word}  {time:>times$}  {cpu:>cpus$}  {}", row.step, row.why);
        table.push_str(line.trim_end());
        table.push('\n');
    }
    let [time, cpu] = &sums;
    let count = |verdict: Verdict| rows.iter().filter(|row| row.verdict == verdict).count();
    let counts =
        format!("{} ok, {} failed, {} not run", count(Verdict::Ok), count(Verdict::Failed), count(Verdict::NotRun));
    let line = format!("{:<steps$}  {:<7}  {time:>times$}  {cpu:>cpus$}  {counts}", "all", "");
    table.push_str(&paint(Tone::Quiet, &line));
    table.push('\n');
    for row in rows {
        for what in &row.out_of_reach {
            table.push_str(&format!("\n{} {}: {what}\n", paint(Tone::Bad, "NOT LOOKED AT"), row.step));
        }
    }
    table
}

fn shown(cpu: Option<Duration>) -> String {
    cpu.map_or_else(|| "-".to_owned(), human)
}

fn width<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(step: &'static str, verdict: Verdict, report: &Report, seconds: u64, cpu: u64) -> Row {
        Row::new(step, verdict, report, Duration::from_secs(seconds), Some(Duration::from_secs(cpu)))
    }

    #[test]
    fn columns_are_aligned_and_reasons_named() {
        let fine = Report::default();
        let wrong = Report { problems: vec!["\n a is wrong\nmore".into(), "b".into()], ..Report::default() };
        let missing = Report { not_run: vec!["rustfmt is not installed".into()], ..Report::default() };
        let noted = Report { note: "9 inputs".into(), ..Report::default() };
        let unreached = Report { out_of_reach: vec!["no database".into()], ..Report::default() };
        let rows = [
            row("fmt", Verdict::NotRun, &missing, 1, 0),
            row("clippy", Verdict::Failed, &wrong, 62, 120),
            row("layering", Verdict::Ok, &fine, 0, 0),
            row("advisories", Verdict::NotRun, &unreached, 0, 0),
            row("fuzz", Verdict::Ok, &noted, 30, 31),
        ];
        let expected = "
step        result         time         cpu
fmt         not run       1.0 s       0.0 s  rustfmt is not installed
clippy      FAILED   1 min 02 s  2 min 00 s  2 problems, see above; first: a is wrong
layering    ok            0.0 s       0.0 s
advisories  not run       0.0 s       0.0 s  NOT LOOKED AT, see below
fuzz        ok             30 s        31 s  9 inputs
all                  1 min 33 s  2 min 31 s  2 ok, 1 failed, 2 not run

NOT LOOKED AT advisories: no database
";
        assert_eq!(render(&rows), expected);
    }

    #[test]
    fn a_sum_of_what_is_not_known_is_not_known() {
        let unknown = Row::new("fmt", Verdict::Ok, &Report::default(), Duration::ZERO, None);
        let table = render(&[row("docs", Verdict::Ok, &Report::default(), 1, 2), unknown]);
        let last = table.trim_end().lines().last().unwrap();
        assert_eq!(last.split_whitespace().collect::<Vec<_>>()[..4], ["all", "1.0", "s", "-"]);
    }

    #[test]
    fn a_long_problem_is_cut() {
        let long = "x".repeat(200);
        assert_eq!(short(&[long]).unwrap(), format!("1 problem, see above: {}…", "x".repeat(100)));
        assert_eq!(short(&[]), None);
    }
}
