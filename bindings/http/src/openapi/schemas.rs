//! What goes over the wire, as JSON Schema has it.

use serde_json::{Map, Value, json};

use super::reference;

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// Every schema by its name.
pub(super) fn all() -> Value {
    let text = || json!({ "type": "string" });
    let number = || json!({ "type": ["integer", "null"], "minimum": 0 });
    let list = |of: &str| json!({ "type": "array", "items": reference(of) });
    json!({
        "Any": { "type": "object" },
        "Nothing": object(&[], json!({})),
        "Refusal": object(&["error_code", "error_msg"], json!({
            "error_code": { "type": "string", "examples": ["IDAAS.SDK.CAPTCHA.0007"] },
            "error_msg": text(),
            "violations": list("Violation"),
        })),
        "Violation": object(&["code", "rule", "numbers", "message", "error_code"], json!({
            "code": { "type": "string", "examples": ["length.too_short"] },
            "rule": text(),
            "numbers": { "type": "object", "additionalProperties": { "type": "integer", "minimum": 0 } },
            "message": text(),
            "error_code": text(),
        })),
        "Captcha": captcha(),
        "CaptchaToken": object(&["captcha_token"], json!({ "captcha_token": text() })),
        "HasPassword": object(&["is_set_pwd"], json!({ "is_set_pwd": { "type": "boolean" } })),
        "SignedIn": object(&["session_token", "expire", "status", "id_token"], json!({
            "session_token": text(),
            "expire": { "type": "integer" },
            "status": { "enum": ["SUCCESS", "PASSWORD_WARN"] },
            "id_token": text(),
            "state_token": text(),
            "data": text(),
        })),
        "Judgement": object(&["accepted", "violations", "warnings", "notes", "policy", "digest"], json!({
            "accepted": { "type": "boolean" },
            "violations": list("Violation"),
            "warnings": list("Violation"),
            "notes": { "type": "array", "items": text() },
            "policy": text(),
            "digest": text(),
        })),
        "Policy": object(
            &["policy", "digest", "checklist", "regEx", "passwordrules", "minLength", "maxLength", "code", "captcha"],
            json!({
                "policy": text(),
                "digest": text(),
                "checklist": list("ChecklistItem"),
                "regEx": text(),
                "passwordrules": text(),
                "minLength": number(),
                "maxLength": number(),
                "code": object(&["alphabet", "length", "lifetime_seconds", "cooldown_seconds"], json!({
                    "alphabet": text(),
                    "length": { "type": "integer" },
                    "lifetime_seconds": { "type": "integer" },
                    "cooldown_seconds": { "type": "integer" },
                })),
                "captcha": object(&["required"], json!({ "required": { "type": "boolean" } })),
            }),
        ),
        "ChecklistItem": object(&["rule", "codes", "text", "judged"], json!({
            "rule": text(),
            "codes": { "type": "array", "items": text() },
            "text": text(),
            "judged": { "enum": ["while_typing", "at_submission"] },
        })),
        "Health": object(&["status"], json!({ "status": text() })),
        "Readiness": object(&["status", "store", "policy", "digest", "contract"], json!({
            "status": text(), "store": text(), "policy": text(), "digest": text(), "contract": text(),
        })),
        "KeySet": object(&["keys"], json!({ "keys": { "type": "array", "items": { "type": "object" } } })),
    })
}

fn captcha() -> Value {
    let empty = [
        "captchaId",
        "projectCode",
        "captchaOriginalPath",
        "captchaFontType",
        "captchaFontSize",
        "point",
        "wordList",
        "pointList",
        "pointJson",
        "captchaVerification",
    ];
    let mut fields: Map<String, Value> =
        empty.iter().map(|name| ((*name).to_owned(), json!({ "type": "null" }))).collect();
    let picture =
        json!({ "type": ["string", "null"], "contentEncoding": "base64", "contentMediaType": "image/png" });
    for (name, schema) in [
        ("token", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
        ("secretKey", json!({ "type": "string", "minLength": 16, "maxLength": 16 })),
        ("originalImageBase64", picture.clone()),
        ("jigsawImageBase64", picture),
        ("result", json!({ "type": "boolean" })),
    ] {
        fields.insert(name.to_owned(), schema);
    }
    let required: Vec<String> = fields.keys().cloned().collect();
    let work = json!({ "salt": { "type": "string" }, "bits": { "type": "integer" } });
    fields.insert("work".to_owned(), object(&["salt", "bits"], work));
    json!({ "type": "object", "required": required, "properties": fields, "additionalProperties": false })
}
