//! Other processes of the merchant's: the test binary again, with one test as what it does. They talk in lines.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{self, ChildStdin, ChildStdout, Command, Stdio};

const PART: &str = "SHOP_PART";
const DIR: &str = "SHOP_DIR";
const URL: &str = "SHOP_URL";
/// Before every line that is meant for the parent: the test harness prints too.
const MARK: &str = "shop: ";

/// What this process is to do, its store's directory and Paga's base URL, if it is a child.
pub fn role() -> Option<(String, PathBuf, String)> {
    Some((std::env::var(PART).ok()?, std::env::var_os(DIR)?.into(), std::env::var(URL).ok()?))
}

pub fn say(line: &str) {
    println!("\n{MARK}{line}");
}

/// The next line of the parent's; `None`: it has no more.
pub fn heard() -> Option<String> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).unwrap();
    (read > 0).then(|| line.trim_end().to_owned())
}

pub struct Child {
    process: process::Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Child {
    pub fn start(test: &str, part: &str, dir: &Path, url: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads", "1"])
            .env(PART, part)
            .env(DIR, dir)
            .env(URL, url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, input, output }
    }

    pub fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Waits for the child's next line.
    pub fn says(&mut self) -> String {
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the child ended without a word");
            if let Some(said) = line.trim_end().strip_prefix(MARK) {
                return said.to_owned();
            }
        }
    }

    /// Kill -9.
    pub fn kill(self) {
        drop(self);
    }

    pub fn ends_well(mut self) {
        drop(self.input.take());
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
