//! Processes of the test's own: the test program once more, running its test `worker` alone.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const WORKER: &str = "PAY_STORE_WORKER";

/// Whether this process is one of those; in the test's own process `worker` does nothing.
pub fn is_worker() -> bool {
    std::env::var_os(WORKER).is_some()
}

pub struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Worker {
    pub fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_in(&[], environment)
    }

    /// Below another program, which is given the worker as its last arguments.
    pub fn start_in(below: &[&str], environment: &[(&str, &str)]) -> Self {
        let own = std::env::current_exe().unwrap();
        let mut command = match below {
            [] => Command::new(own),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(own);
                command
            }
        };
        let mut child = command
            .args(["--exact", "worker", "--nocapture"])
            .env(WORKER, "1")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut worker = Self { child, stdin, lines: BufReader::new(stdout) };
        assert_eq!(worker.answer(), "ready");
        worker
    }

    pub fn tell(&mut self, command: &str) {
        writeln!(self.stdin, "{command}").unwrap();
    }

    /// The next line that is an answer; the test harness prints lines of its own.
    pub fn answer(&mut self) -> String {
        let mut line = String::new();
        while self.lines.read_line(&mut line).unwrap() > 0 {
            if let Some(answer) = line.trim().split("> ").nth(1).filter(|_| line.contains("worker> ")) {
                return answer.to_owned();
            }
            line.clear();
        }
        panic!("the worker is gone");
    }

    /// Kills it with -9.
    pub fn kill(mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "it has died by itself");
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In the worker: answers.
pub fn say(text: &str) {
    // On a line of its own, whatever the harness has printed before.
    println!("\nworker> {text}");
}

/// In the worker: what is asked, one line after the other.
pub fn commands() -> impl Iterator<Item = String> {
    say("ready");
    std::io::stdin().lines().map_while(Result::ok)
}

pub fn setting(name: &str) -> String {
    std::env::var(name).unwrap()
}
