//! What signing adds to a call: HMAC-SHA256 of 2 KiB with a prepared key, against the processor time of a call.

use super::Context;
use super::call::{ByHand, by_hand_cpu};
use super::machine::thread_cpu_ns;
use super::rounds::{Contender, alternate};
use super::row::{Column, Mark, Measured, Ratio, Row, Side};
use super::server::{Server, Tokens};
use pay_core::mac::MacKey;
use std::hint::black_box;
use std::time::Duration;

const PART: &str = "signing";
const BODY: usize = 2_048;

pub(crate) fn run(context: &Context) -> Result<Measured, String> {
    let server = Server::start(Tokens { latency: Duration::ZERO, life: Some(3600) })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let by_hand = ByHand::new(&server.base_url)?;
    let key = MacKey::new(&"a-key-of-the-length-that-is-given-out".into()).map_err(|error| error.to_string())?;
    let body = vec![b'x'; BODY];
    let contenders = vec![
        Contender::new("a call by hand", || by_hand_cpu(&runtime, &by_hand, 64, 4_096)),
        Contender::new("signing", || {
            let (calls, before) = (4_096_u32, thread_cpu_ns());
            for _ in 0..calls {
                black_box(key.sign(&[b"2026-01-01T00:00:00Z", black_box(&body)]));
            }
            Ok((thread_cpu_ns() - before) / f64::from(calls) / 1e3)
        }),
    ];
    let rounds = if context.quick { 5 } else { 15 };
    let [other, ours]: [Side; 2] = alternate(contenders, rounds)?.try_into().map_err(|_| "two were measured")?;
    let row = Row {
        part: PART,
        what: format!("{BODY} bytes by a call's CPU"),
        unit: "us",
        ours,
        other,
        column: Column::Peer,
        ratio: Ratio::OursByOther,
        mark: Mark::AtMost(0.1),
    };
    let said = format!(
        "{PART}: `pay_core::mac` over a stamp and {BODY} bytes, hex included; beside the CPU of one of 64 calls in flight by hand."
    );
    Ok(Measured { rows: vec![row], said: vec![said], ..Measured::default() })
}
