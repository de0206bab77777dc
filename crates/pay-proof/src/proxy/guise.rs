//! A proxy that plants markers: clients see and send them in place of the sandbox's own values.

use super::head;
use crate::leaks::{At, Plant, Secret};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// How many markers a field has that the sandbox answers anew each time.
pub(crate) const MARKERS_OF_A_FIELD: u64 = 3;

/// Shorter values that the sandbox answers stand in other texts by accident.
const SHORTEST: usize = 12;

/// Larger answers are there to be refused.
const LARGEST: usize = 1 << 20;

/// What every answer holds besides, and no client models: a member, a cookie and another header.
pub(crate) const UNMODELLED: [(&str, &str); 3] =
    [("unmodelled member", "x-internal-note"), ("cookie", "set-cookie"), ("unmodelled header", "x-internal-trace")];

/// A running proxy in front of one sandbox. It stops when it is dropped.
pub(crate) struct Guise {
    address: SocketAddr,
    wardrobe: Arc<Wardrobe>,
    task: JoinHandle<()>,
}

/// What is exchanged, and what was seen.
struct Wardrobe {
    upstream: SocketAddr,
    plants: Vec<Plant>,
    /// The markers of [`UNMODELLED`].
    unmodelled: [String; 3],
    opens: Opens,
    seen: Mutex<Seen>,
}

/// Opens a sealed body.
type Opens = Box<dyn Fn(&[u8]) -> Option<Vec<u8>> + Send + Sync>;

#[derive(Default)]
struct Seen {
    /// Marker, and what the sandbox has in its place.
    pairs: Vec<(usize, String, String)>,
    /// Fields whose marker went over the wire.
    on_the_wire: BTreeSet<&'static str>,
    /// What clients computed.
    computed: BTreeSet<(&'static str, String)>,
}

impl Guise {
    pub(crate) async fn start(
        upstream: SocketAddr,
        plants: &[Plant],
        unmodelled: [String; 3],
        opens: Opens,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let fixed = plants.iter().enumerate().filter_map(|(index, plant)| match &plant.at {
            At::Instead(real) => Some((index, plant.marker(0), real.clone())),
            _ => None,
        });
        let seen = Seen { pairs: fixed.collect(), ..Seen::default() };
        let wardrobe = Wardrobe { upstream, plants: plants.to_vec(), unmodelled, opens, seen: Mutex::new(seen) };
        let wardrobe = Arc::new(wardrobe);
        let task = tokio::spawn(listen(listener, Arc::clone(&wardrobe)));
        Ok(Self { address, wardrobe, task })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the sandbox had in place of markers: its own secrets.
    pub(crate) fn real(&self) -> Vec<Secret> {
        let seen = self.wardrobe.seen();
        let secret = |(index, _, real): &(usize, String, String)| {
            let plant = &self.wardrobe.plants[*index];
            let fixture = matches!(plant.at, At::Instead(_));
            // Scripts of faults have short tokens of their own, and some members are empty.
            (fixture || real.len() >= SHORTEST).then(|| Secret {
                field: plant.field.to_owned(),
                text: real.clone(),
                halves: !fixture,
            })
        };
        seen.pairs.iter().filter_map(secret).collect()
    }

    /// What clients computed.
    pub(crate) fn computed(&self) -> Vec<Secret> {
        let seen = self.wardrobe.seen();
        seen.computed.iter().map(|(field, value)| Secret::new(*field, value)).collect()
    }

    /// The fields whose marker a client has sent or got.
    pub(crate) fn on_the_wire(&self) -> BTreeSet<&'static str> {
        self.wardrobe.seen().on_the_wire.clone()
    }
}

impl Drop for Guise {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Guise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guise").field("address", &self.address).finish_non_exhaustive()
    }
}

async fn listen(listener: TcpListener, wardrobe: Arc<Wardrobe>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        connections.spawn(connection(client, Arc::clone(&wardrobe)));
        while connections.try_join_next().is_some() {}
    }
}

/// One request and its answer, which ends the connection. Errors are the client's or the sandbox's leaving.
async fn connection(mut client: TcpStream, wardrobe: Arc<Wardrobe>) {
    let Ok(Some(request)) = head::read(&mut client).await else { return };
    let bytes = wardrobe.unmask(&head::last_one(&request));
    let mut answer = Vec::new();
    if let Ok(mut server) = TcpStream::connect(wardrobe.upstream).await {
        // What came before the connection broke is told on: half an answer is a fault of its own.
        if server.write_all(&bytes).await.is_ok() {
            let _ = server.read_to_end(&mut answer).await;
        }
    }
    let answer = wardrobe.mask(&request.path, &answer);
    // The client may have left.
    let _ = client.write_all(&answer).await;
}

impl Wardrobe {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request as the sandbox must get it.
    fn unmask(&self, request: &[u8]) -> Vec<u8> {
        let (head, body) = split(request);
        let mut head = basic(&head, |text| self.exchange_up(text));
        let sealed = (self.opens)(&body).unwrap_or_default();
        let mut seen = self.seen();
        for plant in &self.plants {
            if let At::Computed(header) = plant.at
                && let Some(value) = value_of(&head, header)
            {
                seen.on_the_wire.insert(plant.field);
                seen.computed.insert((plant.field, value));
            }
            let marker = plant.marker(0);
            if plant.at == At::Sent && (holds(request, &marker) || holds(&sealed, &marker)) {
                seen.on_the_wire.insert(plant.field);
            }
        }
        drop(seen);
        head = self.exchange_up(&head);
        let body = self.exchange_up(&body);
        if value_of(&head, "content-length").is_some() {
            head = with_header(&head, "content-length", &body.len().to_string());
        }
        [head, body].concat()
    }

    /// Every marker replaced by the sandbox's own value.
    fn exchange_up(&self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        let mut seen = self.seen();
        let mut met = Vec::new();
        for (index, marker, real) in &seen.pairs {
            for marker in forms(marker) {
                if position(&text, marker.as_bytes()).is_some() {
                    met.push(self.plants[*index].field);
                    text = replaced(&text, marker.as_bytes(), real.as_bytes());
                }
            }
        }
        seen.on_the_wire.extend(met);
        text
    }

    /// An answer as the client is to get it.
    fn mask(&self, path: &str, answer: &[u8]) -> Vec<u8> {
        let (head, body) = split(answer);
        // A chunk's size would be wrong, and half a head has nothing to plant in.
        if body.is_empty() || body.len() > LARGEST || value_of(&head, "transfer-encoding").is_some() {
            return answer.to_vec();
        }
        let mut body = body;
        let mut seen = self.seen();
        for (index, plant) in self.plants.iter().enumerate() {
            let At::Answered { path: ending, member } = plant.at else { continue };
            if path.ends_with(ending) {
                body = dressed(&body, member, |real| {
                    let known =
                        seen.pairs.iter().find(|(_, _, known)| known == real).map(|(_, marker, _)| marker.clone());
                    let marker = known.unwrap_or_else(|| {
                        let made = seen.pairs.iter().filter(|(of, ..)| *of == index).count() as u64;
                        let marker = plant.marker(made % MARKERS_OF_A_FIELD);
                        // The newest value counts where markers come again.
                        seen.pairs.retain(|(_, other, _)| *other != marker);
                        seen.pairs.push((index, marker.clone(), real.to_owned()));
                        marker
                    });
                    seen.on_the_wire.insert(plant.field);
                    marker
                });
            }
        }
        let mut met = Vec::new();
        for (index, marker, real) in &seen.pairs {
            if matches!(self.plants[*index].at, At::Instead(_)) && position(&body, real.as_bytes()).is_some() {
                body = replaced(&body, real.as_bytes(), json(marker).as_bytes());
                met.push(self.plants[*index].field);
            }
        }
        seen.on_the_wire.extend(met);
        drop(seen);
        let [note, cookie, trace] = &self.unmodelled;
        let member = format!("{{\"{}\":\"{note}\",", UNMODELLED[0].1);
        body = match body.as_slice() {
            [b'{', rest @ ..] if rest.first() != Some(&b'}') => [member.as_bytes(), rest].concat(),
            [b'[', b'{', rest @ ..] if rest.first() != Some(&b'}') => [b"[", member.as_bytes(), rest].concat(),
            [b'<', ..] => [&body, note.as_bytes()].concat(),
            _ => body,
        };
        let mut head = head;
        if let Some(promised) = value_of(&head, "content-length").and_then(|length| length.parse::<usize>().ok()) {
            // What was cut short stays too short.
            let lacking = promised.saturating_sub(split(answer).1.len());
            head = with_header(&head, "content-length", &(body.len() + lacking).to_string());
        }
        head = with_header(&head, UNMODELLED[1].1, &format!("session={cookie}; HttpOnly"));
        head = with_header(&head, UNMODELLED[2].1, trace);
        [head, body].concat()
    }
}

/// A marker as it may stand in a request: as it is, in a JSON text, in a URL.
fn forms(marker: &str) -> BTreeSet<String> {
    let url = percent_encoding::utf8_percent_encode(marker, percent_encoding::NON_ALPHANUMERIC).to_string();
    BTreeSet::from([marker.to_owned(), json(marker), url])
}

fn holds(text: &[u8], marker: &str) -> bool {
    forms(marker).iter().any(|form| position(text, form.as_bytes()).is_some())
}

fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

/// Head with its empty line, and body.
fn split(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    match position(message, b"\r\n\r\n") {
        Some(at) => (message[..at + 4].to_vec(), message[at + 4..].to_vec()),
        None => (message.to_vec(), Vec::new()),
    }
}

fn value_of(head: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let line = text.lines().find(|line| {
        line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && line[name.len()..].starts_with(':')
    })?;
    Some(line[name.len() + 1..].trim().to_owned())
}

/// The head with this header, in place of one of the same name.
fn with_header(head: &[u8], name: &str, value: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(head);
    let others = text.trim_end().lines().filter(|line| {
        let same = line.split(':').next().is_some_and(|known| known.eq_ignore_ascii_case(name));
        !same
    });
    let mut lines: Vec<String> = others.map(str::to_owned).collect();
    lines.push(format!("{name}: {value}"));
    format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes()
}

/// The head with Basic credentials exchanged inside their base64.
fn basic(head: &[u8], exchange: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    const SCHEME: &str = "Basic ";
    let credentials = value_of(head, "authorization");
    let decoded = credentials.as_deref().and_then(|value| value.strip_prefix(SCHEME)).map(|text| STANDARD.decode(text));
    match decoded {
        Some(Ok(pair)) => with_header(head, "authorization", &format!("{SCHEME}{}", STANDARD.encode(exchange(&pair)))),
        _ => head.to_vec(),
    }
}

/// The body with each text of this JSON member replaced.
fn dressed(body: &[u8], member: &str, mut marker: impl FnMut(&str) -> String) -> Vec<u8> {
    let name = format!("\"{member}\":\"");
    let (mut out, mut rest) = (Vec::new(), body);
    while let Some(at) = position(rest, name.as_bytes()) {
        let start = at + name.len();
        // Half an answer may end inside; then nothing is exchanged.
        let Some(length) = rest[start..].iter().position(|byte| *byte == b'"') else { break };
        let real = String::from_utf8_lossy(&rest[start..start + length]);
        out.extend_from_slice(&rest[..start]);
        out.extend_from_slice(json(&marker(&real)).as_bytes());
        rest = &rest[start + length..];
    }
    out.extend_from_slice(rest);
    out
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(at) = position(rest, from) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() { None } else { memchr::memmem::find(text, wanted) }
}
