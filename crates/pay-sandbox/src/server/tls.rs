//! TLS for clients that insist on it: a CA made on first use, which can only speak for this machine.

use crate::Error;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a client has to trust.
const CERTIFICATE: &str = "ca.pem";
/// For its owner only.
const KEY: &str = "ca.key";

/// Opens the CA of a directory, or makes one, and a certificate of this start for this machine's names.
pub(crate) fn open(directory: &Path) -> Result<(TlsAcceptor, PathBuf), Error> {
    let failed = |error: io::Error| Error::Tls { message: format!("{}: {error}", directory.display()) };
    let path = directory.join(CERTIFICATE);
    let path = std::path::absolute(&path).map_err(failed)?;
    let key = match (fs::read_to_string(directory.join(KEY)), path.exists()) {
        (Ok(key), true) => KeyPair::from_pem(&key).map_err(broken)?,
        _ => make(directory, &path).map_err(|error| error.map_or_else(broken, failed))?,
    };
    let ca = authority().map_err(broken)?;
    let issuer = Issuer::from_params(&ca, key);
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names).map_err(broken)?;
    params.distinguished_name = named("pay-sandbox on this machine");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    // Some systems take no server certificate that lives longer.
    lives(&mut params, 397);
    let own = KeyPair::generate().map_err(broken)?;
    let certificate = params.signed_by(&own, &issuer).map_err(broken)?;
    let own = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
    // Named, because the short form would install it for the whole program, a client under test included.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(broken)?.with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate.der().clone()], own).map_err(broken)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((TlsAcceptor::from(Arc::new(config)), path))
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Tls { message: error.to_string() }
}

/// Makes a CA and keeps it. `Err(Ok)`: the disk; `Err(Err)`: the making.
fn make(directory: &Path, path: &Path) -> Result<KeyPair, Result<io::Error, rcgen::Error>> {
    let key = KeyPair::generate().map_err(Err)?;
    let certificate = authority().and_then(|ca| ca.self_signed(&key)).map_err(Err)?;
    let keep = || {
        fs::create_dir_all(directory)?;
        private(&directory.join(KEY))?.write_all(key.serialize_pem().as_bytes())?;
        fs::write(path, certificate.pem())
    };
    keep().map_err(Ok)?;
    Ok(key)
}

/// A new file that nobody else reads.
fn private(path: &Path) -> io::Result<fs::File> {
    // An old one may be open to others.
    if path.exists() {
        fs::remove_file(path)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A CA for loopback names only: whoever trusts it trusts it for nothing else, should its key get lost.
fn authority() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = named("pay-sandbox CA, for this machine only");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let mut ipv6 = [0; 16];
    ipv6[15] = 1;
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::V4([127, 0, 0, 0], [255, 0, 0, 0])),
            GeneralSubtree::IpAddress(CidrSubnet::V6(ipv6, [255; 16])),
        ],
        excluded_subtrees: Vec::new(),
    });
    lives(&mut params, 3650);
    Ok(params)
}

fn named(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

fn lives(params: &mut CertificateParams, days: i64) {
    let now = OffsetDateTime::now_utc();
    // A client's clock may be a little behind.
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(days - 1);
}
