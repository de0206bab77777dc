//! The targets by name.

mod jwt;
mod money;
mod paga_connect;
mod pagamio;
mod pagfast;
mod pagfast_replies;
mod pay1st;
mod payagency;
mod request;
mod retry;
mod sandbox;
mod text;
mod webhook;

/// One target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and that of its folder in `corpus`.
    pub name: &'static str,
    /// What it reads.
    pub about: &'static str,
    /// Reads it; panics where a promise is broken.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 26] = [
    Target { name: "money", about: "Amount and RawAmount from text and from JSON", run: money::run },
    Target { name: "jwt", about: "when a JWT says that it ends", run: jwt::run },
    Target { name: "text", about: "LooseText, Id, members, printable", run: text::run },
    Target { name: "retry_after", about: "the header Retry-After, through whole calls", run: retry::run },
    Target { name: "path", about: "path values and raw paths, up to the URL that is sent", run: request::path },
    Target { name: "prepared", about: "a stored request, read back and sent again", run: request::prepared },
    Target { name: "pagamio_reply", about: "Pagamio's replies to every operation", run: pagamio::reply },
    Target { name: "pagamio_token", about: "Pagamio's replies to the token calls", run: pagamio::token },
    Target { name: "pay1st_reply", about: "Pay1st's replies to every operation", run: pay1st::reply },
    Target { name: "pay1st_token", about: "Pay1st's replies to the token calls", run: pay1st::token },
    Target { name: "payagency_reply", about: "Pay Agency's replies", run: payagency::reply },
    Target { name: "payagency_webhook", about: "Pay Agency's webhooks and their hashes", run: payagency::webhook },
    Target { name: "payagency_envelope", about: "sealed envelopes", run: payagency::envelope },
    Target { name: "pagfast_reply", about: "PagFast's replies to every operation", run: pagfast_replies::reply },
    Target { name: "pagfast_token", about: "PagFast's replies to the token call", run: pagfast_replies::token },
    Target { name: "pagfast_header", about: "the signature header of PagFast's webhooks", run: pagfast::header },
    Target { name: "pagfast_event", about: "PagFast's events, signed right", run: pagfast::event },
    Target { name: "paga_connect_reply", about: "Paga Connect's replies", run: paga_connect::reply },
    Target { name: "paga_connect_token", about: "Paga Connect's replies to token calls", run: paga_connect::token },
    Target {
        name: "paga_connect_return",
        about: "what a browser brings back from the consent page",
        run: paga_connect::back_from_consent,
    },
    Target { name: "sandbox_control", about: "the sandbox's control plane", run: sandbox::control },
    Target { name: "sandbox_request", about: "requests to the sandbox's providers", run: sandbox::request },
    Target { name: "webhook_stamp", about: "timestamps of webhooks", run: webhook::stamp },
    Target { name: "webhook_verify", about: "headers and signatures of webhooks", run: webhook::verify },
    Target { name: "webhook_event", about: "Pay1st's events, signed right", run: webhook::event },
    Target { name: "webhook_shop", about: "the Shop's query and its summaries", run: webhook::shop },
];

/// The target of that name.
pub fn named(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
