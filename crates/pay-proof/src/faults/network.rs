//! Faults of the network, by the proxy.

use super::Acts::{Maybe, No, Yes};
use super::{Acts, Fault, Hits, How};
use crate::proxy::{Direction, End, Forged, Toxic, Trick};
use std::time::Duration;

/// The toxics both ways, ends of connections before and after acting, and answers that break HTTP.
pub(super) fn faults(attempt: Duration) -> Vec<Fault> {
    let short = Duration::from_millis(40);
    let late = attempt + Duration::from_millis(150);
    let up = |toxic| Trick::Toxic(toxic, Direction::Up);
    let down = |toxic| Trick::Toxic(toxic, Direction::Down);
    let forged = |name: &'static str, forged| {
        [
            (format!("{name}, not reached"), No, Trick::Forged(forged, false)),
            (format!("{name}, acted"), Yes, Trick::Forged(forged, true)),
        ]
    };
    let named: [(&str, Acts, Trick); 29] = [
        ("down for good", No, Trick::Down(None)),
        ("down for a moment", Maybe, Trick::Down(Some(Duration::from_millis(120)))),
        ("latency up", Maybe, up(Toxic::Latency(short))),
        ("latency down", Maybe, down(Toxic::Latency(short))),
        ("request too late", Maybe, up(Toxic::Latency(late))),
        ("answer too late", Yes, down(Toxic::Latency(late))),
        ("bandwidth up", Maybe, up(Toxic::Bandwidth(10_000))),
        ("bandwidth down", Maybe, down(Toxic::Bandwidth(10_000))),
        ("slow_close up", Maybe, up(Toxic::SlowClose(short))),
        ("slow_close down", Maybe, down(Toxic::SlowClose(short))),
        ("timeout up", No, up(Toxic::Timeout(late))),
        ("timeout down", Yes, down(Toxic::Timeout(late))),
        ("reset_peer up", No, up(Toxic::ResetPeer(short))),
        ("reset_peer down", Yes, down(Toxic::ResetPeer(short))),
        ("slicer up", Maybe, up(Toxic::Slicer(64, Duration::from_millis(2)))),
        ("slicer down", Maybe, down(Toxic::Slicer(64, Duration::from_millis(2)))),
        ("limit_data up", No, up(Toxic::LimitData(60))),
        ("limit_data down", Yes, down(Toxic::LimitData(60))),
        ("close on accept", No, Trick::OnAccept(End::Close)),
        ("reset on accept", No, Trick::OnAccept(End::Reset)),
        ("close before acting", No, Trick::Before(End::Close)),
        ("reset before acting", No, Trick::Before(End::Reset)),
        ("half a request", No, Trick::HalfRequest),
        ("close after acting", Yes, Trick::After(End::Close)),
        ("reset after acting", Yes, Trick::After(End::Reset)),
        ("half an answer, close", Yes, Trick::HalfAnswer(End::Close)),
        ("half an answer, reset", Yes, Trick::HalfAnswer(End::Reset)),
        ("the answer twice", Yes, Trick::Duplicate),
        ("half a head", No, Trick::Forged(Forged::HalfHead, false)),
    ];
    let answers = [
        forged("garbage status line", Forged::GarbageStatus),
        forged("1 MB of headers", Forged::HugeHead),
        forged("short body", Forged::ShortBody),
        forged("bad chunk", Forged::BadChunk),
        forged("endless body", Forged::EndlessBody),
        forged("1 GB body", Forged::HugeBody),
    ];
    let named = named.into_iter().map(|(name, acts, trick)| (name.to_owned(), acts, trick));
    named
        .chain(answers.into_iter().flatten())
        .map(|(name, acts, trick)| Fault::new(&name, Hits::Call, acts, How::Proxy(trick)))
        .collect()
}
