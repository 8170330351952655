//! The headers of a request. A repeated header is refused: if a proxy and this server chose differently, they would see two
//! different requests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, header, request::Parts};
use ipnet::IpNet;
use kouling::Language;
use kouling::flow::{Caller, Device, peer_key};

use super::{Authorization, MALFORMED, Problem};

/// Maximum length of a header value that is used, in bytes.
const MAX_HEADER_BYTES: usize = 1024;

/// Returns the only value of a header; empty if it is missing.
fn one(headers: &HeaderMap, name: &str) -> Result<String, Problem> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    let text = std::str::from_utf8(first.map_or(b"", |value| value.as_bytes())).map_err(|_| MALFORMED)?;
    if second.is_some() || text.len() > MAX_HEADER_BYTES { Err(MALFORMED) } else { Ok(text.to_owned()) }
}

/// Returns the caller. Whether the client is registered is not known yet.
pub(super) fn caller(headers: &HeaderMap) -> Result<Caller, Problem> {
    let device = Device {
        system: one(headers, "x-operating-sys-version")?,
        fingerprint: one(headers, "x-device-fingerprint")?,
        agent: one(headers, "x-agent")?,
    };
    one(headers, "x-device-ip")?;
    Ok(Caller { device, client: one(headers, "x-client-id")?, client_is_registered: false })
}

/// Returns the first supported language of `X-L`. English if there is none, `None` if the header is malformed.
pub fn language(headers: &HeaderMap) -> Option<Language> {
    let wanted = one(headers, "x-l").ok()?;
    let tags = wanted.split(',').map(|tag| tag.split(';').next().unwrap_or_default());
    Some(Language::negotiate(tags).unwrap_or(Language::ENGLISH))
}

pub(super) fn authorization(headers: &HeaderMap) -> Authorization {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    let Some(first) = first else { return Authorization::Missing };
    let token = first
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned()));
    match (token, second) {
        (_, Some(_)) => Authorization::Repeated,
        (Some(token), None) if !token.is_empty() => Authorization::Bearer(token),
        (_, None) => Authorization::Unusable,
    }
}

/// Returns whether the client prefers a report of every violation (RFC 7240).
pub(super) fn reports_all(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split([',', ';'])).any(|preference| {
        let mut sides = preference.splitn(2, '=').map(|side| side.trim().trim_matches('"'));
        sides.next().is_some_and(|name| name.eq_ignore_ascii_case("report")) && sides.next() == Some("all")
    })
}

/// Returns the key of the client's IP address for rate limits.
///
/// Behind trusted proxies this is the last address in `X-Forwarded-For` that is not a trusted proxy. Entries to its left, and
/// the header `X-device-ip`, are claims of the client.
pub(super) fn client_address(parts: &Parts, trusted: &[IpNet]) -> String {
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let connected = connected.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&connected) {
        return peer_key(connected);
    }
    let values: Vec<&str> =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = connected;
    for hop in values.iter().flat_map(|value| value.split(',')).rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    peer_key(client)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Request};

    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn first_supported_language_is_used() {
        for (value, expected) in [
            ("zh", "zh"),
            ("zh-CN", "zh"),
            ("zh-Hant-TW", "zh-Hant"),
            ("fr, zh-HK;q=0.9, en", "zh-Hant"),
            ("fr, zh;q=0.5, en", "zh"),
            ("EN_us", "en"),
            ("fr", "en"),
            ("", "en"),
        ] {
            assert_eq!(language(&map(&[("x-l", value)])).map(Language::tag), Some(expected), "{value}");
        }
        assert_eq!(language(&map(&[("x-l", "zh"), ("x-l", "en")])), None);
    }

    #[test]
    fn only_a_single_bearer_token_is_accepted() {
        let read = |pairs| authorization(&map(pairs));
        assert_eq!(read(&[]), Authorization::Missing);
        assert_eq!(read(&[("authorization", "bearer a.b.c")]), Authorization::Bearer("a.b.c".into()));
        assert_eq!(read(&[("authorization", "Basic YTpi")]), Authorization::Unusable);
        assert_eq!(read(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]), Authorization::Repeated);
    }

    fn client_behind(connected: &str, forwarded: &'static [&'static str]) -> String {
        let mut request = Request::new(());
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let address: SocketAddr = format!("{connected}:1").parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        client_address(&request.into_parts().0, &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn forwarded_addresses_are_used_only_behind_a_trusted_proxy() {
        assert_eq!(client_behind("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client_behind("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client_behind("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client_behind("10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client_behind("10.0.0.1", &["spoofed"]), "10.0.0.1");
        assert_eq!(client_behind("10.0.0.1", &[]), "10.0.0.1");
    }
}
