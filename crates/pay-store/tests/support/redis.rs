//! A `redis-server` of the test's own.

use super::{free_port, not_run};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

pub struct Redis {
    child: Child,
    port: u16,
    pub folder: TempDir,
    cluster: bool,
}

impl Redis {
    /// Starts one; `None` where there is no `redis-server`.
    pub fn start(part: &str) -> Option<Self> {
        Self::with(part, false)
    }

    /// One server of a cluster, which has all slots: it refuses keys that do not belong together.
    pub fn cluster(part: &str) -> Option<Self> {
        let redis = Self::with(part, true)?;
        assert!(redis.cli(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).contains("OK"));
        while !redis.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok") {
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(redis)
    }

    fn with(part: &str, cluster: bool) -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            not_run(part, "redis-server");
            return None;
        }
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        let child = launch(port, &folder, cluster);
        let redis = Self { child, port, folder, cluster };
        redis.wait();
        Some(redis)
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Kills it with -9.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same port and folder.
    pub fn restart(&mut self) {
        self.kill();
        self.child = launch(self.port, &self.folder, self.cluster);
        self.wait();
    }

    fn wait(&self) {
        for _ in 0..200 {
            if self.cli(&["PING"]).contains("PONG") {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis-server does not answer");
    }

    /// What `redis-cli` prints.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port.to_string();
        let out = Command::new("redis-cli").args(["-p", &port]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    }
}

fn launch(port: u16, folder: &TempDir, cluster: bool) -> Child {
    let mut command = Command::new("redis-server");
    command.args([
        "--port",
        &port.to_string(),
        "--bind",
        "127.0.0.1",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]);
    command.args(["--save", "", "--dir"]).arg(folder.path());
    if cluster {
        // By default 10,000 above its port, which may be none.
        command.args(["--cluster-enabled", "yes", "--cluster-port", &free_port().to_string()]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
