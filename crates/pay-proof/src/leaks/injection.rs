//! Texts of a provider or a client that would forge a line or a colour in a log, a terminal or a page.

use super::caught::{self, Sink, Texts};
use super::{alone, control, logs, values};
use crate::{Broken, Limits, Subject, table};
use pay_sandbox::{Acting, FaultRule, Sandbox, StatusFault};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// What a forged line would say.
const FORGED: &str = "FORGED";

/// Line ends of every kind, colours, and characters that turn the order of a line round or hide in it.
const HOSTILE: [(&str, &str); 10] = [
    ("line feed", "\n"),
    ("carriage return", "\r"),
    ("both", "\r\n"),
    ("escape code", "\u{1b}[31m\u{1b}]0;"),
    ("C1 escape code and line end", "\u{9b}31m\u{85}"),
    ("line separators", "\u{2028}\u{2029}"),
    ("bidirectional override", "\u{202e}\u{2066}\u{61c}"),
    ("backspace, bell, tabs", "\u{8}\u{7}\u{b}\u{c}"),
    ("zero width", "\u{200b}\u{feff}"),
    ("a zero byte and a half surrogate's neighbour", "\u{0}\u{fffe}"),
];

/// Nothing is slow here but the machine; finding out takes a third of the deadline each time.
const LIMITS: Limits = Limits {
    attempt: Duration::from_millis(900),
    deadline: Duration::from_millis(900),
    attempts: 1,
    max_body: 1 << 20,
};

/// One text that got through.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Forged {
    /// Where.
    pub sink: &'static str,
    /// Which text.
    pub kind: &'static str,
    /// What it did.
    pub how: String,
}

/// How many texts were looked at, and what got through.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Answers that held such texts.
    pub answers: usize,
    /// Texts that came out of them.
    pub texts: usize,
    /// What got through.
    pub forged: Vec<Forged>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answers, texts, forged } = self;
        writeln!(f, "forged lines and colours: {} in {texts} texts out of {answers} hostile answers", forged.len())?;
        for Forged { sink, kind, how } in forged {
            writeln!(f, "FORGED by {kind} in {sink}: {how}")?;
        }
        Ok(())
    }
}

/// Answers every operation with such texts in messages, codes and ids, and reads all that comes out.
///
/// # Errors
/// Where it could not be run.
pub async fn run(subject: Arc<dyn Subject>) -> Result<Report, Broken> {
    let _alone = alone().await;
    logs::install()?;
    let mut report = Report::default();
    for (kind, characters) in HOSTILE {
        caught::take();
        let text = serde_json::to_string(&format!("a{characters}{FORGED} paid"))?;
        let mut runs = JoinSet::new();
        for (status, body) in subject.hostile(text.trim_matches('"')) {
            report.answers += subject.operations().len();
            let answer = StatusFault::new(status, Acting::After).content_type("application/json").body(body);
            runs.spawn(answered(Arc::clone(&subject), answer, characters));
        }
        while let Some(run) = runs.join_next().await {
            run??;
        }
        let caught = caught::take();
        report.texts += caught.values().map(|texts| texts.count).sum::<usize>();
        report.forged.extend(look(kind, &caught));
    }
    report.forged.sort();
    report.forged.dedup();
    Ok(report)
}

/// Runs every operation against one answer. The sandbox is one for all: the fault takes each request of theirs.
async fn answered(subject: Arc<dyn Subject>, answer: StatusFault, characters: &'static str) -> Result<(), Broken> {
    let sandbox = Sandbox::start().await?;
    subject.set_up(&sandbox)?;
    for operation in subject.operations() {
        let reference = format!("injection-{}", operation.name);
        table::prepare(&*subject, &sandbox, operation, &reference).await?;
        let session = subject.session(&sandbox, &sandbox.url(), LIMITS)?;
        if operation.request != subject.token().request {
            table::log_in(&*session, operation.name).await?;
        }
        let rule = FaultRule::new(subject.name(), answer.clone()).operation(operation.request).times(u32::MAX);
        let rule = sandbox.add_fault(rule)?;
        if let Err(error) = session.run(operation.name, &reference, &values::show).await {
            values::show_error(&error);
        }
        sandbox.remove_fault(rule);
    }
    ask_in_anger(&*subject, &sandbox, characters).await?;
    Ok(control::show(&sandbox).await?)
}

/// The same texts from a client: in a path, in names and values of members.
async fn ask_in_anger(subject: &dyn Subject, sandbox: &Sandbox, characters: &str) -> Result<(), Broken> {
    let address = sandbox.url().trim_start_matches("http://").parse()?;
    let text = serde_json::to_string(&format!("b{characters}{FORGED} paid"))?;
    let body = format!("{{{text}:1,\"reference\":{text},\"merchantReference\":{text},\"partnerReference\":{text}}}");
    let bytes: String = characters.bytes().map(|byte| format!("%{byte:02x}")).collect();
    let paths = [
        format!("/{}/nowhere/{bytes}{FORGED}?{bytes}=1", subject.name()),
        format!("/{}/api/v1{}", subject.name(), subject.purchase().path),
        format!("/nobody/{bytes}{FORGED}"),
        format!("/_sandbox/{bytes}{FORGED}"),
    ];
    for path in paths {
        caught::add(Sink::Control, &control::ask(address, "POST", &path, body.as_bytes()).await?);
    }
    Ok(())
}

fn look(kind: &'static str, caught: &BTreeMap<Sink, Texts>) -> Vec<Forged> {
    let mut found = Vec::new();
    for (sink, texts) in caught {
        for text in texts.each() {
            if let Some(how) = forges(*sink, &String::from_utf8_lossy(text)) {
                found.push(Forged { sink: sink.name(), kind, how });
            }
        }
    }
    found
}

/// What a text of this sink does that it must not.
fn forges(sink: Sink, text: &str) -> Option<String> {
    // HTTP's own line ends, and the one that ends an event.
    let text = if sink.of_sandbox() { text.split_once("\r\n\r\n").map_or(text, |(_, body)| body) } else { text };
    let text = text.strip_suffix('\n').unwrap_or(text);
    let several_lines = matches!(sink, Sink::DebugPretty | Sink::LogPretty | Sink::Panic | Sink::Chain | Sink::Pages);
    for c in text.chars() {
        let allowed = c == '\n' && several_lines;
        if !allowed && disguises(c) {
            return Some(format!("{c:?} came through"));
        }
    }
    let starts = text.lines().any(|line| line.trim_start().starts_with(FORGED));
    starts.then(|| "a line of its own".to_owned())
}

/// Characters that end lines, colour them, or show them in another order than they are in.
fn disguises(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_forges_is_seen_in_each_sink() {
        assert_eq!(forges(Sink::Display, "purchase: refused: 1103 \"a\\u{a}FORGED paid\""), None);
        for (kind, characters) in HOSTILE {
            if characters.contains('\u{fffe}') && !characters.contains('\u{0}') {
                continue;
            }
            let text = format!("purchase: a{characters}FORGED paid");
            assert!(forges(Sink::Display, &text).is_some(), "{kind}");
            assert!(forges(Sink::LogText, &text).is_some(), "{kind}");
        }
        assert!(forges(Sink::LogPretty, "  at x\n  FORGED paid\n").is_some());
        assert_eq!(forges(Sink::LogPretty, "  at x\n  in y\n"), None);
        assert_eq!(forges(Sink::Control, "HTTP/1.1 200 OK\r\na: b\r\n\r\n{\"a\":\"\\u001b\"}"), None);
        assert!(forges(Sink::Control, "HTTP/1.1 200 OK\r\na: b\r\n\r\n{\"a\":\"\u{202e}\"}").is_some());
    }
}
