//! An example that receives webhooks, running.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The running example; it ends with the test.
pub struct Server {
    process: Child,
    lines: Receiver<String>,
    pub url: String,
}

impl Server {
    /// Starts the example `webhook_server` of a crate on a port of its own, with what this command has set.
    pub fn start(mut command: Command) -> Self {
        let mut process = command.env("WEBHOOK_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(process.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut server = Self { process, lines, url: String::new() };
        server.url = server.line().strip_prefix("listening on ").unwrap().to_owned();
        server
    }

    /// The next line, within a time that only a broken program needs.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(Duration::from_secs(30)).unwrap()
    }

    /// Whether nothing more was said so far.
    pub fn nothing_more(&self) -> bool {
        self.lines.try_recv().is_err()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
