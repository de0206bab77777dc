//! What users may do with the types: send them to other tasks, share them, clone them.

use bytes::Bytes;
use pay_core::auth::{Claim, MemoryStore, StoredTokens, TokenStore};
use pay_core::provider::{Access, Answer, BaseUrl, Engine, Grant, Parts, Provider, Settings};
use pay_core::script::Script;
use pay_core::{
    Call, CredentialSource, Credentials, Error, Kind, Lease, Outcome, Pages, Prepared, RawBody, RawRequest, Reply,
    Transport,
};

fn clone<T: Clone>() {}
fn send<T: Send>() {}
fn shared<T: Send + Sync>() {}
fn forever<T: Send + Sync + 'static>() {}
fn error<T: std::error::Error + Send + Sync + 'static>() {}
fn send_value<T: Send + 'static>(_: T) {}

macro_rules! shared_and_clone {
    ($($t:ty),* $(,)?) => {{ $( forever::<$t>(); clone::<$t>(); )* }};
}

#[test]
fn types_are_as_usable_as_they_must_be() {
    shared_and_clone!(
        Engine,
        Access,
        Transport,
        Error,
        Settings,
        BaseUrl,
        Credentials,
        Answer,
        Parts,
        Prepared,
        RawBody,
        RawRequest,
        Lease,
        Reply<Bytes>,
        Script,
        StoredTokens,
        Claim,
        Kind,
        Outcome,
    );
    error::<Error>();
    forever::<MemoryStore>();
    send::<Call<Bytes>>();
    send::<Pages<Bytes>>();
    shared::<Box<dyn Provider>>();
    shared::<Box<dyn Grant>>();
    shared::<Box<dyn CredentialSource>>();
    shared::<Box<dyn TokenStore>>();
}

/// Futures can be spawned: they are `Send` and borrow nothing. This is compiled and never called.
#[allow(dead_code)]
fn futures_can_be_spawned(engine: &'static Engine, access: &'static Access, pages: &'static mut Pages<Bytes>) {
    fn call() -> Call<Bytes> {
        unreachable!()
    }
    send_value(call().send());
    send_value(call().reply());
    send_value(async { call().prepare().await });
    send_value(engine.lease(access));
    send_value(engine.token_extra(access));
    send_value(pages.next());
}

#[test]
fn a_call_stays_small_on_the_stack() {
    // A word, so that `Result` costs nothing beside the value.
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Error>>(), size_of::<usize>());
}
