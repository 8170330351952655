//! The OpenAPI document, built from the declared endpoints. A test requests every path in it, and another sends what it
//! describes.

use std::sync::LazyLock;

use axum::body::Bytes;
use schemars::generate::{Contract, SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::endpoints::{Access, Content, Endpoint, endpoints};
use crate::protocol::{MAX_BODY_BYTES, RefusalBody};

/// Returns the serialized document. It is built once.
pub fn bytes() -> Bytes {
    static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_string()));
    DOCUMENT.clone()
}

/// Builds the document.
pub fn document() -> Value {
    let generator = |contract| {
        SchemaSettings::draft2020_12()
            .with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.contract = contract;
                settings.meta_schema = None;
            })
            .into_generator()
    };
    let mut requests = generator(Contract::Deserialize);
    let mut responses = generator(Contract::Serialize);
    let refusal = Value::from(responses.subschema_for::<RefusalBody>());
    let mut paths: Map<String, Value> = Map::new();
    for endpoint in endpoints() {
        let operation = operation(&endpoint, &refusal, &mut requests, &mut responses);
        paths.insert(endpoint.path.to_owned(), json!({ endpoint.method: operation }));
    }
    let mut schemas = responses.take_definitions(true);
    for (name, schema) in &mut schemas {
        // A response has exactly the fields of its type.
        if schema["type"] == "object" && name != "Any" {
            schema["additionalProperties"] = json!(false);
        }
    }
    schemas.extend(requests.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Kouling",
            "summary": "Password and password-reset server",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": parameters(),
            "securitySchemes": {
                "idToken": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

fn operation(
    endpoint: &Endpoint,
    refusal: &Value,
    requests: &mut SchemaGenerator,
    responses: &mut SchemaGenerator,
) -> Value {
    let (media_type, schema) = match endpoint.response {
        Content::Json(schema) => ("application/json", Value::from(schema(responses))),
        Content::Text(media_type) => (media_type, json!({ "type": "string" })),
    };
    let done = json!({ "description": "success", "content": { media_type: { "schema": schema } } });
    let refused = |description: &str| {
        json!({
            "description": description,
            "content": { "application/json": { "schema": refusal } },
            "headers": {
                "Retry-After": { "description": "seconds, where known", "schema": { "type": "string" } },
            },
        })
    };
    let mut statuses = json!({ "200": done, "default": refused("refused") });
    for status in endpoint.also {
        statuses[status.to_string()] = done.clone();
    }
    let mut names = vec!["language"];
    if endpoint.access.requires_device() {
        names.extend(["system", "fingerprint", "agent", "client", "ip"]);
    }
    names.extend(endpoint.parameters);
    let parameters: Vec<Value> =
        names.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })).collect();
    let mut operation =
        json!({ "operationId": endpoint.id, "summary": endpoint.summary, "parameters": parameters });
    if endpoint.path.starts_with("/api/") {
        statuses["400"] = refused("refused, with a code of the contract");
        statuses["500"] = refused("internal error");
        statuses["503"] = refused("the store or the worker pool is not available");
    }
    if endpoint.limited {
        statuses["429"] = refused("too many requests");
    }
    if let Some(request) = endpoint.request {
        statuses["413"] = refused(&format!("the body is longer than {MAX_BODY_BYTES} bytes"));
        statuses["415"] = refused("the content type of the body is not application/json");
        let schema = Value::from(request(requests));
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    match endpoint.access {
        Access::DeviceWithToken => operation["security"] = json!([{ "idToken": [] }]),
        Access::DeviceWithOptionalToken | Access::OptionalToken => {
            operation["security"] = json!([{}, { "idToken": [] }]);
        }
        Access::Device | Access::Open => {}
    }
    operation["responses"] = statuses;
    operation
}

fn parameters() -> Value {
    let header = |name: &str, description: &str, required: bool, example: &str| {
        json!({
            "name": name, "in": "header", "required": required, "description": description,
            "schema": { "type": "string", "maxLength": 256 }, "example": example,
        })
    };
    json!({
        "system": header("X-operating-sys-version", "operating system", true, "windows10.1.1"),
        "fingerprint": header("X-device-fingerprint", "identifier of the device", true, "156aysdna213sc50"),
        "agent": header("X-agent", "user agent", true, "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)"),
        "client": header("X-client-id", "client id of the registered app", true, "nTo1eRIub60vPb54WeE6aojPwYwImtl4"),
        "ip": header("X-device-ip", "address of the device, as the client claims; not used for limits", false, "192.168.1.2"),
        "language": header("X-L", "preferred languages of the messages, such as `zh-TW, en`", false, "en"),
        "prefer": header("Prefer", "report=all: a refused password is answered with every violation", false, "report=all"),
        "kind": {
            "name": "kind", "in": "query", "required": false, "description": "kind of puzzle",
            "schema": { "type": "string", "enum": ["jigsaw", "work"] },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_resolves() {
        let document = document();
        let text = document.to_string();
        let references: Vec<&str> = text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() > 50);
        for reference in references {
            assert!(document.pointer(&format!("/{reference}")).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_field_that_a_handler_reads_is_described() {
        let document = document();
        let fields = |name: &str| -> Vec<String> {
            let properties = &document["components"]["schemas"][name]["properties"];
            properties.as_object().unwrap().keys().cloned().collect()
        };
        let mut check = fields("CheckRequest");
        check.sort();
        assert_eq!(check, ["old_password", "password", "user"]);
        assert_eq!(document["components"]["schemas"]["Nothing"]["type"], "object");
    }
}
