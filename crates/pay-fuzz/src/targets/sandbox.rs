//! The sandbox over a real connection: every request gets an answer that is not a fault of its own.

use pay_sandbox::Sandbox;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Runtime;

struct World {
    sandbox: Sandbox,
    stream: Option<TcpStream>,
    _runtime: Runtime,
}

fn with_world(act: impl FnOnce(&mut World)) {
    static WORLD: OnceLock<Mutex<World>> = OnceLock::new();
    let world = WORLD.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let sandbox = runtime.block_on(Sandbox::start()).expect("a sandbox");
        Mutex::new(World { sandbox, stream: None, _runtime: runtime })
    });
    let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
    // So that an input that breaks something does so alone.
    world.sandbox.reset();
    act(&mut world);
}

impl World {
    /// Sends one request and gives status and body.
    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n");
        let request = [head.as_bytes(), body].concat();
        // A kept connection may have been closed since.
        for stream in [self.stream.take(), None] {
            let mut stream = stream.unwrap_or_else(|| self.connect());
            if let Some(answer) = exchange(&mut stream, &request) {
                self.stream = Some(stream).filter(|_| !answer.closes);
                return (answer.status, answer.body);
            }
        }
        panic!("no answer to {method} {path}");
    }

    fn connect(&self) -> TcpStream {
        let address = self.sandbox.url().replace("http://", "");
        let stream = TcpStream::connect(address).expect("the sandbox listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        stream
    }
}

struct Answer {
    status: u16,
    closes: bool,
    body: String,
}

/// `None` where the connection ends without a whole answer.
fn exchange(stream: &mut TcpStream, request: &[u8]) -> Option<Answer> {
    stream.write_all(request).ok()?;
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let status = head.split(' ').nth(1)?.parse().ok()?;
                return Some(Answer { status, closes: head.contains("connection: close"), body: body.to_owned() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(read) if read > 0 => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}

const CONTROLS: [(&str, &str); 8] = [
    ("POST", "/clock"),
    ("POST", "/faults"),
    ("POST", "/modes"),
    ("POST", "/pagamio/float"),
    ("POST", "/reset"),
    ("DELETE", "/faults"),
    ("GET", "/ledger"),
    ("GET", "/clock"),
];

/// The first byte chooses what is asked for; the rest is the body.
pub(super) fn control(data: &[u8]) {
    let Some((choice, body)) = data.split_first() else { return };
    let (method, path) = CONTROLS[usize::from(*choice) % CONTROLS.len()];
    with_world(|world| {
        let (status, answer) = world.ask(method, &format!("/_sandbox{path}"), "", body);
        assert!([200, 201, 400].contains(&status), "{status} to {method} {path}: {answer}");
        // Whatever was set, what there is to see can be shown.
        for path in ["/clock", "/faults", "/modes", "/ledger", "/requests"] {
            assert_eq!(world.ask("GET", &format!("/_sandbox{path}"), "", b"").0, 200, "{path}");
        }
    });
}

const ROUTES: [(&str, &str); 12] = [
    ("POST", "/auth/token"),
    ("POST", "/auth/token/refresh"),
    ("GET", "/products/categories"),
    ("GET", "/products/categories/"),
    ("GET", "/merchants/"),
    ("POST", "/lookup/bill-payment"),
    ("POST", "/lookup/money-transfer"),
    ("POST", "/lookup/electricity"),
    ("POST", "/purchase"),
    ("POST", "/purchase"),
    ("POST", "/transactions"),
    ("GET", "/lookups/"),
];

/// The first byte chooses the route, the second whether with a token and whether the first line belongs to the path.
pub(super) fn request(data: &[u8]) {
    let [choice, how, body @ ..] = data else { return };
    let (method, route) = ROUTES[usize::from(*choice) % ROUTES.len()];
    with_world(|world| {
        let base = world.sandbox.pagamio().base_url().to_owned();
        let prefix = base.strip_prefix(&world.sandbox.url()).expect("a path").to_owned();
        let mut headers = "content-type: application/json\r\n".to_owned();
        if how & 1 == 0 {
            let account = world.sandbox.pagamio().merchant();
            let login = serde_json::json!({ "username": account.username(), "password": account.password() });
            let (_, reply) = world.ask("POST", &format!("{prefix}/auth/token"), &headers, login.to_string().as_bytes());
            let token = reply.split("\"token\":\"").nth(1).and_then(|rest| rest.split('"').next());
            headers.push_str(&format!("authorization: Bearer {}\r\n", token.expect("the sandbox gives a token")));
        }
        let (mut tail, mut body) = (String::new(), body);
        if how & 2 == 0 {
            let end = body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len());
            tail = body[..end].iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect();
            body = &body[(end + 1).min(body.len())..];
        }
        let (status, answer) = world.ask(method, &format!("{prefix}{route}{tail}"), &headers, body);
        assert!((200..500).contains(&status), "{status} to {method} {route}{tail}: {answer}");
    });
}
