//! Opens sealed bodies: strictly, by code that shares nothing with the client, and telling nobody why one does not open.

use aes::Aes256;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The members of a JSON object, as the text that was sent.
pub(super) type Members = BTreeMap<String, Box<RawValue>>;

/// Opens `{"payload":"<iv>:<ciphertext>"}` with the key's 32 bytes as they are. `None`: anything at all is wrong with it.
pub(super) fn open(body: &[u8], key: &str) -> Option<Members> {
    let envelope: Members = serde_json::from_slice(body).ok()?;
    let payload: String = serde_json::from_str(envelope.get("payload")?.get()).ok()?;
    let (iv, text) = payload.split_once(':')?;
    // A second colon is no hexadecimal digit.
    let (iv, mut text) = (bytes(iv)?, bytes(text)?);
    if iv.len() != 16 || text.is_empty() || text.len() % 16 != 0 {
        return None;
    }
    let cipher = Decryptor::<Aes256>::new_from_slices(key.as_bytes(), &iv).ok()?;
    let plain = cipher.decrypt_padded::<Pkcs7>(&mut text).ok()?;
    std::str::from_utf8(plain).ok()?;
    serde_json::from_slice(plain).ok()
}

/// Both cases are read, as a tolerant reader would; writers use the lower one.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    const V1: &str = "000102030405060708090a0b0c0d0e0f:dfe28d87e73e56af0d3c40242c50410f";
    const V2: &str =
        "000102030405060708090a0b0c0d0e0f:29f100c94b908707c1d39724ce9a7ed26dfbe15342a3d7a90d686721bed3ed7e";
    const V6: &str = "00000000000000000000000000000000:c4173a486172d0a6d103fd00a8893c70";

    fn opened(payload: &str, key: &str) -> Option<Vec<(String, String)>> {
        let members = open(format!(r#"{{"payload":"{payload}"}}"#).as_bytes(), key)?;
        Some(members.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect())
    }

    #[test]
    fn vectors_open_and_keep_every_digit() {
        let amount = |text: &str| Some(vec![("amount".to_owned(), text.to_owned())]);
        assert_eq!(opened(V1, KEY), Some(vec![]));
        assert_eq!(opened(V2, KEY), amount("10000"));
        assert_eq!(opened(&V2.to_uppercase(), KEY), amount("10000"));
        assert_eq!(opened(V6, KEY), amount("1.00"));
    }

    #[test]
    fn negative_vectors_do_not_open() {
        let block = &V2[..33 + 32];
        for (payload, key) in [
            (&V2.replace("ed7e", "ed7f")[..], KEY),
            (V2, "1f1e2d3c4b5a69788796a5b4c3d2e1f0"),
            (block, KEY),
            (&V2.replacen("00", "ff", 1)[..], KEY),
            ("000102030405060708090a0b0c0d0e0f:8b7120adbc6af43d2731c95376ef809d", KEY),
            (&V2.replace(':', "")[..], KEY),
            (&V2.replace(':', "::")[..], KEY),
            (&format!("{V2}:00")[..], KEY),
            (&V2[1..], KEY),
            (&V2[2..], KEY),
            (&V2[..V2.len() - 1], KEY),
            (&V2[..V2.len() - 2], KEY),
            (&V2[..33], KEY),
            (&V2.replacen('0', "g", 1)[..], KEY),
            (&V2.replacen("00", "+0", 1)[..], KEY),
            (&V2.replacen("00", "é", 1)[..], KEY),
            ("", KEY),
            (":", KEY),
            (V2, "short"),
        ] {
            assert_eq!(opened(payload, key), None, "{payload}");
        }
        for body in ["", "null", "[]", "{}", r#"{"payload":null}"#, r#"{"payload":1}"#, r#"{"payload":{}}"#, V2] {
            assert!(open(body.as_bytes(), KEY).is_none(), "{body}");
        }
    }
}
