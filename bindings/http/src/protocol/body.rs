//! The body of a request: one small JSON object with unique keys.

use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::{MALFORMED, Problem};

/// Maximum length of a body, in bytes.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// A longer body is read and discarded up to this length, so that the client gets to read the response.
const MAX_DRAINED_BYTES: usize = 32 * 1024 * 1024;
/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Reads the body of a request.
pub(super) async fn read<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<T, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if !is_json(headers) {
        drain(body).await;
        return Err(Problem::Host("host.not_json"));
    }
    if declared.is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        drain(body).await;
        return Err(Problem::Host("host.too_large"));
    }
    let bytes = tokio::time::timeout(BODY_TIMEOUT, collect(body)).await.map_err(|_| MALFORMED)??;
    parse(&bytes).ok_or(MALFORMED)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    // serde would accept an array for a structure, and a repeated key among those that it ignores.
    match serde_json::from_slice(bytes).ok()? {
        Shape::Object => serde_json::from_slice(bytes).ok(),
        Shape::Other => None,
    }
}

/// Returns whether the content type is `application/json`, given once, with any parameters, and not encoded.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (types.next(), types.next());
    let essence = first.and_then(|value| value.to_str().ok()?.split(';').next()).unwrap_or_default().trim();
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let plain = encodings.into_iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    essence.eq_ignore_ascii_case("application/json") && second.is_none() && plain
}

async fn collect(body: Body) -> Result<Zeroizing<Vec<u8>>, Problem> {
    // Allocated once: a growing buffer would leave copies of a password behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BODY_BYTES));
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| MALFORMED)?;
        if bytes.len() + chunk.len() > MAX_BODY_BYTES {
            drain(Body::from_stream(stream)).await;
            return Err(Problem::Host("host.too_large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    let all = async {
        let mut drained = 0;
        while let Some(Ok(chunk)) = stream.next().await {
            drained += chunk.len();
            if drained > MAX_DRAINED_BYTES {
                break;
            }
        }
    };
    // The response is the same whether the body ended or not.
    let _ = tokio::time::timeout(BODY_TIMEOUT, all).await;
}

/// The shape of a JSON value in which no object repeats a key, at any depth.
enum Shape {
    Object,
    Other,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with unique keys")
    }

    fn visit_unit<E: Error>(self) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<Shape>()?.is_some() {}
        Ok(Shape::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Shape, A::Error> {
        let mut keys = std::collections::BTreeSet::new();
        while let Some((key, _)) = entries.next_entry::<String, Shape>()? {
            if !keys.insert(key) {
                return Err(A::Error::custom("a key is repeated"));
            }
        }
        Ok(Shape::Object)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::Text;
    use super::*;

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Sample {
        a: Text,
        b: Option<Text>,
        f: Option<BTreeMap<String, Option<Text>>>,
    }

    fn sample(json: &str) -> Option<Sample> {
        parse(json.as_bytes())
    }

    #[test]
    fn missing_and_null_texts_are_empty() {
        let read = sample(r#"{"a":"x","b":"","f":{"g":"h","i":null},"unknown":[1]}"#).unwrap();
        assert_eq!((&*read.a, read.b.as_deref()), ("x", Some("")));
        assert_eq!(read.f.unwrap().len(), 2);
        for empty in ["{}", r#"{"a":null,"b":null,"f":null}"#] {
            let read = sample(empty).unwrap();
            assert!(read.a.is_empty() && read.b.is_none() && read.f.is_none(), "{empty}");
        }
    }

    #[test]
    fn other_types_and_nul_are_malformed() {
        for value in [r#"["x"]"#, "1", "1.5", "-1", "true", r#""x\u0000y""#, r#"{"g":"h"}"#] {
            assert!(sample(&format!("{{\"a\":{value}}}")).is_none(), "{value}");
            assert!(sample(&format!("{{\"b\":{value}}}")).is_none(), "{value}");
        }
        for value in [r#""x""#, "[]", "1", r#"{"g":1}"#, r#"{"g":["h"]}"#] {
            assert!(sample(&format!("{{\"f\":{value}}}")).is_none(), "{value}");
        }
    }

    #[test]
    fn anything_but_one_object_with_unique_keys_is_malformed() {
        let deep = "[".repeat(5000);
        for malformed in [
            "",
            "[]",
            r#"["x"]"#,
            "null",
            "\"a\"",
            "{\"a\":\"1\",\"a\":\"2\"}",
            "{\"z\":1,\"z\":1}",
            "{\"z\":{\"a\":1,\"a\":1}}",
            "{} {}",
            "{\"a\":\"\\ud800\"}",
            "{'a':1}",
            &deep,
        ] {
            assert!(sample(malformed).is_none(), "{malformed}");
        }
    }
}
