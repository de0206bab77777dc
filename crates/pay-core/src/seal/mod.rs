//! Sealed bodies: AES-256-CBC with PKCS#7 padding, as `hex(iv):hex(ciphertext)`.
//!
//! - this file: the key, sealing and opening
//! - `iv`: initialization vectors, each used once
//! - `wiped`: the buffer in which a body is written before it is sealed
//!
//! The scheme has no authentication: whoever can change the bytes can change the plaintext. It is here because a provider
//! demands it; integrity rests on TLS alone. Do not choose it for anything of your own.

mod iv;
mod wiped;

use crate::secret::SecretString;
use aes::cipher::array::Array;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit, KeyIvInit, block_padding::Pkcs7};
use aes::{Aes256Dec, Aes256Enc};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;
use std::fmt;
use zeroize::{Zeroize, Zeroizing};

pub(crate) use wiped::Wiped;

const BLOCK: usize = iv::BYTES;
const KEY: usize = 32;
/// Hexadecimal digits of the IV, and the colon.
const HEAD: usize = 2 * BLOCK + 1;

/// The text is not 32 bytes long. Says nothing about the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealing key has exactly 32 bytes")]
pub struct SealKeyError;

/// The operating system gave no random bytes, so nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

/// The envelope cannot be opened. There is one such error for every reason, so that nobody can learn from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the envelope cannot be opened")]
pub struct Unopened;

/// A key whose 32 bytes are the text itself: not decoded, not derived. It is wiped when it is dropped, and prints nothing.
///
/// Its schedule for sealing is computed once.
#[derive(Clone)]
pub struct SealKey {
    bytes: Zeroizing<[u8; KEY]>,
    cipher: Aes256Enc,
}

/// What was inside an envelope. It is wiped when it is dropped, and prints its length alone.
pub struct Opened(Zeroizing<Vec<u8>>);

impl SealKey {
    /// A key from its text, whose UTF-8 bytes are the key.
    ///
    /// # Errors
    /// Where the text is not exactly 32 bytes long: nothing is padded or cut.
    pub fn new(text: &SecretString) -> Result<Self, SealKeyError> {
        let mut key = Zeroizing::new([0; KEY]);
        let bytes = text.expose_secret().as_bytes();
        if bytes.len() != KEY {
            return Err(SealKeyError);
        }
        key.copy_from_slice(bytes);
        let cipher = Aes256Enc::new((&*key).into());
        Ok(Self { bytes: key, cipher })
    }

    /// Seals `plain` under a fresh random IV, with `before` and `after` around the envelope, and wipes `plain`.
    ///
    /// One buffer is allocated, for what is sent; the plaintext is overwritten where it lies.
    ///
    /// # Errors
    /// Where the operating system gives no random bytes.
    pub fn seal(&self, before: &str, plain: Vec<u8>, after: &str) -> Result<Vec<u8>, NoRandomness> {
        let mut plain = Zeroizing::new(plain);
        let iv = iv::fresh()?;
        Ok(self.sealed(&iv, before, &mut plain, after))
    }

    /// Leaves ciphertext in `plain`, which wipes it without a second pass, and then nothing.
    fn sealed(&self, iv: &[u8; BLOCK], before: &str, plain: &mut Vec<u8>, after: &str) -> Vec<u8> {
        let mut cipher = cbc::Encryptor::<&Aes256Enc>::inner_iv_init(&self.cipher, iv.into());
        let (blocks, rest) = Array::slice_as_chunks_mut(plain.as_mut_slice());
        cipher.encrypt_blocks(blocks);
        // Padding always adds something: a plaintext of whole blocks gets one more. It is made here and not in `plain`, which
        // would leave a copy behind if it grew.
        let mut last = Array::from([(BLOCK - rest.len()).to_le_bytes()[0]; BLOCK]);
        last[..rest.len()].copy_from_slice(rest);
        rest.zeroize();
        cipher.encrypt_block(&mut last);

        let whole = 2 * BLOCK * blocks.len();
        let head = before.len() + HEAD;
        let end = head + whole + 2 * BLOCK;
        let mut out = vec![0; end + after.len()];
        out[..before.len()].copy_from_slice(before.as_bytes());
        hex(iv, &mut out[before.len()..head - 1]);
        out[head - 1] = b':';
        hex(Array::slice_as_flattened(blocks), &mut out[head..head + whole]);
        hex(&last, &mut out[head + whole..end]);
        out[end..].copy_from_slice(after.as_bytes());

        // Taken out of what wipes it, since it holds ciphertext; a caller's vector may hide something behind its end.
        std::mem::take(plain).spare_capacity_mut().zeroize();
        out
    }

    /// Opens `hex(iv):hex(ciphertext)`, whose digits may be of either case, and takes only a JSON object inside it.
    ///
    /// # Errors
    /// One and the same for everything: digits, lengths, padding, UTF-8 and JSON.
    pub fn open(&self, envelope: &str) -> Result<Opened, Unopened> {
        let (iv, sealed) = envelope.split_once(':').ok_or(Unopened)?;
        let mut vector = [0; BLOCK];
        unhex(iv, &mut vector)?;
        if sealed.is_empty() || !sealed.len().is_multiple_of(2 * BLOCK) {
            return Err(Unopened);
        }
        let mut plain = Zeroizing::new(vec![0; sealed.len() / 2]);
        unhex(sealed, &mut plain)?;
        let cipher = cbc::Decryptor::<Aes256Dec>::new((&*self.bytes).into(), &vector.into());
        let length = cipher.decrypt_padded::<Pkcs7>(&mut plain).map_err(|_| Unopened)?.len();
        plain[length..].zeroize();
        plain.truncate(length);
        let json: &RawValue = serde_json::from_slice(&plain).map_err(|_| Unopened)?;
        if !json.get().starts_with('{') {
            return Err(Unopened);
        }
        Ok(Opened(plain))
    }
}

/// Lower-case digits; `out` is twice as long as `bytes`.
fn hex(bytes: &[u8], out: &mut [u8]) {
    let encoded = const_hex::encode_to_slice(bytes, out);
    debug_assert!(encoded.is_ok(), "the lengths are computed above");
}

fn unhex(digits: &str, out: &mut [u8]) -> Result<(), Unopened> {
    // The decoder would also take a `0x` in front of them.
    if digits.len() != 2 * out.len() {
        return Err(Unopened);
    }
    const_hex::decode_to_slice(digits, out).map_err(|_| Unopened)
}

impl Opened {
    /// The bytes: a JSON object.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([REDACTED])")
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests;
