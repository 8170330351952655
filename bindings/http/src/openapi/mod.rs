//! `/openapi.json`: the calls as machines read them. A test asks the router for every path in it, and another sends what
//! it describes.

mod schemas;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::wire::MAX_BODY_BYTES;

/// What a call asks of a request beside its body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Nothing.
    Nothing,
    /// The device headers.
    Device,
    /// The device headers, and an id token or none.
    DeviceMaybeToken,
    /// The device headers and an id token.
    DeviceAndToken,
    /// An id token or none.
    MaybeToken,
}

struct Call {
    method: &'static str,
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    asks: Asks,
    /// Fields of the body: name, what it is, an example. All are texts; a missing one is an empty one.
    body: &'static [(&'static str, &'static str, &'static str)],
    answer: &'static str,
    /// Whether 429 is among the answers.
    limited: bool,
}

const PASSWORD: (&str, &str, &str) = ("password", "the new password", "P@sdsdfsdfds");
const CODE: (&str, &str, &str) = ("verify_code", "the code from the message", "123456");
const EMAIL: (&str, &str, &str) = ("email", "an e-mail address", "15200000000@qq.com");
const MOBILE: (&str, &str, &str) = ("mobile", "a phone number", "15200000000");
const CAPTCHA_TOKEN: (&str, &str, &str) =
    ("captcha_token", "what captcha/verify gave", "4a0…---{\"x\":237.0,\"y\":5.0}");

const CALLS: &[Call] = &[
    Call {
        method: "get",
        path: "/api/v2/sdk/captcha",
        name: "showCaptcha",
        summary: "A sliding jigsaw, or with kind=work something to work out",
        asks: Asks::Device,
        body: &[],
        answer: "Captcha",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/captcha/verify",
        name: "verifyCaptcha",
        summary: "Tries an answer to a captcha, once",
        asks: Asks::Device,
        body: &[
            ("point_json", "where the piece was left, as JSON in a text", "{\"x\":237.0,\"y\":5.0}"),
            ("token", "the captcha's token", "00112233445566778899aabbccddeeff"),
            ("sender", "the address that the code will go to", "15200000000@qq.com"),
        ],
        answer: "CaptchaToken",
        limited: false,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/email/send",
        name: "sendEmail",
        summary: "Sends a code by e-mail; Retry-After says when the next may be asked for",
        asks: Asks::Device,
        body: &[EMAIL, ("type", "FORGET_PWD_EMS or UPDATE_PWD_EMS", "FORGET_PWD_EMS"), CAPTCHA_TOKEN],
        answer: "Nothing",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/sms/send",
        name: "sendSms",
        summary: "Sends a code to a phone",
        asks: Asks::Device,
        body: &[MOBILE, ("type", "FORGET_PWD_SMS or UPDATE_PWD_SMS", "FORGET_PWD_SMS"), CAPTCHA_TOKEN],
        answer: "Nothing",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/pwd/update-by-email",
        name: "updateByEmail",
        summary: "Sets a new password by a code; without email, the password of who is signed in",
        asks: Asks::DeviceMaybeToken,
        body: &[EMAIL, CODE, PASSWORD],
        answer: "Nothing",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/pwd/update-by-mobile",
        name: "updateByMobile",
        summary: "The same by a code that went to a phone",
        asks: Asks::DeviceMaybeToken,
        body: &[MOBILE, CODE, PASSWORD],
        answer: "Nothing",
        limited: true,
    },
    Call {
        method: "get",
        path: "/api/v2/sdk/pwd/check-exist",
        name: "hasPassword",
        summary: "Whether who is signed in has a password",
        asks: Asks::DeviceAndToken,
        body: &[],
        answer: "HasPassword",
        limited: false,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/pwd/change",
        name: "changePassword",
        summary: "Exchanges the old password for a new one",
        asks: Asks::DeviceAndToken,
        body: &[
            ("old_password", "the password so far; may be missing when none is set", "Kouling-demo-2026"),
            ("new_password", "the new password", "P@sdsdfsdfds"),
        ],
        answer: "Nothing",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/login/auth",
        name: "signIn",
        summary: "Signs in by username, phone or e-mail",
        asks: Asks::Device,
        body: &[
            ("user_name", "username, phone or e-mail", "zhangsan"),
            ("password", "the password", "Kouling-demo-2026"),
        ],
        answer: "SignedIn",
        limited: true,
    },
    Call {
        method: "post",
        path: "/api/v2/sdk/pwd/check",
        name: "checkPassword",
        summary: "Judges a password without changing anything",
        asks: Asks::MaybeToken,
        body: &[("password", "the password to judge", "P@sdsdfsdfds")],
        answer: "Judgement",
        limited: true,
    },
    Call {
        method: "get",
        path: "/api/v2/sdk/pwd/policy",
        name: "describePolicy",
        summary: "The password policy for a reader, a regular expression and a password manager",
        asks: Asks::Nothing,
        body: &[],
        answer: "Policy",
        limited: false,
    },
];

/// `GET /openapi.json`.
pub async fn show() -> Response {
    let mut response = Response::new(Body::from(document().to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The document.
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for call in CALLS {
        paths.insert(call.path.to_owned(), json!({ call.method: operation(call) }));
    }
    for (path, name, summary, schema) in [
        ("/healthz", "health", "The process answers", "Health"),
        ("/readyz", "readiness", "The server can do its work", "Readiness"),
        ("/.well-known/jwks.json", "keySet", "The key that id tokens are verified with", "KeySet"),
        ("/openapi.json", "describe", "This document", "Any"),
    ] {
        let mut responses = json!({ "200": answer("done", &reference(schema)), "default": refusal("refused") });
        if path == "/readyz" {
            responses["503"] = answer("not ready", &reference(schema));
        }
        let operation = json!({ "operationId": name, "summary": summary, "responses": responses });
        paths.insert(path.to_owned(), json!({ "get": operation }));
    }
    for (path, name, summary, media) in [
        ("/metrics", "metrics", "Figures in Prometheus's text format", "text/plain"),
        ("/login", "loginPage", "The page to sign in", "text/html"),
        ("/forgot", "forgotPage", "The page to set a new password", "text/html"),
    ] {
        let done = json!({ "description": "done", "content": { media: { "schema": { "type": "string" } } } });
        let responses = json!({ "200": done, "default": refusal("refused") });
        let operation = json!({ "operationId": name, "summary": summary, "responses": responses });
        paths.insert(path.to_owned(), json!({ "get": operation }));
    }
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
            "schemas": schemas::all(),
            "parameters": parameters(),
            "securitySchemes": {
                "idToken": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

fn operation(call: &Call) -> Value {
    let mut parameters = vec![json!({ "$ref": "#/components/parameters/language" })];
    if !matches!(call.asks, Asks::Nothing | Asks::MaybeToken) {
        let device = ["system", "fingerprint", "agent", "client", "ip"];
        parameters.extend(device.iter().map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })));
    }
    if call.name == "showCaptcha" {
        let kinds = json!({ "type": "string", "enum": ["jigsaw", "work"] });
        parameters.push(json!({ "name": "kind", "in": "query", "required": false, "schema": kinds }));
    }
    if call.name.starts_with("updateBy") {
        parameters.push(json!({ "$ref": "#/components/parameters/prefer" }));
    }
    let mut responses = json!({
        "200": answer("done", &reference(call.answer)),
        "400": refusal("refused, with the contract's code"),
        "500": refusal("ours"),
        "503": refusal("something that the server needs does not answer"),
        "default": refusal("refused"),
    });
    if call.limited {
        responses["429"] = refusal("too many requests");
    }
    let mut operation = json!({ "operationId": call.name, "summary": call.summary, "parameters": parameters });
    if !call.body.is_empty() {
        responses["413"] = refusal(&format!("the body is longer than {MAX_BODY_BYTES} bytes"));
        responses["415"] = refusal("the body is no application/json");
        let schema = body(call);
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    match call.asks {
        Asks::DeviceAndToken => operation["security"] = json!([{ "idToken": [] }]),
        Asks::DeviceMaybeToken | Asks::MaybeToken => operation["security"] = json!([{}, { "idToken": [] }]),
        Asks::Device | Asks::Nothing => {}
    }
    operation["responses"] = responses;
    operation
}

fn body(call: &Call) -> Value {
    let field = |what: &str, example: &str| json!({ "type": ["string", "null"], "description": what, "examples": [example] });
    let mut fields: Map<String, Value> =
        call.body.iter().map(|(name, what, example)| ((*name).to_owned(), field(what, example))).collect();
    if call.name == "checkPassword" {
        fields.insert(
            "user".to_owned(),
            json!({
                "type": ["object", "null"],
                "description": "what the rules may know of the user: username, name, phone, email, …",
                "additionalProperties": { "type": ["string", "null"] },
                "examples": [{ "username": "zhangsan", "name": "张三" }],
            }),
        );
    }
    json!({ "type": "object", "properties": fields })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn answer(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn refusal(description: &str) -> Value {
    let mut refusal = answer(description, &reference("Refusal"));
    refusal["headers"] = json!({
        "Retry-After": { "description": "seconds, where that is known", "schema": { "type": "string" } },
    });
    refusal
}

fn parameters() -> Value {
    let header = |name: &str, what: &str, required: bool, example: &str| {
        json!({
            "name": name, "in": "header", "required": required, "description": what,
            "schema": { "type": "string", "maxLength": 256 }, "example": example,
        })
    };
    json!({
        "system": header("X-operating-sys-version", "the operating system", true, "windows10.1.1"),
        "fingerprint": header("X-device-fingerprint", "the device", true, "156aysdna213sc50"),
        "agent": header("X-agent", "the agent", true, "Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)"),
        "client": header("X-client-id", "the registered app", true, "nTo1eRIub60vPb54WeE6aojPwYwImtl4"),
        "ip": header("X-device-ip", "a claim that no limit believes", false, "192.168.1.2"),
        "language": header("X-L", "language of the texts: en, zh", false, "en"),
        "prefer": header("Prefer", "report=all: a refused password is answered with every violation", false, "report=all"),
    })
}
