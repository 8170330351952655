//! The body of a request: one JSON object, small, each key once, each value of the type that belongs there.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use super::{MALFORMED, Problem};

/// No body may be longer.
pub const MAX_BODY_BYTES: usize = 64 * 1024;
/// What is longer is read to its end, up to this, and thrown away, so that the client gets to read the answer.
const MAX_DRAINED_BYTES: usize = 32 * 1024 * 1024;
/// A body must have come within this time.
const PATIENCE: Duration = Duration::from_secs(15);

/// The fields of a body. `Debug` shows no value.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Node>);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

enum Node {
    Null,
    Text(Zeroizing<String>),
    Object(BTreeMap<String, Node>),
    Other,
}

impl Fields {
    /// A text; missing and `null` are the empty one.
    ///
    /// # Errors
    /// When it is no text, or holds a NUL.
    pub fn text(&self, name: &str) -> Result<Zeroizing<String>, Problem> {
        self.optional_text(name).map(Option::unwrap_or_default)
    }

    /// A text, or `None` when it is missing or `null`.
    ///
    /// # Errors
    /// When it is no text, or holds a NUL.
    pub fn optional_text(&self, name: &str) -> Result<Option<Zeroizing<String>>, Problem> {
        text_of(self.0.get(name))
    }

    /// An object of texts; missing and `null` are the empty one, and so are the texts in it.
    ///
    /// # Errors
    /// When it is no object, or one of its values is no text.
    pub fn texts(&self, name: &str) -> Result<Vec<(String, Zeroizing<String>)>, Problem> {
        match self.0.get(name) {
            None | Some(Node::Null) => Ok(Vec::new()),
            Some(Node::Object(fields)) => {
                let texts = fields.iter().map(|(key, node)| Ok((key.clone(), text_of(Some(node))?)));
                let texts: Result<Vec<_>, Problem> = texts.collect();
                Ok(texts?.into_iter().filter_map(|(key, text)| Some((key, text?))).collect())
            }
            Some(Node::Text(_) | Node::Other) => Err(MALFORMED),
        }
    }
}

fn text_of(node: Option<&Node>) -> Result<Option<Zeroizing<String>>, Problem> {
    match node {
        None | Some(Node::Null) => Ok(None),
        Some(Node::Text(text)) if !text.contains('\0') => Ok(Some(text.clone())),
        Some(_) => Err(MALFORMED),
    }
}

/// Reads the body of a request.
pub(super) async fn read(headers: &HeaderMap, body: Body) -> Result<Fields, Problem> {
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if !is_json(headers) {
        drain(body).await;
        return Err(Problem::Host("host.not_json"));
    }
    if declared.is_some_and(|length| length > MAX_BODY_BYTES as u64) {
        drain(body).await;
        return Err(Problem::Host("host.too_large"));
    }
    let bytes = tokio::time::timeout(PATIENCE, collect(body)).await.map_err(|_| MALFORMED)??;
    match serde_json::from_slice(&bytes) {
        Ok(Node::Object(fields)) => Ok(Fields(fields)),
        _ => Err(MALFORMED),
    }
}

/// `application/json`, once, with any parameters, and not encoded.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (types.next(), types.next());
    let essence = first.and_then(|value| value.to_str().ok()?.split(';').next()).unwrap_or_default().trim();
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let plain = encodings.into_iter().all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    essence.eq_ignore_ascii_case("application/json") && second.is_none() && plain
}

async fn collect(body: Body) -> Result<Zeroizing<Vec<u8>>, Problem> {
    // Room for all there may be, so that no copy of a password is left behind by growing.
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
    // Whether it ended or not, the answer is the same.
    let _ = tokio::time::timeout(PATIENCE, all).await;
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with each key once")
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        while items.next_element::<Node>()?.is_some() {}
        Ok(Node::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry::<String, Node>()? {
            if fields.insert(key, value).is_some() {
                return Err(A::Error::custom("a key comes twice"));
            }
        }
        Ok(Node::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Option<Fields> {
        match serde_json::from_str(json) {
            Ok(Node::Object(fields)) => Some(Fields(fields)),
            _ => None,
        }
    }

    #[test]
    fn a_text_is_a_text() {
        let read = fields(r#"{"a":"x","b":null,"c":["x"],"d":1,"e":"x\u0000y","f":{"g":"h"}}"#).unwrap();
        assert_eq!(read.text("a").unwrap().as_str(), "x");
        assert_eq!(read.text("b").unwrap().as_str(), "");
        assert_eq!(read.text("missing").unwrap().as_str(), "");
        for wrong in ["c", "d", "e", "f"] {
            assert!(read.text(wrong).is_err(), "{wrong}");
        }
        assert_eq!(read.texts("f").unwrap()[0].0, "g");
        assert!(read.texts("a").is_err());
    }

    #[test]
    fn what_is_not_one_object_with_each_key_once_is_malformed() {
        let deep = "[".repeat(5000);
        for wrong in [
            "",
            "[]",
            "null",
            "\"a\"",
            "{\"a\":\"1\",\"a\":\"2\"}",
            "{\"z\":{\"a\":1,\"a\":1}}",
            "{} {}",
            "{\"a\":\"\\ud800\"}",
            "{'a':1}",
            &deep,
        ] {
            assert!(fields(wrong).is_none(), "{wrong}");
        }
    }
}
