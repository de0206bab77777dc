//! A registry on the loopback address: a sparse index, uploads, downloads. It can be told when to have its client killed.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// When the client is killed; counted in uploads, from 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kill {
    /// The upload arrives, and is not kept.
    Before(usize),
    /// It is kept, and nobody hears of it.
    Unanswered(usize),
    /// It is answered; the client looks into the index.
    Polling(usize),
}

#[derive(Debug, Default)]
struct State {
    /// Lines of the index, by crate.
    index: BTreeMap<String, Vec<Value>>,
    files: BTreeMap<(String, String), Vec<u8>>,
    uploads: Vec<String>,
    /// Uploads of what was there already.
    refused: usize,
    arrived: usize,
    kill: Option<Kill>,
    /// The process group to kill.
    client: Option<u32>,
}

/// The running registry. Its thread ends with the test's process.
#[derive(Clone)]
pub(crate) struct Registry {
    state: Arc<Mutex<State>>,
    pub(crate) address: String,
}

impl Registry {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let registry = Self { state: Arc::default(), address };
        let serving = registry.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                // Who was killed has hung up: that is no failure here.
                std::thread::spawn(move || drop(serving.serve(&stream)));
            }
        });
        registry
    }

    /// What was taken in, as `name version`, in order.
    pub(crate) fn uploads(&self) -> Vec<String> {
        self.state.lock().unwrap().uploads.clone()
    }

    pub(crate) fn refused(&self) -> usize {
        self.state.lock().unwrap().refused
    }

    /// The next client, and when it is killed.
    pub(crate) fn expect(&self, kill: Option<Kill>) {
        let mut state = self.state.lock().unwrap();
        (state.kill, state.client, state.arrived) = (kill, None, state.uploads.len());
    }

    pub(crate) fn client_is(&self, group: u32) {
        self.state.lock().unwrap().client = Some(group);
    }

    pub(crate) fn yank(&self, name: &str) {
        self.state.lock().unwrap().index.get_mut(name).unwrap()[0]["yanked"] = json!(true);
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let line = line.trim().to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let mut words = first.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (status, answer) = self.answer(method, path, &body);
        let mut stream = stream;
        write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", answer.len())?;
        stream.write_all(&answer)
    }

    fn answer(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        if method == "PUT" {
            return self.upload(body);
        }
        if path == "/index/config.json" {
            return (200, json!({ "dl": format!("{}/dl", self.address), "api": self.address }).to_string().into());
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(file) = path.strip_prefix("/dl/") {
            let mut parts = file.split('/').map(str::to_owned);
            let key = (parts.next().unwrap(), parts.next().unwrap());
            let file = self.state.lock().unwrap().files.get(&key).cloned();
            return file.map_or((404, Vec::new()), |file| (200, file));
        }
        self.kill_if(|state| {
            let last = state.uploads.last().is_some_and(|last| last.starts_with(&format!("{name} ")));
            matches!(state.kill, Some(Kill::Polling(count)) if last && state.arrived == count)
        });
        let state = self.state.lock().unwrap();
        let lines = state.index.get(name).map(|lines| lines.iter().map(|line| format!("{line}\n")).collect::<String>());
        lines.map_or((404, Vec::new()), |lines| (200, lines.into()))
    }

    fn upload(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let (about, rest) = part(body);
        let (file, _) = part(rest);
        let about: Value = serde_json::from_slice(about).unwrap();
        let (name, version) = (about["name"].as_str().unwrap(), about["vers"].as_str().unwrap());
        self.state.lock().unwrap().arrived += 1;
        self.kill_if(|state| state.kill == Some(Kill::Before(state.arrived)));
        {
            let mut state = self.state.lock().unwrap();
            let lines = state.index.entry(name.to_owned()).or_default();
            if lines.iter().any(|line| line["vers"] == version) {
                state.refused += 1;
                return (409, json!({ "errors": [{ "detail": "already uploaded" }] }).to_string().into());
            }
            lines.push(line(&about, file));
            state.files.insert((name.to_owned(), version.to_owned()), file.to_vec());
            state.uploads.push(format!("{name} {version}"));
        }
        self.kill_if(|state| state.kill == Some(Kill::Unanswered(state.arrived)));
        (200, br#"{"warnings":{"invalid_categories":[],"invalid_badges":[],"other":[]}}"#.to_vec())
    }

    /// Kills the client, once, and answers this request never.
    fn kill_if(&self, now: impl Fn(&State) -> bool) {
        let mut state = self.state.lock().unwrap();
        if !now(&state) {
            return;
        }
        state.kill = None;
        kill(state.client.unwrap());
        drop(state);
        std::thread::sleep(std::time::Duration::from_secs(3600));
    }
}

/// Kills a process group as `kill -9` does.
pub(crate) fn kill(group: u32) {
    assert!(Command::new("kill").args(["-9", "--", &format!("-{group}")]).status().unwrap().success());
}

/// A part of an upload: its length in four bytes, the least first, then itself.
fn part(bytes: &[u8]) -> (&[u8], &[u8]) {
    let (length, rest) = bytes.split_at(4);
    rest.split_at(u32::from_le_bytes(length.try_into().unwrap()) as usize)
}

/// The line of the index, of what cargo says at the upload.
fn line(about: &Value, file: &[u8]) -> Value {
    let checksum: String = Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect();
    let of = |dependency: &Value| {
        let mut line = dependency.clone();
        line["req"] = dependency["version_req"].clone();
        // All that these crates need is in this registry.
        line["registry"] = Value::Null;
        line
    };
    let dependencies: Vec<Value> = about["deps"].as_array().unwrap().iter().map(of).collect();
    json!({
        "name": about["name"], "vers": about["vers"], "deps": dependencies, "cksum": checksum,
        "features": about["features"], "yanked": false,
    })
}
