//! The receipt of a paid transaction as PDF: one page of plain words that says what it is not.

use crate::pagfast::checkout::View;
use crate::provider::Reply;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderValue, X_CONTENT_TYPE_OPTIONS};

/// The receipt; nothing personal stands in it.
pub(super) fn write(view: &View) -> Reply {
    Reply {
        status: StatusCode::OK,
        content_type: "application/pdf".to_owned(),
        retry_after: None,
        headers: vec![
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ],
        wait_for: None,
        body: Bytes::from(pdf(&[
            "SANDBOX: this is no receipt of PagFast, and no money moved.",
            &format!("Transaction {}", view.id),
            &format!("Amount BRL {}", view.amount),
            &format!("State {}", view.state.as_str()),
        ])),
        assumed: vec!["what a receipt looks like, and that it needs no token"],
        violation: None,
    }
}

/// A PDF of one page with these lines, which hold plain letters, digits and signs only.
fn pdf(lines: &[&str]) -> String {
    let shown: String = lines.iter().map(|line| format!("({}) Tj 0 -22 Td ", escaped(line))).collect();
    let text = format!("BT /F1 13 Tf 56 780 Td {shown}ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut starts = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        starts.push(file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let table: String = starts.iter().map(|start| format!("{start:010} 00000 n \n")).collect();
    let (count, at) = (objects.len() + 1, file.len());
    file + &format!(
        "xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{at}\n%%EOF\n"
    )
}

fn escaped(line: &str) -> String {
    line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_where_each_object_begins() {
        let file = pdf(&["one (1)", "two"]);
        let table = file.split_once("xref\n0 5\n").unwrap().1;
        for (number, line) in table.lines().skip(1).take(4).enumerate() {
            let start: usize = line[..10].parse().unwrap();
            assert!(file[start..].starts_with(&format!("{} 0 obj", number + 1)), "{line}");
        }
        let start: usize = file.split_once("startxref\n").unwrap().1.lines().next().unwrap().parse().unwrap();
        assert!(file[start..].starts_with("xref") && file.contains("(one \\(1\\)) Tj"), "{file}");
    }
}
