//! Other processes: the test binary again, with one test as what the child does.

#![allow(unreachable_pub)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

const PART: &str = "CHILD_PART";
const DIR: &str = "CHILD_DIR";
const READY: &str = "child-is-ready";

/// What this process is to do, and where, if it is a child.
pub fn role() -> Option<(String, PathBuf)> {
    Some((std::env::var(PART).ok()?, std::env::var_os(DIR)?.into()))
}

/// The child tells that it got there.
pub fn ready() {
    println!("\n{READY}");
}

pub struct Child {
    child: process::Child,
}

impl Child {
    pub fn start(test: &str, part: &str, dir: &Path) -> Self {
        Self::spawn(Command::new(std::env::current_exe().unwrap()), test, part, dir)
    }

    /// One that can write no file larger than this many blocks of 512 bytes.
    pub fn with_files_of(blocks: u32, test: &str, part: &str, dir: &Path) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        command.arg(std::env::current_exe().unwrap());
        Self::spawn(command, test, part, dir)
    }

    /// One for whom `dir` is read-only. Root may write everywhere, so for root it is another user's process.
    pub fn who_may_not_write(test: &str, part: &str, parent: &Path, dir: &Path) -> Self {
        const NOBODY: u32 = 65534;
        let root = fs::metadata(dir).unwrap().uid() == 0;
        let program = parent.join("child");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(parent, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(program);
        if root {
            for file in fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).chain([dir.to_owned()]) {
                chown(&file, Some(NOBODY), Some(NOBODY)).unwrap();
            }
            command.uid(NOBODY).gid(NOBODY).current_dir(parent);
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o500)).unwrap();
        Self::spawn(command, test, part, dir)
    }

    fn spawn(mut command: Command, test: &str, part: &str, dir: &Path) -> Self {
        command.args(["--exact", test, "--nocapture", "--test-threads", "1"]);
        command.env(PART, part).env(DIR, dir).stdout(Stdio::piped());
        // A program that was just copied is busy while another test's child, forked in between, still has it open for writing.
        for _ in 0..500 {
            match command.spawn() {
                Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                child => return Self { child: child.unwrap() },
            }
        }
        panic!("the copied program stays busy");
    }

    /// Waits until it got there.
    pub fn is_ready(&mut self) {
        let mut lines = BufReader::new(self.child.stdout.as_mut().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == READY), "the child ended before");
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn ends_well(mut self) {
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success() && out.contains(READY), "{status}: {out}");
    }
}
