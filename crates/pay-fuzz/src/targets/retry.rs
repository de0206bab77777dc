//! `Retry-After` as any server may write it: waits are obeyed, and never beyond the deadline.

use crate::worlds::{READ, engine, run as on_paused_time};
use pay_core::provider::{DecodeError, Parts, now};
use pay_core::script::{Play, Script};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(60);

pub(super) fn run(data: &[u8]) {
    let Ok(value) = std::str::from_utf8(data) else { return };
    let value = value.to_owned();
    on_paused_time(async move {
        let header = value.clone();
        let script = Script::new(move |_| Play::answer(429, "{}").header("retry-after", &header));
        let (engine, access) = engine(&script);
        let started = now();
        let parts = Parts::new(&READ).path_value("id", "1");
        let call = engine.call(&access, parts, |_| Ok::<_, DecodeError>(())).deadline(DEADLINE);
        let error = call.send().await.expect_err("a 429 is no success");
        assert!(now() - started <= DEADLINE + Duration::from_secs(1), "past the deadline: {value:?}");
        let seen = script.seen();
        assert!((1..=5).contains(&seen.len()), "{} attempts: {value:?}", seen.len());
        let is_plain = !value.is_empty() && value.len() < 10 && value.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(asked) = value.parse().ok().filter(|_| is_plain).map(Duration::from_secs) {
            assert!(asked < DEADLINE || seen.len() == 1, "{value:?} cannot be waited for");
            let waited = |pair: &[pay_core::script::Sent]| pair[1].at - pair[0].at >= asked;
            assert!(seen.windows(2).all(waited), "{value:?} was not waited for");
            assert_eq!(error.retry_after(), Some(asked));
        }
    });
}
