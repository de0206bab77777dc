//! HMAC-SHA256 with a prepared key: what signs requests and verifies webhooks.

use crate::secret::SecretString;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
#[cfg(feature = "webhook")]
use sha2::Digest;
use sha2::Sha256;
use std::fmt;

/// Bytes of an HMAC-SHA256.
const SIZE: usize = 32;

/// Why a text cannot be a key. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MacKeyError {
    /// Everybody knows the empty key: with it, anybody could sign.
    #[error("the key is empty")]
    Empty,
    /// A key that was read from a file often brings its line end with it, and then no signature ever fits.
    #[error("the key begins or ends with white space")]
    Space,
}

/// A key whose HMAC state is computed once. It is wiped when it is dropped, and prints nothing.
///
/// The message is given in parts, which are signed as if they were one piece: `timestamp` and `body` need not be
/// copied together.
///
/// ```
/// let key = pay_core::mac::MacKey::new(&"example-key".into())?;
/// let signature = key.sign(&[b"2026-01-01T00:00:00Z", b"{}"]);
/// assert!(key.verify(&[b"2026-01-01T00:00:00Z{}"], signature.as_str().as_bytes()));
/// assert!(!key.verify(&[b"2026-01-01T00:00:01Z{}"], signature.as_str().as_bytes()));
/// # Ok::<(), pay_core::mac::MacKeyError>(())
/// ```
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// A key from its text, whose UTF-8 bytes are the key: nothing is decoded.
    ///
    /// # Errors
    /// Where the text is empty, or begins or ends with white space.
    pub fn new(key: &SecretString) -> Result<Self, MacKeyError> {
        let text = key.expose_secret();
        if text.trim().is_empty() {
            return Err(MacKeyError::Empty);
        }
        if text.trim().len() != text.len() {
            return Err(MacKeyError::Space);
        }
        // HMAC takes keys of every length, so this cannot fail.
        Hmac::new_from_slice(text.as_bytes()).map(Self).map_err(|_| MacKeyError::Empty)
    }

    /// The signature of the parts, one after the other.
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        Signature::of(&self.over(parts).finalize().into_bytes())
    }

    /// Whether `hex` is the signature of the parts: exactly 64 hexadecimal digits of either case. Compares in constant time.
    pub fn verify(&self, parts: &[&[u8]], hex: &[u8]) -> bool {
        unhex(hex).is_some_and(|bytes| self.over(parts).verify_slice(&bytes).is_ok())
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey([REDACTED])")
    }
}

/// An HMAC-SHA256 as 64 lower-case hexadecimal digits. `Debug` hides it: it authorises what it was made for.
#[derive(Clone, Copy)]
pub struct Signature([u8; 2 * SIZE]);

impl Signature {
    fn of(bytes: &[u8]) -> Self {
        let mut hex = [0; 2 * SIZE];
        for (digits, byte) in hex.chunks_exact_mut(2).zip(bytes) {
            digits.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        Self(hex)
    }

    /// The plain SHA-256 of bytes, which signs nothing.
    #[cfg(feature = "webhook")]
    pub(crate) fn digest(bytes: &[u8]) -> Self {
        Self::of(&Sha256::digest(bytes))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        // The digits are ASCII, so this cannot fail.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature([REDACTED])")
    }
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + (nibble - 10),
    }
}

fn unhex(hex: &[u8]) -> Option<[u8; SIZE]> {
    if hex.len() != 2 * SIZE {
        return None;
    }
    let mut bytes = [0; SIZE];
    for (byte, digits) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        *byte = value(digits[0])? << 4 | value(digits[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> MacKey {
        MacKey::new(&text.into()).unwrap()
    }

    /// RFC 4231, test case 2.
    const JEFE: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

    #[test]
    fn the_published_vector_is_made_and_taken() {
        let jefe = key("Jefe");
        assert_eq!(jefe.sign(&[b"what do ya want for nothing?"]).as_str(), JEFE);
        for parts in [&[&b"what do ya want for nothing?"[..]][..], &[b"what do ya ", b"", b"want for nothing?"]] {
            assert!(jefe.verify(parts, JEFE.as_bytes()));
            assert!(jefe.verify(parts, JEFE.to_uppercase().as_bytes()));
        }
    }

    #[test]
    fn only_exactly_this_signature_is_taken() {
        let jefe = key("Jefe");
        let message: &[&[u8]] = &[b"what do ya want for nothing?"];
        for at in 0..JEFE.len() {
            let mut other = JEFE.as_bytes().to_vec();
            other[at] ^= 1;
            assert!(!jefe.verify(message, &other), "{at}");
            assert!(!jefe.verify(message, &JEFE.as_bytes()[..at]), "{at}");
        }
        for other in [format!("{JEFE}0"), format!("{JEFE} "), format!("0x{JEFE}"), format!("+{}", &JEFE[1..])] {
            assert!(!jefe.verify(message, other.as_bytes()), "{other}");
        }
        assert!(!key("jefe").verify(message, JEFE.as_bytes()));
    }

    /// Where digits that are missing counted as zeros, this one could lose its last.
    #[test]
    fn a_signature_that_ends_in_zeros_cannot_be_cut() {
        let jefe = key("Jefe");
        let (number, signature) = (0_u32..)
            .map(|it| (it, jefe.sign(&[&it.to_be_bytes()])))
            .find(|(_, it)| it.as_str().ends_with("00"))
            .unwrap();
        let hex = signature.as_str().as_bytes();
        assert!(jefe.verify(&[&number.to_be_bytes()], hex));
        assert!(!jefe.verify(&[&number.to_be_bytes()], &hex[..62]));
        assert!(!jefe.verify(&[&number.to_be_bytes()], &hex[..63]));
    }

    #[test]
    fn keys_that_cannot_be_meant_are_refused() {
        for text in ["", " ", "\n"] {
            assert_eq!(MacKey::new(&text.into()).unwrap_err(), MacKeyError::Empty);
        }
        assert_eq!(MacKey::new(&"key\n".into()).unwrap_err(), MacKeyError::Space);
    }

    #[test]
    fn nothing_prints_a_key_or_a_signature() {
        let jefe = key("Jefe");
        let printed = format!("{jefe:?} {:?}", jefe.sign(&[b""]));
        assert_eq!(printed, "MacKey([REDACTED]) Signature([REDACTED])");
    }
}
