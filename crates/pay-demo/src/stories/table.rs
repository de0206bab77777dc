//! The table of a story: aligned columns, long texts wrapped within theirs.

use super::step::Row;
use crate::term::human;

/// The widest that each text column may get, so that a row fits in 120 characters.
const WIDEST: [usize; 3] = [30, 40, 25];
const TITLES: [&str; 3] = ["called", "came back", "the ledger says"];
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[1;31m";
const QUIET: &str = "\x1b[2m";

/// The whole table with its title.
pub(crate) fn render(provider: &str, rows: &[Row], colour: bool) -> String {
    let cells: Vec<[Vec<String>; 3]> = rows.iter().map(cells).collect();
    let mut widths = TITLES.map(width);
    for row in &cells {
        for (column, lines) in row.iter().enumerate() {
            widths[column] = lines.iter().map(|line| width(line)).fold(widths[column], usize::max);
        }
    }
    let head = line("", "", TITLES, widths, "time");
    let mut table = format!("\n{provider}\n\n{}\n", paint(QUIET, &head, colour));
    for (number, (row, cells)) in (1..).zip(rows.iter().zip(&cells)) {
        let (mark, tone) = if row.is_right() { ("ok", GREEN) } else { ("DIFFERS", RED) };
        // Padded before it is painted, since a colour's code has a length of its own.
        let mark = paint(tone, &format!("{mark:<7}"), colour);
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        for at in 0..height {
            let texts = [0, 1, 2].map(|column: usize| cells[column].get(at).map_or("", String::as_str));
            let text = match at {
                0 => line(&number.to_string(), &mark, texts, widths, &human(row.time)),
                _ => line("", "", texts, widths, ""),
            };
            table += text.trim_end();
            table.push('\n');
        }
    }
    table
}

fn cells(row: &Row) -> [Vec<String>; 3] {
    let [called, came_back, ledger] = WIDEST;
    let mut middle = wrap(&row.came_back, came_back);
    for difference in &row.differences {
        middle.extend(wrap(&format!("! {difference}"), came_back));
    }
    [wrap(&row.called, called), middle, wrap(&row.ledger, ledger)]
}

fn line(number: &str, mark: &str, [called, back, ledger]: [&str; 3], [a, b, c]: [usize; 3], time: &str) -> String {
    format!("{number:>2}  {mark:<7}  {called:<a$}  {back:<b$}  {ledger:<c$}  {time:>6}")
}

fn paint(tone: &str, text: &str, colour: bool) -> String {
    if colour { format!("{tone}{text}\x1b[0m") } else { text.to_owned() }
}

/// Lines of at most `most` characters, broken between words where that is possible.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let last = lines.len() - 1;
            let space = usize::from(!lines[last].is_empty());
            let used = width(&lines[last]) + space;
            if used + rest.len() <= most {
                lines[last].push_str(if space == 1 { " " } else { "" });
                lines[last].extend(rest.drain(..));
            } else if space == 1 {
                lines.push(String::new());
            } else {
                let (piece, after) = rest.split_at(most.min(rest.len()));
                lines[last].extend(piece);
                rest = after.to_vec();
                lines.push(String::new());
            }
        }
    }
    lines
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn row(called: &str, came_back: &str, differences: &[&str]) -> Row {
        Row {
            called: called.into(),
            came_back: came_back.into(),
            ledger: "no sale".into(),
            differences: differences.iter().map(|&text| text.to_owned()).collect(),
            time: Duration::from_millis(1234),
        }
    }

    #[test]
    fn columns_are_aligned_and_differences_marked() {
        let long = "one two three four five six seven eight nine ten eleven";
        let rows = [row("a()", long, &[]), row("longer()", "short", &["charges: 2 instead of 1"])];
        let expected = "
demo

             called    came back                                the ledger says    time
 1  ok       a()       one two three four five six seven eight  no sale           1.2 s
                       nine ten eleven
 2  DIFFERS  longer()  short                                    no sale           1.2 s
                       ! charges: 2 instead of 1
";
        assert_eq!(render("demo", &rows, false), expected);
    }

    #[test]
    fn colour_changes_nothing_but_colour() {
        let rows = [row("a()", "fine", &[]), row("b()", "odd", &["x"])];
        let painted = render("demo", &rows, true);
        assert!(painted.contains("\x1b[1;31mDIFFERS\x1b[0m"));
        let mut bare = painted;
        for code in [GREEN, RED, QUIET, "\x1b[0m"] {
            bare = bare.replace(code, "");
        }
        assert_eq!(bare, render("demo", &rows, false));
    }

    #[test]
    fn texts_wrap_between_words_and_long_words_within() {
        assert_eq!(wrap("ab cd ef", 5), ["ab cd", "ef"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), [""]);
        assert!(wrap(&"word ".repeat(99), 40).iter().all(|line| width(line) <= 40));
    }
}
