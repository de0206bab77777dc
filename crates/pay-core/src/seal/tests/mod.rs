//! Vectors from outside, negative ones, fresh IVs, and one error for everything.

mod vectors;

use super::*;
use proptest::prelude::*;
use std::collections::HashSet;
use vectors::{KEY, VECTORS};

fn key(text: &str) -> SealKey {
    SealKey::new(&text.into()).unwrap()
}

fn iv(digits: &str) -> [u8; BLOCK] {
    let mut iv = [0; BLOCK];
    unhex(digits, &mut iv).unwrap();
    iv
}

fn sealed(key: &SealKey, vector: &str, plain: &str) -> String {
    String::from_utf8(key.sealed(&iv(vector), "", &mut plain.as_bytes().to_vec(), "")).unwrap()
}

/// V2: the base of the negative vectors.
fn base() -> String {
    format!("{}:{}", VECTORS[1].0, VECTORS[1].2)
}

#[test]
fn every_vector_is_sealed_and_opened() {
    assert_eq!(VECTORS.len(), 8);
    for (vector, plain, cipher) in VECTORS {
        let envelope = format!("{vector}:{cipher}");
        assert_eq!(sealed(&key(KEY), vector, plain), envelope);
        assert_eq!(key(KEY).open(&envelope).unwrap().expose(), plain.as_bytes());
        // A tolerant reader takes upper case; a writer never writes it.
        assert_eq!(key(KEY).open(&envelope.to_uppercase()).unwrap().expose(), plain.as_bytes());
    }
}

#[test]
fn what_stands_around_the_envelope_is_kept() {
    let mut plain = b"{}".to_vec();
    let out = key(KEY).sealed(&iv(VECTORS[0].0), r#"{"payload":""#, &mut plain, r#""}"#);
    let expected = format!(r#"{{"payload":"{}:{}"}}"#, VECTORS[0].0, VECTORS[0].2);
    assert_eq!(String::from_utf8(out.clone()).unwrap(), expected);
    assert_eq!(out.capacity(), out.len(), "allocated once, and exactly");
    assert!(plain.is_empty(), "nothing of it is left to be read");
}

#[test]
fn the_key_is_text_and_not_hexadecimal_digits() {
    // The classic mistake, AES-128 under the decoded key, gives this.
    assert_ne!(VECTORS[0].2, "8b7120adbc6af43d2731c95376ef809d");
    for wrong in ["", "0f1e2d3c4b5a6978", "0f1e2d3c4b5a69788796a5b4c3d2e1f", "0f1e2d3c4b5a69788796a5b4c3d2e1f0\n"] {
        assert_eq!(SealKey::new(&wrong.into()).unwrap_err(), SealKeyError, "{wrong:?}");
    }
    // 32 characters, but 33 bytes.
    assert!(SealKey::new(&"0f1e2d3c4b5a69788796a5b4c3d2e1fé".into()).is_err());
}

#[test]
fn every_negative_vector_fails_alike() {
    let envelope = base();
    let (iv, cipher) = envelope.split_once(':').unwrap();
    let wrong = [
        format!("{}f", &envelope[..envelope.len() - 1]),
        format!("{iv}:{}", &cipher[..32]),
        // It decrypts, to what is no JSON.
        format!("ff{}:{cipher}", &iv[2..]),
        format!("{iv}{cipher}"),
        format!("{iv}:{cipher}:"),
        format!("{iv}:{cipher}:00"),
        format!(":{iv}:{cipher}"),
        format!("{iv}:{}", &cipher[1..]),
        format!("{iv}:{}", &cipher[2..]),
        format!("{}:{cipher}", &iv[2..]),
        format!("00{iv}:{cipher}"),
        format!("0x{}:{cipher}", &iv[2..]),
        format!("{iv}:0x{}", &cipher[2..]),
        format!("0x{envelope}"),
        format!("{iv}:0x{cipher}"),
        format!("{iv}:"),
        format!(":{cipher}"),
        format!("{iv}:{}", cipher.replace('2', "g")),
        format!(" {envelope}"),
        String::new(),
        ":".to_owned(),
        "é:é".to_owned(),
    ];
    for envelope in wrong {
        assert_eq!(key(KEY).open(&envelope).unwrap_err(), Unopened, "{envelope}");
    }
    assert_eq!(key("1f1e2d3c4b5a69788796a5b4c3d2e1f0").open(&base()).unwrap_err(), Unopened);
    // Good padding, and no object inside.
    for plain in ["[]", "1", "\"x\"", "{} {}", "{", ""] {
        let envelope = sealed(&key(KEY), VECTORS[0].0, plain);
        assert_eq!(key(KEY).open(&envelope).unwrap_err(), Unopened, "{plain}");
    }
}

#[test]
fn flipping_any_bit_never_gives_another_error_and_never_the_same_text() {
    let key = key(KEY);
    let (vector, plain, cipher) = VECTORS[6];
    let mut bytes = vec![0; (vector.len() + cipher.len()) / 2];
    unhex(&format!("{vector}{cipher}"), &mut bytes).unwrap();
    let (mut failed, mut errors) = (0, HashSet::new());
    for bit in 0..8 * bytes.len() {
        bytes[bit / 8] ^= 1 << (bit % 8);
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match key.open(&format!("{}:{}", &digits[..32], &digits[32..])) {
            Ok(opened) => assert_ne!(opened.expose(), plain.as_bytes()),
            Err(error) => {
                failed += 1;
                errors.insert(format!("{error} {error:?}"));
            }
        }
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assert_eq!(errors.len(), 1, "{errors:?}");
    // Nothing authenticates: a changed IV changes the first block alone, and some of that is still JSON.
    assert!(failed > 8 * bytes.len() * 9 / 10, "{failed} of {}", 8 * bytes.len());
}

#[test]
fn ten_thousand_envelopes_have_ten_thousand_ivs() {
    let key = key(KEY);
    let mut seen = HashSet::new();
    for _ in 0..10_000 {
        let envelope = String::from_utf8(key.seal("", b"{}".to_vec(), "").unwrap()).unwrap();
        assert!(seen.insert(envelope[..32].to_owned()), "an IV came twice");
    }
}

#[test]
fn nothing_of_a_key_or_a_plaintext_prints() {
    let opened = key(KEY).open(&base()).unwrap();
    assert_eq!(format!("{:?} {opened:?}", key(KEY)), "SealKey([REDACTED]) Opened(16 bytes)");
}

/// Every length of the last block, and a vector that has room behind its end.
#[test]
fn every_length_is_padded_as_another_implementation_pads_it() {
    let (key, vector) = (key(KEY), [7; BLOCK]);
    for length in 0..70 {
        let plain: Vec<u8> = (0..length).collect();
        let other = cbc::Encryptor::<Aes256Enc>::new(KEY.as_bytes().try_into().unwrap(), &vector.into());
        let expected = other.encrypt_padded_vec::<Pkcs7>(&plain);
        let mut roomy = Vec::with_capacity(200);
        roomy.extend_from_slice(&plain);
        for mut plain in [plain, roomy] {
            let envelope = String::from_utf8(key.sealed(&vector, "", &mut plain, "")).unwrap();
            assert_eq!(envelope[HEAD..], digits_of(&expected), "{length}");
        }
    }
}

fn digits_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

proptest! {
    #[test]
    fn what_is_sealed_is_opened(text in ".{0,600}") {
        let plain = serde_json::to_vec(&serde_json::json!({ "text": text })).unwrap();
        let envelope = String::from_utf8(key(KEY).seal("", plain.clone(), "").unwrap()).unwrap();
        prop_assert!(!envelope.bytes().any(|byte| byte.is_ascii_uppercase()));
        let opened = key(KEY).open(&envelope).unwrap();
        prop_assert_eq!(opened.expose(), plain.as_slice());
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}", digits in "[0-9a-f]{0,130}:[0-9a-fA-F]{0,130}") {
        prop_assert!(key(KEY).open(&text).is_err());
        let _ = key(KEY).open(&digits);
    }
}
