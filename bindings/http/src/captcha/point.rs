//! The client's answer, as JSON in a string: the position of the piece, or the nonce of the proof of work.
//!
//! The components of AJ-Captcha encrypt the position if they got a `secretKey`: AES-128 in ECB mode with PKCS #7 padding, in
//! Base64. The key is sent with the image, so this protects nothing; it is supported because existing clients use it. The
//! input is untrusted: anything that is not exactly an answer is `None`.

use aes::Aes128;
use aes::cipher::{Array, BlockCipherDecrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::WIDTH;

/// Maximum length of an answer, in bytes. An encrypted answer of 64 bytes has 88 characters.
const LONGEST: usize = 256;
/// The `y` that the block puzzle sends: the piece cannot leave its row.
const ROW: f64 = 5.0;
const BLOCK: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nonce {
    nonce: String,
}

/// Returns the position of the piece in pixels, from `{"x":237.0,"y":5.0}`, plain or encrypted with the 16 characters of
/// `secret_key`. `None` unless it is between 0 and the width of the image.
pub fn parse_point(point_json: &str, secret_key: &str) -> Option<f64> {
    let text = bounded(point_json)?;
    let point: Point = match text.starts_with('{') {
        true => object(text.as_bytes())?,
        false => object(&decrypt(text, secret_key)?)?,
    };
    let fair = point.y == ROW && point.x.is_sign_positive() && point.x <= f64::from(WIDTH);
    fair.then_some(point.x)
}

/// Returns the nonce from `{"nonce":"…"}`, for [`work_is_done`](super::work_is_done).
pub fn parse_nonce(point_json: &str) -> Option<String> {
    let answer: Nonce = object(bounded(point_json)?.as_bytes())?;
    Some(answer.nonce)
}

fn bounded(text: &str) -> Option<&str> {
    (text.len() <= LONGEST).then_some(text.trim_ascii())
}

/// Parses an object. serde alone would also accept `[237.0, 5.0]` for a point.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    match json.first() {
        Some(b'{') => serde_json::from_slice(json).ok(),
        _ => None,
    }
}

fn decrypt(text: &str, secret_key: &str) -> Option<Vec<u8>> {
    let cipher = Aes128::new_from_slice(secret_key.as_bytes()).ok()?;
    let mut bytes = STANDARD.decode(text).ok()?;
    let (blocks, rest) = Array::slice_as_chunks_mut(&mut bytes);
    if !rest.is_empty() {
        return None;
    }
    cipher.decrypt_blocks(blocks);
    let padding = usize::from(*bytes.last()?);
    let length = bytes.len().checked_sub(padding)?;
    let fair = (1..=BLOCK).contains(&padding) && bytes[length..].iter().all(|&byte| usize::from(byte) == padding);
    bytes.truncate(length);
    fair.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use aes::cipher::BlockCipherEncrypt;

    use super::*;

    const KEY: &str = "XwKsGlMcdPMEhR1B";

    fn encrypt(plain: &[u8], padding: u8) -> String {
        let mut bytes = plain.to_vec();
        bytes.resize(plain.len() + usize::from(padding), padding);
        let cipher = Aes128::new(&Array::try_from(KEY.as_bytes()).unwrap());
        cipher.encrypt_blocks(Array::slice_as_chunks_mut(&mut bytes).0);
        STANDARD.encode(bytes)
    }

    fn padded(plain: &str) -> String {
        encrypt(plain.as_bytes(), (BLOCK - plain.len() % BLOCK) as u8)
    }

    #[test]
    fn a_plain_point_is_read() {
        assert_eq!(parse_point(r#"{"x":237.0,"y":5.0}"#, KEY), Some(237.0));
        assert_eq!(parse_point(r#"{"y":5,"x":0}"#, ""), Some(0.0));
        assert_eq!(parse_point(" {\"x\": 310, \"y\": 5.0}\n", KEY), Some(310.0));
        assert_eq!(parse_point(r#"{"x":2.3725e2,"y":5.0}"#, KEY), Some(237.25));
    }

    #[test]
    fn an_encrypted_point_is_read_with_its_own_key_only() {
        let sent = padded(r#"{"x":237.0,"y":5.0}"#);
        assert_eq!(parse_point(&sent, KEY), Some(237.0));
        for wrong in ["XwKsGlMcdPMEhR1C", "", "short", "XwKsGlMcdPMEhR1BXwKsGlMcdPMEhR1B"] {
            assert_eq!(parse_point(&sent, wrong), None, "{wrong}");
        }
        // 32 bytes of text: the padding is a block of its own.
        let text = format!("{:<32}", r#"{"x":12.5,"y":5.0}"#);
        assert_eq!(parse_point(&padded(&text), KEY), Some(12.5));
    }

    /// Made with another implementation: `openssl enc -aes-128-ecb -a -A -K <key in hex>`.
    #[test]
    fn what_another_implementation_encrypts_is_read() {
        let sent = "d5kB7senP4L4UT6Ev2RE7nfPk+nQ2f8AqroejT1+15Y=";
        assert_eq!(parse_point(sent, KEY), Some(237.0));
    }

    #[test]
    fn a_damaged_ciphertext_is_refused() {
        let point = br#"{"x":237.0,"y":5.0}"#;
        let sent = padded(r#"{"x":237.0,"y":5.0}"#);
        assert_eq!(parse_point(&sent[1..], KEY), None);
        assert_eq!(parse_point(&sent[..sent.len() - 4], KEY), None);
        assert_eq!(parse_point(&STANDARD.encode([0; 32]), KEY), None);
        assert_eq!(parse_point(&STANDARD.encode([]), KEY), None);
        // Padding longer than a block, of length zero, or with other bytes than its length.
        assert_eq!(parse_point(&encrypt(point, 29), KEY), None);
        let spaces = format!("{:<32}", r#"{"x":12.5,"y":5.0}"#);
        assert_eq!(parse_point(&encrypt(spaces.as_bytes(), 0), KEY), None);
        let mixed = [point.as_slice(), &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 13]].concat();
        assert_eq!(parse_point(&encrypt(&mixed, 0), KEY), None);
    }

    #[test]
    fn whatever_is_not_exactly_a_point_is_refused() {
        let long = format!("{{\"x\":237.0,\"y\":5.0{}}}", " ".repeat(LONGEST));
        let deep = "[".repeat(200);
        let refused = [
            "",
            " ",
            "{}",
            "null",
            "237",
            "[237.0,5.0]",
            r#"{"x":237.0}"#,
            r#"{"y":5.0}"#,
            r#"{"x":237.0,"y":5.0,"z":1}"#,
            r#"{"x":237.0,"x":237.0,"y":5.0}"#,
            r#"{"x":237.0,"y":5.0,"y":5.0}"#,
            r#"{"x":237.0,"y":4.0}"#,
            r#"{"x":237.0,"y":5.0000001}"#,
            r#"{"x":"237.0","y":5.0}"#,
            r#"{"x":[237.0],"y":5.0}"#,
            r#"{"x":null,"y":5.0}"#,
            r#"{"x":true,"y":5.0}"#,
            r#"{"x":NaN,"y":5.0}"#,
            r#"{"x":Infinity,"y":5.0}"#,
            r#"{"x":1e999,"y":5.0}"#,
            r#"{"x":1e300,"y":5.0}"#,
            r#"{"x":310.01,"y":5.0}"#,
            r#"{"x":-1.0,"y":5.0}"#,
            r#"{"x":-0.0,"y":5.0}"#,
            r#"{"x":237.0,"y":5.0}{"x":237.0,"y":5.0}"#,
            r#"{"x":237.0,"y":5.0},"#,
            r#"{"X":237.0,"Y":5.0}"#,
            "{\"x\":237.0,\"y\":5.0}\0",
            &long,
            &deep,
        ];
        for sent in refused {
            assert_eq!(parse_point(sent, KEY), None, "{sent}");
        }
    }

    #[test]
    fn a_nonce_is_read_and_nothing_beside_it() {
        assert_eq!(parse_nonce(r#"{"nonce":"12ab"}"#).as_deref(), Some("12ab"));
        for sent in [
            "",
            "{}",
            r#"["12ab"]"#,
            r#"{"nonce":12}"#,
            r#"{"nonce":["a"]}"#,
            r#"{"nonce":"a","nonce":"b"}"#,
            r#"{"nonce":"a","x":1}"#,
            r#"{"x":237.0,"y":5.0}"#,
        ] {
            assert_eq!(parse_nonce(sent), None, "{sent}");
        }
        assert_eq!(parse_nonce(&format!("{{\"nonce\":\"{}\"}}", "a".repeat(LONGEST))), None);
    }
}
