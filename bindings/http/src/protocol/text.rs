//! String fields of requests.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use kouling::flow::Secret;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error};
use zeroize::Zeroizing;

/// A string of a request. `null` is the empty string, and a string with NUL is malformed. It is wiped after use, because
/// people type passwords into every field, and `Debug` does not show it.
#[derive(Clone, Default)]
pub struct Text(Zeroizing<String>);

impl Text {
    /// Returns the string as a secret of the engine.
    pub fn to_secret(&self) -> Secret {
        Secret::new(self.0.as_str())
    }

    /// Returns the string.
    pub fn into_inner(self) -> Zeroizing<String> {
        self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(..)")
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        let text = Option::<Zeroizing<String>>::deserialize(deserializer)?.unwrap_or_default();
        if text.contains('\0') { Err(D::Error::custom("a string contains NUL")) } else { Ok(Text(text)) }
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["string", "null"] })
    }
}
