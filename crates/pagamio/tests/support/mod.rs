//! Helpers: clients over a scripted wire or the sandbox, and answers in the provider's documented shapes.

#![allow(dead_code, unreachable_pub, missing_docs, missing_debug_implementations)]

#[path = "../../../pay-core/tests/support/events.rs"]
pub mod events;
#[path = "../../../pay-core/tests/support/golden.rs"]
pub mod golden;

use pagamio::{Account, Amount, Builder, Client, Purchase, Transport};
use pay_core::script::{Play, Script, Sent};
use pay_sandbox::Sandbox;
use pay_sandbox::pagamio::{Account as Seeded, Role};
use std::time::Duration;

pub const NUMBER: &str = "+27821234567";

pub const TOKEN: &str =
    r#"{"successful":true,"data":{"token":"access-1","refreshToken":"refresh-1","expiresIn":1800}}"#;

/// The documented success: https://vas-api-docs.pagamio.tech/docs/core-concepts/response-formats
pub const COMPLETED: &str = r#"{"transactionId":"bdf82429-9ab5-4f1a-bb9a-e469f4f05f05","responseCode":"0","responseMessage":"Purchase successful","responseDateTime":"2026-04-21T12:57:51.831786006","successful":true,"receipt":{"amount":50.0,"reference":"bdf82429-9ab5-4f1a-bb9a-e469f4f05f05"}}"#;

pub const TRANSACTION_ID: &str = "bdf82429-9ab5-4f1a-bb9a-e469f4f05f05";

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// The documented failure, envelope A.
pub fn refusal(code: &str) -> String {
    format!(r#"{{"responseCode":"{code}","responseMessage":"Message of {code}","successful":false}}"#)
}

pub fn airtime(reference: &str) -> Purchase {
    Purchase::airtime("AIR-VOD-001", amount("50.0"), NUMBER).reference(reference)
}

/// A script whose token call succeeds, and that leaves the rest to `answer`.
pub fn logged_in(answer: impl Fn(&Sent) -> Play + Send + Sync + 'static) -> Script {
    Script::new(move |sent| if sent.path.contains("/auth/token") { Play::answer(200, TOKEN) } else { answer(sent) })
}

/// A script that answers the calls after the log-in one by one; the last answer repeats.
pub fn answering(plays: Vec<Play>) -> Script {
    let next = std::sync::atomic::AtomicUsize::new(0);
    logged_in(move |_| {
        let index = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        plays[index.min(plays.len() - 1)].clone()
    })
}

/// A builder that is complete but for its account: `provider_test()` over the script, so that full URLs are seen.
pub fn bare(script: &Script) -> Builder {
    Client::builder()
        .provider_test()
        .transport(Transport::scripted(script))
        .credentials("shop@example.co.za", "pass\"word")
        .channel("F5YZP7")
        .user_type_id("u5T9hG2kLq8ZxW1v-Rb7Ny4Jc6Md0Pe3Sf_Ta2Uo")
}

pub fn builder(script: &Script) -> Builder {
    bare(script).account(Account::Merchant("M-1001".into()))
}

pub fn client(script: &Script) -> Client {
    builder(script).build().unwrap()
}

/// The requests that are no token calls.
pub fn calls(script: &Script) -> Vec<Sent> {
    script.seen().into_iter().filter(|sent| !sent.path.contains("/auth/")).collect()
}

/// A seeded account of the sandbox as the client's settings.
pub fn account_of(seeded: Seeded) -> Account {
    match seeded.role() {
        Role::SubMerchant => Account::SubMerchant(seeded.account_id().to_owned()),
        _ => Account::Merchant(seeded.account_id().to_owned()),
    }
}

/// A builder for a seeded account of the sandbox.
pub fn on(sandbox: &Sandbox, seeded: Seeded) -> Builder {
    let clock = sandbox.clock();
    Client::builder()
        .local(sandbox.pagamio().base_url())
        .credentials(seeded.username(), seeded.password())
        .account(account_of(seeded))
        .channel(seeded.channel_id())
        .user_type_id(seeded.user_type_id())
        .wall_clock(move || clock.now())
}
