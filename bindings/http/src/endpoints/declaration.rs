//! What an endpoint is: method, path, requirements, request type, response type and handler, declared once. The router and
//! the OpenAPI document are both built from it.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::routing::{MethodRouter, get, post};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::protocol::{Call, Problem, Reply, answer, answer_with_body};
use crate::server::Server;

/// What an endpoint requires of the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Open,
    /// An id token is optional.
    OptionalToken,
    /// The device headers of a registered client.
    Device,
    /// The device headers; an id token is optional.
    DeviceWithOptionalToken,
    /// The device headers and an id token.
    DeviceWithToken,
}

impl Access {
    /// Returns whether the device headers are required.
    pub fn requires_device(self) -> bool {
        !matches!(self, Access::Open | Access::OptionalToken)
    }
}

/// The content of a successful response.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// JSON of a type.
    Json(fn(&mut SchemaGenerator) -> Schema),
    /// Text with this media type.
    Text(&'static str),
}

/// A declared endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// The method, in lower case.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// The operation id of OpenAPI.
    pub id: &'static str,
    /// One line about it.
    pub summary: &'static str,
    /// What it requires of the headers.
    pub access: Access,
    /// The type of the request body.
    pub request: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// The content of a response with status 200.
    pub response: Content,
    /// Further statuses with the same content as 200.
    pub also: &'static [u16],
    /// Whether a rate limit may answer with 429.
    pub limited: bool,
    /// Names of further parameters under `#/components/parameters`.
    pub parameters: &'static [&'static str],
    /// The handler.
    pub route: MethodRouter<Arc<Server>>,
}

fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

impl Endpoint {
    /// Declares a GET request whose response is JSON of the type `R`.
    pub fn get<H, A, R>(path: &'static str, id: &'static str, access: Access, handler: H) -> Endpoint
    where
        H: FnOnce(Arc<Server>, Call) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Reply<R>, Problem>> + Send + 'static,
        R: Serialize + JsonSchema + Send + 'static,
    {
        let requires_device = access.requires_device();
        let route = get(move |State(server): State<Arc<Server>>, request: Request| {
            answer(server, requires_device, handler, request)
        });
        Endpoint { access, ..Endpoint::operation(path, id, Content::Json(schema::<R>), route) }
    }

    /// Declares a POST request with a body of the type `B` whose response is JSON of the type `R`.
    pub fn post<B, H, A, R>(path: &'static str, id: &'static str, access: Access, handler: H) -> Endpoint
    where
        B: DeserializeOwned + JsonSchema + Send + 'static,
        H: FnOnce(Arc<Server>, Call, B) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Reply<R>, Problem>> + Send + 'static,
        R: Serialize + JsonSchema + Send + 'static,
    {
        let requires_device = access.requires_device();
        let route = post(move |State(server): State<Arc<Server>>, request: Request| {
            answer_with_body(server, requires_device, handler, request)
        });
        let endpoint = Endpoint::operation(path, id, Content::Json(schema::<R>), route);
        Endpoint { method: "post", access, request: Some(schema::<B>), ..endpoint }
    }

    /// Declares a GET request of an operator or a browser, whose handler writes the whole response.
    pub fn operation(
        path: &'static str,
        id: &'static str,
        response: Content,
        route: MethodRouter<Arc<Server>>,
    ) -> Endpoint {
        Endpoint {
            method: "get",
            path,
            id,
            summary: "",
            access: Access::Open,
            request: None,
            response,
            also: &[],
            limited: false,
            parameters: &[],
            route,
        }
    }

    /// Returns the content of a response of JSON of the type `R`.
    pub fn json<R: JsonSchema>() -> Content {
        Content::Json(schema::<R>)
    }

    /// Sets the summary.
    #[must_use]
    pub fn summary(self, summary: &'static str) -> Endpoint {
        Endpoint { summary, ..self }
    }

    /// Declares that a rate limit may answer with 429.
    #[must_use]
    pub fn limited(self) -> Endpoint {
        Endpoint { limited: true, ..self }
    }

    /// Declares further parameters.
    #[must_use]
    pub fn parameters(self, parameters: &'static [&'static str]) -> Endpoint {
        Endpoint { parameters, ..self }
    }

    /// Declares further statuses with the same content as 200.
    #[must_use]
    pub fn also(self, also: &'static [u16]) -> Endpoint {
        Endpoint { also, ..self }
    }
}
