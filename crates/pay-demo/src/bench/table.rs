//! The table on the terminal and the same one for `docs/figures.md`.

use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use std::fmt::Write as _;

const HEAD: [&str; 7] = ["what", "floor", "peer", "ours", "ratio", "mark", ""];

/// The cells of one line.
fn cells(row: &Row) -> [String; 7] {
    let other = figure(&row.other, row.unit);
    let (floor, peer) = match row.column {
        Column::Floor => (other, String::new()),
        Column::Peer => (String::new(), format!("{}: {other}", row.other.name)),
    };
    let ratio = match row.ratio {
        // Three digits: a mark of 1.05 would else be missed by 1.05.
        Ratio::OursByOther => format!("{:.3}x", row.ratio()),
        Ratio::OtherByOurs => format!("{:.1}x better", row.ratio()),
    };
    let mark = match row.mark {
        Mark::AtMost(most) => format!("<= {most}x"),
        Mark::AtLeast(least) => format!(">= {least}x"),
        Mark::Told => String::new(),
    };
    [row.what.clone(), floor, peer, figure(&row.ours, row.unit), ratio, mark, row.verdict().to_owned()]
}

fn figure(side: &Side, unit: &str) -> String {
    let median = side.median();
    let digits = if median >= 100.0 || median.fract() == 0.0 { 0 } else { usize::from(median < 10.0) + 1 };
    format!("{median:.digits$} {unit}").trim_end().to_owned()
}

/// Aligned columns, part by part.
pub(crate) fn plain(measured: &Measured) -> String {
    let lines: Vec<[String; 7]> = measured.rows.iter().map(cells).collect();
    let mut widths = HEAD.map(str::len);
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    let mut part = "";
    push(&mut text, &HEAD.map(str::to_owned), widths);
    for (row, line) in measured.rows.iter().zip(&lines) {
        if row.part != part {
            let _ = writeln!(text, "\n{}", row.part);
            part = row.part;
        }
        push(&mut text, line, widths);
    }
    let _ = writeln!(text);
    for said in &measured.said {
        let _ = writeln!(text, "- {said}");
    }
    for not_run in &measured.not_run {
        let _ = writeln!(text, "not run: {not_run}");
    }
    text
}

fn push(text: &mut String, cells: &[String; 7], widths: [usize; 7]) {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let _ = write!(line, "{cell:<width$}  ");
    }
    text.push_str(line.trim_end());
    text.push('\n');
}

/// The same as Markdown.
pub(crate) fn markdown(measured: &Measured) -> String {
    let mut text =
        String::from("| part | what | floor | peer | ours | ratio | mark | |\n|---|---|---|---|---|---|---|---|\n");
    for row in &measured.rows {
        let cells = cells(row).map(|cell| cell.replace('|', "/").replace("MISSED", "**missed**"));
        let _ = writeln!(text, "| {} | {} |", row.part, cells.join(" | "));
    }
    let _ = writeln!(text);
    for said in &measured.said {
        let _ = writeln!(text, "- {said}");
    }
    for not_run in &measured.not_run {
        let _ = writeln!(text, "- Not run: {not_run}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured() -> Measured {
        let row = |what: &str, column, ratio, ours: f64, mark| Row {
            part: "lease",
            what: what.into(),
            unit: "ns",
            ours: Side::new("ours", vec![ours]),
            other: Side::new("Mutex", vec![25.0]),
            column,
            ratio,
            mark,
        };
        Measured {
            rows: vec![
                row("one thread", Column::Floor, Ratio::OursByOther, 30.0, Mark::AtMost(1.3)),
                row("one thread", Column::Peer, Ratio::OtherByOurs, 30.0, Mark::AtLeast(5.0)),
            ],
            not_run: vec!["Prism: npm missing".into()],
            said: vec!["medians".into()],
        }
    }

    #[test]
    fn columns_are_aligned_and_misses_are_named() {
        let expected = "\
what        floor  peer          ours   ratio        mark

lease
one thread  25 ns                30 ns  1.200x       <= 1.3x  ok
one thread         Mutex: 25 ns  30 ns  0.8x better  >= 5x    MISSED

- medians
not run: Prism: npm missing
";
        assert_eq!(plain(&measured()), expected);
    }

    #[test]
    fn markdown_has_the_same_cells() {
        let text = markdown(&measured());
        assert!(
            text.contains("| lease | one thread |  | Mutex: 25 ns | 30 ns | 0.8x better | >= 5x | **missed** |"),
            "{text}"
        );
        assert!(text.ends_with("- medians\n- Not run: Prism: npm missing\n"), "{text}");
    }

    #[test]
    fn small_figures_keep_their_digits() {
        let figures = [1.234, 12.34, 123.4, 14.0].map(|figure_| figure(&Side::new("", vec![figure_]), "us"));
        assert_eq!(figures, ["1.23 us", "12.3 us", "123 us", "14 us"]);
    }
}
