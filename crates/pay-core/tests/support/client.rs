//! A client of the made-up provider over real sockets, and what its errors must be.

#![allow(dead_code, unreachable_pub, missing_debug_implementations)]

use super::support::millis;
use super::support::provider::{Acme, CHARGE, Done, READ, call};
use pay_core::provider::{BaseUrl, Credentials, Engine, Settings, builder_settings};
use pay_core::{Call, Error, Kind, Outcome};
use std::sync::Arc;
use tokio::net::TcpSocket;

/// A builder as provider crates have it.
#[derive(Default)]
pub struct Builder {
    settings: Settings,
}

impl Builder {
    builder_settings!();

    pub fn try_build(self, base: &str) -> Result<Engine, Error> {
        let acme = Acme { backoff: (millis(5), millis(5)), ..Acme::default() };
        Engine::new(Arc::new(acme), BaseUrl::parse("base_url", base)?, self.settings)
    }

    pub fn build(self, base: &str) -> Engine {
        self.try_build(base).unwrap()
    }
}

pub fn charge(engine: &Engine) -> Call<Done> {
    call(engine, &engine.access(Arc::new(Credentials::new("a", "a-secret")), None, None), &CHARGE, "a")
}

pub fn read(engine: &Engine) -> Call<Done> {
    call(engine, &engine.access(Arc::new(Credentials::new("a", "a-secret")), None, None), &READ, "a")
}

/// A URL whose port is taken, so that no other test gets it, and where nobody listens.
pub fn nobody_listens() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

#[track_caller]
pub fn is(error: &Error, kind: Kind, outcome: Outcome, attempts: u32) {
    assert_eq!((error.kind(), error.outcome(), error.attempts()), (kind, outcome, attempts), "{error:#}");
}
