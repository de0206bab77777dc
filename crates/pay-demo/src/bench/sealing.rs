//! Sealing a body of 1 KiB: against the cipher alone as `openssl speed` counts it, and what it adds to a call.

use super::Context;
use super::call::cpu_per_call;
use super::machine::thread_cpu_ns;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::server::{Server, Tokens};
use aes::Aes256Enc;
use aes::cipher::{BlockModeEncrypt, InnerIvInit, KeyInit, block_padding::Pkcs7};
use pay_core::seal::SealKey;
use pay_core::{RawRequest, Repeat};
use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

const PART: &str = "sealing";
const BODY: usize = 1_024;
const KEY: &str = "a-made-up-key-of-thirty-two-byte";
const AROUND: (&str, &str) = ("{\"payload\":\"", "\"}");
/// Bodies that lie ready before the clock is read: making them is the caller's, and not counted.
const READY: usize = 64;

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let mut measured = Measured::default();
    let key = SealKey::new(&KEY.into()).map_err(|error| error.to_string())?;
    let cipher = Aes256Enc::new_from_slice(KEY.as_bytes()).map_err(|error| error.to_string())?;
    let body = body();
    let ours = || {
        Contender::new("ours", || {
            cpu_per_body(&body, |plain| key.seal(AROUND.0, plain, AROUND.1).map_err(|error| error.to_string()))
        })
    };
    let mut held_against = |contender, rounds, column, what: &str, mark| -> Result<(), String> {
        let [other, ours]: [Side; 2] =
            alternate(vec![contender, ours()], rounds)?.try_into().map_err(|_| "two were measured")?;
        measured.rows.push(row(what, "ns", ours, other, column, mark));
        Ok(())
    };
    let what = format!("{BODY} bytes, fresh IV, hex and envelope");
    // A second of `openssl` in each round.
    let rounds = if context.quick { 5 } else { 15 };
    let against_openssl =
        held_against(Contender::new("openssl speed", openssl_ns), rounds, Column::Floor, &what, Mark::AtMost(1.7));
    let by_hand =
        Contender::new("by hand, one fixed IV, not wiped", || cpu_per_body(&body, |plain| by_hand(&cipher, &plain)));
    held_against(by_hand, 3 * rounds, Column::Peer, &what, Mark::Told)?;
    if let Err(why) = against_openssl {
        measured.not_run.push(format!("{PART}: against {why}"));
    }
    measured.rows.push(call(context)?);
    measured.said.push(format!(
        "{PART}: `SealKey::seal` of {BODY} bytes, processor time of its thread, system calls included; the other side is what \
         `openssl speed -evp aes-256-cbc -bytes {BODY}` counts of its own, the cipher alone in memory that lies ready. By hand: the \
         same cipher and the same encoder with one IV for all and nothing wiped. The call is a raw one of Pay Agency's client, 64 in flight, \
         with the same body sealed and plain."
    ));
    Ok(measured)
}

fn row(what: &str, unit: &'static str, ours: Side, other: Side, column: Column, mark: Mark) -> Row {
    Row { part: PART, what: what.to_owned(), unit, ours, other, column, ratio: Ratio::OursByOther, mark }
}

/// A JSON object of exactly [`BODY`] bytes.
fn body() -> Vec<u8> {
    let frame = r#"{"note":""}"#;
    format!(r#"{{"note":"{}"}}"#, "x".repeat(BODY - frame.len())).into_bytes()
}

/// Nanoseconds of this thread's processor time per body; the sealed ones are dropped within it.
fn cpu_per_body(body: &[u8], mut seal: impl FnMut(Vec<u8>) -> Result<Vec<u8>, String>) -> Result<f64, String> {
    let (mut spent, turns) = (0.0, 1_000);
    for _ in 0..turns {
        let ready: Vec<Vec<u8>> = (0..READY).map(|_| body.to_vec()).collect();
        let before = thread_cpu_ns();
        for plain in ready {
            black_box(seal(black_box(plain))?);
        }
        spent += thread_cpu_ns() - before;
    }
    Ok(spent / f64::from(turns) / READY as f64)
}

/// What one would write without a library: no fresh IV, nothing wiped, two buffers.
fn by_hand(cipher: &Aes256Enc, plain: &[u8]) -> Result<Vec<u8>, String> {
    let iv = [7; 16];
    let encryptor = cbc::Encryptor::<&Aes256Enc>::inner_iv_init(cipher, (&iv).into());
    let sealed = encryptor.encrypt_padded_vec::<Pkcs7>(plain);
    let (head, digits) = (AROUND.0.len(), AROUND.0.len() + 33);
    let mut out = vec![0; digits + 2 * sealed.len() + AROUND.1.len()];
    out[..head].copy_from_slice(AROUND.0.as_bytes());
    let end = digits + 2 * sealed.len();
    let hex = |bytes: &[u8], out: &mut [u8]| const_hex::encode_to_slice(bytes, out).map_err(|error| error.to_string());
    hex(&iv, &mut out[head..digits - 1])?;
    out[digits - 1] = b':';
    hex(&sealed, &mut out[digits..end])?;
    out[end..].copy_from_slice(AROUND.1.as_bytes());
    Ok(out)
}

/// Nanoseconds of processor time per body, as `openssl` counts them itself.
fn openssl_ns() -> Result<f64, String> {
    let bytes = BODY.to_string();
    let output = Command::new("openssl")
        .args(["speed", "-mr", "-seconds", "1", "-evp", "aes-256-cbc", "-bytes", &bytes])
        .output()
        .map_err(|error| error.to_string())?;
    let text = [output.stdout, output.stderr].concat();
    counted(&String::from_utf8_lossy(&text)).ok_or_else(|| "it printed no count".to_owned())
}

/// `+R:<bodies>:<cipher>:<seconds>`.
fn counted(printed: &str) -> Option<f64> {
    let mut fields = printed.lines().find_map(|line| line.strip_prefix("+R:"))?.split(':');
    let bodies: u32 = fields.next()?.parse().ok()?;
    let seconds: f64 = fields.nth(1)?.trim().parse().ok()?;
    (bodies > 0 && seconds > 0.0).then(|| seconds * 1e9 / f64::from(bodies))
}

/// A whole call with its body sealed, against the same call with the same body plain.
fn call(context: &Context) -> Result<Row, String> {
    let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let client = payagency::Client::builder().local(&server.base_url).credentials("PA_TEST_made_up", KEY).build();
    let client = client.map_err(|error| error.to_string())?;
    let measure = |sealed| {
        let client = client.clone();
        cpu_per_call(&runtime, 64, 4_096, move || {
            let client = client.clone();
            async move { client.raw(request(sealed)).send().await.is_ok() }
        })
    };
    let contenders = vec![Contender::new("plain", || measure(false)), Contender::new("ours", || measure(true))];
    let rounds = if context.quick { 5 } else { 15 };
    let [plain, sealed]: [Side; 2] = alternate(contenders, rounds)?.try_into().map_err(|_| "two were measured")?;
    Ok(row("a call, its body sealed: CPU", "us", sealed, plain, Column::Peer, Mark::Told))
}

fn request(sealed: bool) -> RawRequest {
    let request =
        RawRequest::new(reqwest::Method::POST, "/test/anything", Repeat::Never).body("application/json", body());
    if sealed { request.sealed() } else { request }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_make_an_envelope_of_the_same_body() {
        let key = SealKey::new(&KEY.into()).unwrap();
        let cipher = Aes256Enc::new_from_slice(KEY.as_bytes()).unwrap();
        assert_eq!(body().len(), BODY);
        for sealed in [key.seal(AROUND.0, body(), AROUND.1).unwrap(), by_hand(&cipher, &body()).unwrap()] {
            let text = std::str::from_utf8(&sealed).unwrap();
            let envelope = text.strip_prefix(AROUND.0).unwrap().strip_suffix(AROUND.1).unwrap();
            assert_eq!(key.open(envelope).unwrap().expose(), body());
        }
    }

    #[test]
    fn what_openssl_counts_is_read() {
        let printed = "+DT:AES-256-CBC:1:1024\n+R:500000:AES-256-CBC:0.500000\n+H:1024\n+F:25:AES-256-CBC:1.00\n";
        assert_eq!(counted(printed), Some(1_000.0));
        for nothing in ["", "+R:", "+R:0:AES-256-CBC:1.0", "+R:1:AES-256-CBC:0.0", "+R:1:AES-256-CBC"] {
            assert_eq!(counted(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn a_failing_side_is_told() {
        assert_eq!(cpu_per_body(&body(), |_| Err("no".into())), Err("no".into()));
    }
}
