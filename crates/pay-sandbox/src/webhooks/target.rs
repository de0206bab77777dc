//! Where a webhook may go: this machine, or a host that the user allowed. Everything else is refused.

use crate::Error;
use http::Uri;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Who may be called.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    /// Host names and addresses, in their plain form.
    allowed: BTreeSet<String>,
    /// The sandbox's own port: an event must not drive the control plane.
    own_port: Option<u16>,
}

/// A receiver that passed the guard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: Host,
    pub(super) port: u16,
    /// Path and query, as they are sent.
    pub(super) path: String,
}

/// A host, as plain as it can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Address(IpAddr),
    Name(String),
}

/// Why a target is refused. Never holds the target.
type Refused = &'static str;

impl Guard {
    /// Allows this machine, except for the sandbox's own port.
    pub(super) fn new(own_port: u16) -> Self {
        Self { allowed: BTreeSet::new(), own_port: Some(own_port) }
    }

    /// Allows one more host: a name or an address, without port.
    pub(super) fn allow(&mut self, host: &str) -> Result<(), Error> {
        let plain = read_host(host).map_err(|why| Error::invalid("host", why))?;
        self.allowed.insert(plain.text());
        Ok(())
    }

    pub(super) fn allowed(&self) -> Vec<String> {
        self.allowed.iter().cloned().collect()
    }

    /// Reads a target and decides on everything that can be decided without asking for its address.
    pub(super) fn target(&self, url: &str) -> Result<Target, Refused> {
        let target = read(url)?;
        match &target.host {
            Host::Address(address) => self.may_connect(&target.host, SocketAddr::new(*address, target.port))?,
            Host::Name(name) if is_local(name) || self.allowed.contains(name) => {}
            Host::Name(_) => return Err(NOT_ALLOWED),
        }
        Ok(target)
    }

    /// Decides on the addresses that a name stands for: all of them must do.
    pub(super) fn resolved(&self, target: &Target, addresses: &[SocketAddr]) -> Result<(), Refused> {
        if addresses.is_empty() {
            return Err("the host has no address");
        }
        addresses.iter().try_for_each(|address| self.may_connect(&target.host, *address))
    }

    /// Decides on one address, before and after a connection to it was made.
    pub(super) fn may_connect(&self, host: &Host, address: SocketAddr) -> Result<(), Refused> {
        let ip = address.ip();
        if ip.is_loopback() && Some(address.port()) == self.own_port {
            return Err("this is the sandbox itself");
        }
        if ip.is_loopback() || self.allowed.contains(&ip.to_string()) {
            return Ok(());
        }
        match host {
            Host::Name(name) if !is_local(name) && self.allowed.contains(name) && !is_special(ip) => Ok(()),
            Host::Name(name) if !is_local(name) && self.allowed.contains(name) => {
                Err("the host's name is allowed, the address that it stands for is not")
            }
            _ => Err(NOT_ALLOWED),
        }
    }
}

const NOT_ALLOWED: Refused = "neither this machine nor a host that was allowed (--allow-webhook-host)";

/// Names that are always this machine; they are never looked up.
pub(super) fn is_local(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Addresses that a name never gives leave to call: link-local (cloud metadata among them), multicast, unspecified,
/// broadcast, and other spellings of IPv4.
fn is_special(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            ip.is_link_local() || ip.is_multicast() || ip.is_unspecified() || ip.is_broadcast() || ip.octets()[0] == 0
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            let translated = ip.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
            let embedded = ip.segments()[..5] == [0; 5] || translated || first == 0x2002;
            ip.is_multicast() || ip.is_unspecified() || (first & 0xffc0) == 0xfe80 || embedded
        }
    }
}

fn read(url: &str) -> Result<Target, Refused> {
    // Where readers of URLs disagree, one of them may see another host: refused before any of them looks.
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) || url.contains('\\') {
        return Err("not plain ASCII");
    }
    let uri: Uri = url.parse().map_err(|_| "not a URL")?;
    match uri.scheme_str() {
        Some("http") => {}
        Some("https") => return Err("the sandbox sends over plain HTTP only"),
        _ => return Err("not http"),
    }
    let authority = uri.authority().ok_or("no host")?.as_str();
    if authority.contains('@') {
        return Err("a user name or password in the URL");
    }
    // The text after the host is empty, or a colon and a port that is a number.
    let port = match authority.strip_prefix(uri.host().unwrap_or_default()) {
        Some("") => 80,
        Some(rest) => {
            let digits = rest.strip_prefix(':').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse().ok()).filter(|port| *port != 0).ok_or("not a port")?
        }
        None => return Err("no host"),
    };
    let host = read_host(uri.host().unwrap_or_default())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    Ok(Target { host, port, path: if path.starts_with('/') { path.to_owned() } else { format!("/{path}") } })
}

fn read_host(host: &str) -> Result<Host, Refused> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').ok_or("not an address")?;
        let address: Ipv6Addr = inner.parse().map_err(|_| "not an address")?;
        return Ok(Host::Address(address.into()));
    }
    // Takes four plain decimal numbers and nothing else: no octal, hexadecimal, short or single-number form.
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let name = host.to_ascii_lowercase();
    let label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    if name.len() > 253 || !name.split('.').all(label) {
        return Err("not a host name");
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    if !last.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return Err("a number that is not a plain address");
    }
    Ok(Host::Name(name))
}

impl Host {
    fn text(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

impl Target {
    /// Host and port as they stand in the `Host` header.
    pub(super) fn authority(&self) -> String {
        match &self.host {
            Host::Address(IpAddr::V6(address)) => format!("[{address}]:{}", self.port),
            host => format!("{}:{}", host.text(), self.port),
        }
    }
}

/// A target as the log may show it: what may hold a secret (user name, password, query, fragment) is cut off.
pub(super) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let clean = match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
        (None, Some((_, rest))) => rest.to_owned(),
        _ => url.to_owned(),
    };
    clean.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

#[cfg(test)]
#[path = "target_tests.rs"]
mod tests;
