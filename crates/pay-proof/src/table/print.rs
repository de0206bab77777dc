//! The table as text.

use super::{Cell, Times};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Aligned: provider, operation, survived of tried; then how calls ended, and what went wrong.
pub fn render(cells: &[Cell]) -> String {
    let mut rows: Vec<((&str, &str), Vec<&Cell>)> = Vec::new();
    for cell in cells {
        let key = (cell.provider, cell.operation);
        match rows.iter_mut().find(|(row, _)| *row == key) {
            Some((_, of_row)) => of_row.push(cell),
            None => rows.push((key, vec![cell])),
        }
    }
    let wide = |name: fn(&Cell) -> &str| cells.iter().map(|cell| name(cell).len()).max().unwrap_or(0).max(9);
    let (providers, operations) = (wide(|cell| cell.provider), wide(|cell| cell.operation));
    let mut text = format!("{:<providers$}  {:<operations$}  survived / tried  ended\n", "provider", "operation");
    let mut line = |provider: &str, operation: &str, of_row: &[&Cell]| {
        let survived = of_row.iter().filter(|cell| cell.wrong.is_empty()).count();
        let mut ends = BTreeMap::new();
        for cell in of_row {
            *ends.entry(cell.ended.as_str()).or_insert(0) += 1;
        }
        let ends: Vec<_> = ends.into_iter().map(|(end, count): (&str, i32)| format!("{end} {count}")).collect();
        let (tried, ends) = (of_row.len(), ends.join(", "));
        let _ = writeln!(text, "{provider:<providers$}  {operation:<operations$}  {survived:>8} / {tried:<5}  {ends}");
    };
    for ((provider, operation), of_row) in &rows {
        line(provider, operation, of_row);
    }
    line("all", "", &cells.iter().collect::<Vec<_>>());
    for cell in cells.iter().filter(|cell| !cell.wrong.is_empty()) {
        let times = if cell.times == Times::Once { "once" } else { "always" };
        let _ = writeln!(text, "WRONG {}, {} ({times}): {}", cell.operation, cell.fault, cell.wrong.join("; "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survivors_are_counted_and_the_others_named() {
        let cell = |operation, wrong: &[&str]| Cell {
            provider: "pagamio",
            operation,
            fault: "reset".into(),
            times: Times::Once,
            ended: "unknown".into(),
            wrong: wrong.iter().map(|text| (*text).to_owned()).collect(),
            starved: false,
        };
        let text = render(&[cell("buy", &[]), cell("buy", &["charged 2 times"]), cell("list", &[])]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1], "pagamio    buy               1 / 2      unknown 2");
        assert_eq!(lines[3], "all                          2 / 3      unknown 3");
        assert_eq!(lines[4], "WRONG buy, reset (once): charged 2 times");
    }
}
