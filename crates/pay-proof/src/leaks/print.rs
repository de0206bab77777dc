//! The score as text.

use super::run::Report;
use std::fmt::Write;

/// Aligned: sink, what was searched, leaks; then each leak, and fields of which nothing was shown.
pub fn render(report: &Report) -> String {
    let Report { provider, operations, cells, struck, fields, .. } = report;
    let mut text = format!(
        "{provider}: {operations} operations, {cells} calls under faults and without, the fault struck in {struck}; \
         {fields} fields with markers\n\
         {:<24} {:>9} {:>9}  {:>8}  {:>6}\n",
        "sink", "texts", "kB", "markers", "leaks"
    );
    for (sink, row) in &report.rows {
        let kilobytes = row.bytes.div_ceil(1000);
        let (name, leaks) = (sink.name(), row.leaks.len());
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{name:<24} {:>9} {kilobytes:>9}  {:>8}  {leaks:>6}", row.texts, row.secrets);
    }
    let pairs: usize = report.rows.values().map(|row| row.secrets).sum();
    let _ = writeln!(text, "leaks / (markers x sinks): {} / {pairs}", report.leaks());
    for (sink, row) in &report.rows {
        for leak in &row.leaks {
            let _ = writeln!(text, "LEAK {} in {} ({}): {}", leak.field, sink.name(), leak.form, leak.near);
        }
    }
    for field in &report.silent {
        let _ = writeln!(text, "WRONG {field}: its marker never went over the wire, so this shows nothing");
    }
    text
}
