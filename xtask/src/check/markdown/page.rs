//! One Markdown page, read once: its headings' anchors, links, code blocks, code spans and tables.

use std::collections::BTreeMap;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

/// What the rules want to know of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its path from the top.
    pub(super) file: String,
    /// What a link can end in, behind the `#`.
    pub(super) anchors: Vec<String>,
    pub(super) links: Vec<Link>,
    pub(super) blocks: Vec<Block>,
    /// Code spans of the text, tables included.
    pub(super) codes: Vec<Code>,
    pub(super) tables: Vec<Table>,
}

/// Where a link goes to.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) to: String,
}

/// A code span.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) line: usize,
    pub(super) text: String,
}

/// A fenced block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) line: usize,
    /// What stands behind the fence, such as `rust,no_run`.
    pub(super) language: String,
    pub(super) text: String,
}

/// A table, each row as its cells' text with code spans between backticks.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) line: usize,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The code spans of the first column.
    pub(super) fn first_column(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(|row| row.first()).flat_map(|cell| spans(cell))
    }
}

/// The code spans of a cell.
pub(super) fn spans(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

impl Page {
    /// Reads a page.
    pub(super) fn read(file: &str, text: &str) -> Self {
        let mut page = Self { file: file.to_owned(), ..Self::default() };
        let mut heading: Option<String> = None;
        let mut block: Option<Block> = None;
        let mut cell: Option<String> = None;
        let mut row = Vec::new();
        let mut seen = BTreeMap::new();
        for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            let line = 1 + text[..range.start].matches('\n').count();
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => page.anchors.extend(heading.take().map(|it| anchor(&it, &mut seen))),
                Event::Start(Tag::Link { link_type, dest_url, .. }) if link_type != LinkType::Email => {
                    page.links.push(Link { line, to: dest_url.into_string() });
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    page.links.push(Link { line, to: dest_url.into_string() });
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    block = Some(Block { line, language: language.into_string(), text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => page.blocks.extend(block.take()),
                Event::Start(Tag::Table(_)) => page.tables.push(Table { line, ..Table::default() }),
                Event::Start(Tag::TableCell) => cell = Some(String::new()),
                Event::End(TagEnd::TableCell) => row.extend(cell.take()),
                Event::End(end @ (TagEnd::TableHead | TagEnd::TableRow)) => {
                    if let Some(table) = page.tables.last_mut() {
                        let row = std::mem::take(&mut row);
                        if end == TagEnd::TableHead { table.head = row } else { table.rows.push(row) }
                    }
                }
                Event::Text(words) => {
                    let open = [heading.as_mut(), cell.as_mut(), block.as_mut().map(|block| &mut block.text)];
                    open.into_iter().flatten().for_each(|open| open.push_str(&words));
                }
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                    if let Some(cell) = &mut cell {
                        cell.push_str(&format!("`{code}`"));
                    }
                    page.codes.push(Code { line, text: code.into_string() });
                }
                _ => {}
            }
        }
        page
    }
}

/// What GitHub and docs.rs make of a heading: lower case, words joined by hyphens, a number behind one that comes again.
fn anchor(heading: &str, seen: &mut BTreeMap<String, usize>) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || " -_".contains(*letter);
    let name: String = heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-");
    let count = seen.entry(name.clone()).or_default();
    *count += 1;
    if *count == 1 { name } else { format!("{name}-{}", *count - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read() {
        let text = "# A `b` c: d, e\n\nSee [x](y.md#z) and <https://a.example>.\n\n## Twice\n## Twice\n
| Name | What |\n|---|---|\n| `one`, `two` | `no` |\n
   ```rust,no_run\n   let x = \"[no](link)\";\n   ```\n";
        let page = Page::read("a.md", text);
        assert_eq!(page.anchors, ["a-b-c-d-e", "twice", "twice-1"]);
        assert_eq!(page.links.iter().map(|it| it.to.as_str()).collect::<Vec<_>>(), ["y.md#z", "https://a.example"]);
        assert_eq!(page.tables[0].head, ["Name", "What"]);
        assert_eq!(page.tables[0].first_column().collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!((page.tables[0].line, page.blocks[0].line), (8, 12));
        assert_eq!(page.blocks[0].language, "rust,no_run");
        assert_eq!(page.blocks[0].text, "let x = \"[no](link)\";\n");
    }
}
