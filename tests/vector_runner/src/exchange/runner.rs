//! Runs a case: fills in placeholders, sends requests, compares responses.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::file::{Case, Header, Step};
use super::{Body, HEADERS, Request, Response, Surface};
use crate::Report;

/// A running case.
pub(super) struct CaseRunner<'r, D> {
    pub(super) surface: D,
    pub(super) name: String,
    /// Number of codes sent before the case.
    pub(super) first_code: usize,
    /// Solution of the last captcha.
    pub(super) x: u32,
    pub(super) report: &'r mut Report,
}

impl<D: Surface> CaseRunner<'_, D> {
    /// Returns `None` if the surface does not support the case.
    pub(super) fn case(&mut self, case: &Case) -> Option<()> {
        self.first_code = self.surface.codes().len();
        case.before.iter().enumerate().try_for_each(|(n, step)| self.step(step, &format!("before {n}")))?;
        if let Some(call) = &case.call {
            let body = match (&case.body, &case.raw_body) {
                (Some(body), _) => Body::Json(self.fill(body)),
                (None, Some(raw)) => Body::Raw(raw.repeat(case.repeat.unwrap_or(1))),
                (None, None) => Body::Empty,
            };
            let request = Request {
                call: call.clone(),
                method: case.method.clone().unwrap_or_else(|| "POST".to_owned()),
                headers: headers(&case.headers),
                signed_in: case.signed_in.clone(),
                body,
            };
            let response = self.surface.exchange(&request);
            self.compare_case(case, &response);
        }
        case.after.iter().enumerate().try_for_each(|(n, step)| self.step(step, &format!("after {n}")))
    }

    fn compare_case(&mut self, case: &Case, response: &Response) {
        let status = case.status.unwrap_or(200);
        let text = |key: &str| response.body[key].as_str().map(str::to_owned);
        self.report.compare(&self.name, "status", &status, &response.status);
        self.report.compare(&self.name, "error_code", &case.error_code, &text("error_code"));
        if case.error_msg.is_some() || status == 200 {
            self.report.compare(&self.name, "error_msg", &case.error_msg, &text("error_msg"));
        }
        if case.retry_after.is_some() {
            self.report.compare(&self.name, "retry_after", &case.retry_after, &response.retry_after);
        }
        if status != 200 {
            // An error response contains only these fields, never any input.
            let keys = response.body.as_object().map(|body| body.keys().cloned().collect::<Vec<_>>());
            let only = Some(vec!["error_code".to_owned(), "error_msg".to_owned()]);
            self.report.compare(&self.name, "fields", &only, &keys);
        }
        if let Some(expected) = &case.answer {
            self.report.compare(&self.name, "answer", expected, &response.body);
        }
    }

    fn step(&mut self, step: &Step, place: &str) -> Option<()> {
        let name = format!("{} ({place})", self.name);
        let seen = if let Some(address) = &step.send {
            self.send(address, step.scene.as_deref())
        } else if let Some(time) = &step.wait {
            return self.surface.wait(seconds(time)).then_some(());
        } else if let Some(username) = step.sign_in.as_ref().or(step.no_sign_in.as_ref()) {
            let password = step.password.as_deref().unwrap_or_else(|| panic!("{name}: no password"));
            let can = self.surface.sign_in(username, password);
            self.report.compare(&name, "signing in", &step.sign_in.is_some(), &can);
            return Some(());
        } else if let Some(call) = &step.call {
            for _ in 1..step.times.unwrap_or(1) {
                let response = self.call(step, call);
                self.compare_step(step, &name, &response);
            }
            self.call(step, call)
        } else {
            panic!("{name}: an empty step")
        };
        self.compare_step(step, &name, &seen);
        Some(())
    }

    fn compare_step(&mut self, step: &Step, name: &str, response: &Response) {
        let code = response.body["error_code"].as_str().map(str::to_owned);
        self.report.compare(name, "error_code", &step.error_code, &code);
        let status = step.status.unwrap_or(if step.error_code.is_some() { 400 } else { 200 });
        self.report.compare(name, "status", &status, &response.status);
    }

    fn call(&mut self, step: &Step, call: &str) -> Response {
        let body = step.body.as_ref().map_or(Body::Empty, |body| Body::Json(self.fill(body)));
        let request =
            Request { signed_in: step.signed_in.clone(), headers: headers(&step.headers), ..post(call, body) };
        self.surface.exchange(&request)
    }

    /// Requests a code with a valid request.
    fn send(&mut self, address: &str, scene: Option<&str>) -> Response {
        let (call, field, default) = match address.contains('@') {
            true => ("email/send", "email", "FORGET_PWD_EMS"),
            false => ("sms/send", "mobile", "FORGET_PWD_SMS"),
        };
        let solved = self.solve(address);
        let body = json!({field: address, "type": scene.unwrap_or(default), "captcha_token": solved});
        self.surface.exchange(&post(call, Body::Json(body)))
    }

    /// Solves a captcha for an address and returns the resulting token.
    fn solve(&mut self, address: &str) -> String {
        let (token, x) = self.surface.captcha();
        let body = json!({"point_json": point(x, 0), "token": token, "sender": address});
        let response = self.surface.exchange(&post("captcha/verify", Body::Json(body)));
        response.body["captcha_token"].as_str().unwrap_or_default().to_owned()
    }

    fn fill(&mut self, body: &Value) -> Value {
        let address =
            ["email", "mobile"].iter().find_map(|key| body[*key].as_str()).unwrap_or_default().to_owned();
        let mut captcha = None;
        self.fill_in(body, &address, &mut captcha)
    }

    fn fill_in(&mut self, value: &Value, address: &str, captcha: &mut Option<String>) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill_text(text, address, captcha)),
            Value::Array(items) => items.iter().map(|item| self.fill_in(item, address, captcha)).collect(),
            Value::Object(fields) => {
                let mut filled = Map::new();
                // The captcha token is created before its solution.
                let (first, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|(key, _)| *key == "token");
                for (key, value) in first.into_iter().chain(rest) {
                    filled.insert(key.clone(), self.fill_in(value, address, captcha));
                }
                Value::Object(filled)
            }
            other => other.clone(),
        }
    }

    fn fill_text(&mut self, text: &str, address: &str, captcha: &mut Option<String>) -> String {
        let Some(placeholder) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
            return text.to_owned();
        };
        let (placeholder, argument) = placeholder
            .split_once(':')
            .map_or((placeholder, None), |(placeholder, argument)| (placeholder, Some(argument)));
        let number = || argument.and_then(|argument| argument.parse::<i64>().ok());
        match placeholder {
            "code" => {
                let codes = self.surface.codes();
                let found = match number() {
                    Some(n) => codes.get(self.first_code + usize::try_from(n).unwrap_or(0).saturating_sub(1)),
                    None => codes.last(),
                };
                found.cloned().unwrap_or_else(|| panic!("{}: no code was sent", self.name))
            }
            "wrong" => {
                let newest = self.surface.codes().last().cloned().unwrap_or_else(|| "123456".to_owned());
                let last = if newest.ends_with('0') { "1" } else { "0" };
                format!("{}{last}", &newest[..newest.len() - 1])
            }
            "captcha" => {
                let token = captcha.get_or_insert_with(|| {
                    let (token, x) = self.surface.captcha();
                    self.x = x;
                    token
                });
                token.clone()
            }
            "point" => point(self.x, number().unwrap_or(0)),
            "solved" => self.solve(argument.unwrap_or(address)),
            _ => text.to_owned(), // a JSON document in a string is no placeholder
        }
    }
}

fn point(x: u32, beside: i64) -> String {
    format!("{{\"x\":{}.0,\"y\":5.0}}", i64::from(x) + beside)
}

fn post(call: &str, body: Body) -> Request {
    let headers = headers(&BTreeMap::new());
    Request { call: call.to_owned(), method: "POST".to_owned(), headers, signed_in: None, body }
}

fn headers(own: &BTreeMap<String, Header>) -> Vec<(String, String)> {
    let mut headers: BTreeMap<String, String> =
        HEADERS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    for (name, value) in own {
        headers.retain(|known, _| !known.eq_ignore_ascii_case(name));
        match value {
            Header::Value(value) => drop(headers.insert(name.clone(), value.clone())),
            Header::Present(present) => assert!(!present, "a header is a string or `false`"),
        }
    }
    headers.into_iter().collect()
}

fn seconds(time: &str) -> u64 {
    let (number, unit) = time.split_at(time.len() - 1);
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => panic!("invalid time `{time}`; expected a number and `s`, `m` or `h`"),
    };
    number.parse::<u64>().expect("a whole number") * unit
}
