//! Names as their hash, so that no account and no event can be read where keys can be seen.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The first 16 bytes of the text's SHA-256, as 32 hexadecimal digits: how account and event names stand in keys and columns.
///
/// It hides a name from those who see keys, and not from those who guess it.
pub fn hashed(text: &str) -> String {
    let mut hex = String::with_capacity(32);
    for byte in &Sha256::digest(text.as_bytes())[..16] {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_the_beginning_of_sha_256() {
        // FIPS 180-2, "abc".
        assert_eq!(super::hashed("abc"), "ba7816bf8f01cfea414140de5dae2223");
    }
}
