//! A `redis-server` of the test's own.

use super::{free_port, not_run};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

pub struct Redis {
    child: Child,
    port: u16,
    pub folder: TempDir,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Plain,
    Cluster,
    /// Certificate, key and authority, as files in its folder.
    Tls,
}

impl Redis {
    /// Starts one; `None` where there is no `redis-server`.
    pub fn start(part: &str) -> Option<Self> {
        Self::with(part, Kind::Plain, &[])
    }

    /// One server of a cluster, which has all slots: it refuses keys that do not belong together.
    pub fn cluster(part: &str) -> Option<Self> {
        let redis = Self::with(part, Kind::Cluster, &[])?;
        assert!(redis.cli(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).contains("OK"));
        while !redis.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok") {
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(redis)
    }

    /// One that speaks TLS alone.
    pub fn with_tls(part: &str, certificate: &str, key: &str) -> Option<Self> {
        Self::with(part, Kind::Tls, &[("server.crt", certificate), ("server.key", key)])
    }

    fn with(part: &str, kind: Kind, files: &[(&str, &str)]) -> Option<Self> {
        if Command::new("redis-server").arg("--version").output().is_err() {
            not_run(part, "redis-server");
            return None;
        }
        let (port, folder) = (free_port(), tempfile::tempdir().unwrap());
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let child = launch(port, &folder, &kind);
        let redis = Self { child, port, folder, kind };
        redis.wait();
        Some(redis)
    }

    pub fn url(&self) -> String {
        let scheme = if matches!(self.kind, Kind::Tls) { "rediss" } else { "redis" };
        format!("{scheme}://127.0.0.1:{}/", self.port)
    }

    /// Kills it with -9.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same port and folder.
    pub fn restart(&mut self) {
        self.kill();
        self.child = launch(self.port, &self.folder, &self.kind);
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
        let tls: &[&str] = if matches!(self.kind, Kind::Tls) { &["--tls", "--insecure"] } else { &[] };
        let out = Command::new("redis-cli").args(["-p", &port]).args(tls).args(arguments).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    }
}

fn launch(port: u16, folder: &TempDir, kind: &Kind) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always"]);
    command.args(["--save", "", "--dir"]).arg(folder.path());
    let port = port.to_string();
    match kind {
        Kind::Plain => command.args(["--port", &port]),
        // The port of the cluster itself is 10,000 above by default, which may be none.
        Kind::Cluster => {
            command.args(["--port", &port, "--cluster-enabled", "yes", "--cluster-port", &free_port().to_string()])
        }
        Kind::Tls => command
            .args(["--port", "0", "--tls-port", &port, "--tls-auth-clients", "no"])
            .arg("--tls-cert-file")
            .arg(folder.path().join("server.crt"))
            .arg("--tls-key-file")
            .arg(folder.path().join("server.key")),
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
