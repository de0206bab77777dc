//! A PostgreSQL server of the test's own, on a socket-less private port, with a folder that is removed afterwards.

use super::{free_port, not_run};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

pub struct Postgres {
    child: Option<Child>,
    port: u16,
    pub folder: TempDir,
    bin: PathBuf,
}

/// The newest of Debian's, or what stands in the path.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|at| at.path()).collect();
    versions.sort();
    versions.into_iter().map(|path| path.join("bin")).rfind(|bin| bin.join("initdb").exists())
}

fn am_root() -> bool {
    let out = Command::new("id").arg("-u").output().unwrap();
    out.stdout.starts_with(b"0\n")
}

/// PostgreSQL refuses to run as root.
fn command(program: &Path) -> Command {
    if am_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "nobody", "--"]).arg(program);
        return command;
    }
    Command::new(program)
}

/// A file that the server's user alone may read.
fn private(path: &Path, text: &str) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let owner = std::fs::metadata(path.parent().unwrap()).unwrap();
    std::os::unix::fs::chown(path, Some(owner.uid()), Some(owner.gid())).unwrap();
}

impl Postgres {
    /// Starts one; `None` where there is none.
    pub fn start(part: &str) -> Option<Self> {
        Self::with(part, None)
    }

    /// One that speaks TLS too, with this certificate and key.
    pub fn with_tls(part: &str, certificate: &str, key: &str) -> Option<Self> {
        Self::with(part, Some((certificate, key)))
    }

    fn with(part: &str, tls: Option<(&str, &str)>) -> Option<Self> {
        let Some(bin) = programs() else {
            not_run(part, "postgres");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        if am_root() {
            let done = Command::new("chown").arg("nobody").arg(folder.path()).status().unwrap();
            assert!(done.success());
        }
        let data = folder.path().join("data");
        let made = command(&bin.join("initdb"))
            .args(["--auth", "trust", "--username", "pay", "--encoding", "UTF8", "--locale", "C", "--no-sync", "-D"])
            .arg(&data)
            .current_dir("/")
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        if let Some((certificate, key)) = tls {
            for (name, text) in
                [("server.crt", certificate), ("server.key", key), ("postgresql.auto.conf", "ssl = on\n")]
            {
                private(&data.join(name), text);
            }
        }
        let mut server = Self { child: None, port: free_port(), folder, bin };
        server.launch();
        Some(server)
    }

    fn launch(&mut self) {
        let child = command(&self.bin.join("postgres"))
            .arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "max_connections=200"])
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        for _ in 0..300 {
            if self.sql("postgres", "SELECT 1").is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("postgres does not answer");
    }

    /// A database of its own.
    pub fn database(&self) -> String {
        let name = format!("t{:016x}", fastrand_like());
        self.sql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
        self.url(&name)
    }

    pub fn url(&self, name: &str) -> String {
        format!("postgres://pay@127.0.0.1:{}/{name}", self.port)
    }

    /// What `psql` prints, unaligned.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, String> {
        let out = Command::new(self.bin.join("psql"))
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "pay", "-d", database, "-AtXc", sql])
            .output()
            .unwrap();
        if out.status.success() {
            return Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned());
        }
        Err(String::from_utf8_lossy(&out.stderr).into_owned())
    }

    /// From now on without TLS nobody gets in over the network.
    pub fn only_tls(&self) {
        private(
            &self.folder.path().join("data/pg_hba.conf"),
            "hostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n",
        );
        self.sql("postgres", "SELECT pg_reload_conf()").unwrap();
        std::thread::sleep(Duration::from_millis(300));
    }

    /// Stops it at once, as a crash does.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = pid.lines().next() {
            // SIGQUIT: immediate shutdown, without a checkpoint.
            let _ = Command::new("kill").args(["-QUIT", pid]).status();
        }
        let _ = child.wait();
    }

    pub fn restart(&mut self) {
        self.kill();
        self.launch();
    }
}

/// A number that no other test has.
fn fastrand_like() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.kill();
    }
}
