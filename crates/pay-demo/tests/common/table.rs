//! Reads what the demo prints.
#![allow(unreachable_pub)]

/// A row of a table as its columns hold it, wrapped lines put together again.
pub struct Row {
    pub mark: String,
    pub called: String,
    pub came_back: String,
    pub ledger: String,
}

/// A story's table.
pub struct Table {
    pub provider: String,
    pub rows: Vec<Row>,
}

impl Table {
    /// The first row that begins so.
    pub fn row(&self, start: &str) -> &Row {
        self.rows.iter().find(|row| row.called.starts_with(start)).unwrap()
    }

    /// What was called, in order, once each row is seen to be numbered and marked as it should be.
    pub fn steps(&self) -> Vec<&str> {
        for (number, row) in (1..).zip(&self.rows) {
            assert_eq!(row.mark, format!("{number}  ok"), "{}: {}", row.called, row.came_back);
        }
        self.rows.iter().map(|row| row.called.as_str()).collect()
    }
}

/// All tables, and the last line.
pub fn read(out: &str) -> (Vec<Table>, &str) {
    let (tables, last) = out.trim_end().rsplit_once('\n').unwrap();
    // Title, head and rows are set apart by blank lines.
    let parts: Vec<&str> = tables.trim().split("\n\n").collect();
    assert!(parts.len().is_multiple_of(2), "{out}");
    let table = |pair: &[&str]| {
        let lines: Vec<&str> = pair[1].lines().collect();
        Table { provider: pair[0].to_owned(), rows: rows(lines[0], &lines[1..]) }
    };
    (parts.chunks(2).map(table).collect(), last)
}

/// Reads the table by where its titles stand: a column that is not aligned falls apart here.
fn rows(head: &str, lines: &[&str]) -> Vec<Row> {
    let starts = ["called", "came back", "the ledger says", "  time"].map(|title| head.find(title).unwrap());
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        assert!(line.len() <= 120, "{line}");
        let cell = |from: usize, to: usize| line.get(from..to.min(line.len())).unwrap_or_default();
        for start in &starts[..3] {
            assert!(cell(start - 2, *start).trim().is_empty(), "column {start} of {line:?}");
        }
        let [called, came_back, ledger] = [0, 1, 2].map(|at| cell(starts[at], starts[at + 1]).trim().to_owned());
        let mark = cell(0, starts[0]).trim().to_owned();
        match rows.last_mut() {
            Some(row) if mark.is_empty() => {
                for (text, more) in
                    [(&mut row.called, called), (&mut row.came_back, came_back), (&mut row.ledger, ledger)]
                {
                    *text = format!("{text} {more}").trim().to_owned();
                }
            }
            _ => rows.push(Row { mark, called, came_back, ledger }),
        }
    }
    rows
}
