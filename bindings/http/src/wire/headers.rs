//! The headers of a request. One that comes twice is refused: choosing among them is how two servers in a row come to
//! see two different requests.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, header, request::Parts};
use ipnet::IpNet;
use kouling::Language;
use kouling::flow::{Caller, Device, peer_key};

use super::{Authorization, MALFORMED, Problem};

/// No header that we keep may be longer, in bytes.
const LONGEST: usize = 1024;

/// The one value of a header, empty when it is missing.
fn one(headers: &HeaderMap, name: &str) -> Result<String, Problem> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    let text = std::str::from_utf8(first.map_or(b"", |value| value.as_bytes())).map_err(|_| MALFORMED)?;
    if second.is_some() || text.len() > LONGEST { Err(MALFORMED) } else { Ok(text.to_owned()) }
}

/// Who calls. Whether the client is registered is not known yet.
pub(super) fn caller(headers: &HeaderMap) -> Result<Caller, Problem> {
    let device = Device {
        system: one(headers, "x-operating-sys-version")?,
        fingerprint: one(headers, "x-device-fingerprint")?,
        agent: one(headers, "x-agent")?,
    };
    one(headers, "x-device-ip")?;
    Ok(Caller { device, client: one(headers, "x-client-id")?, client_is_registered: false })
}

/// The first language of `X-L` that we have; English when there is none of it, `None` when the header is malformed.
pub fn language(headers: &HeaderMap) -> Option<Language> {
    let wanted = one(headers, "x-l").ok()?;
    let tags = wanted.split(',').map(|tag| tag.split(';').next().unwrap_or_default().trim());
    let known = tags.map(|tag| (tag, Language::from_tag(tag))).find(|(tag, language)| {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        primary.eq_ignore_ascii_case(language.tag())
    });
    Some(known.map_or(Language::ENGLISH, |(_, language)| language))
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

/// Whether the client prefers (RFC 7240) to be told every violation.
pub(super) fn reports_all(headers: &HeaderMap) -> bool {
    let preferences = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    preferences.flat_map(|value| value.split([',', ';'])).any(|preference| {
        let mut sides = preference.splitn(2, '=').map(|side| side.trim().trim_matches('"'));
        sides.next().is_some_and(|name| name.eq_ignore_ascii_case("report")) && sides.next() == Some("all")
    })
}

/// The peer's key. Behind trusted proxies the peer is the last address in `X-Forwarded-For` that is none of theirs;
/// what stands further left was written by whoever called, and `X-device-ip` always was.
pub(super) fn peer(parts: &Parts, trusted: &[IpNet]) -> String {
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let connected = connected.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&connected) {
        return peer_key(connected);
    }
    let values: Vec<&str> =
        parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut peer = connected;
    for hop in values.iter().flat_map(|value| value.split(',')).rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        peer = address.to_canonical();
        if !is_trusted(&peer) {
            break;
        }
    }
    peer_key(peer)
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
    fn the_first_language_that_we_have_is_taken() {
        for (value, expected) in [
            ("zh", "zh"),
            ("zh-Hant-TW", "zh"),
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
    fn only_one_bearer_is_a_bearer() {
        let read = |pairs| authorization(&map(pairs));
        assert_eq!(read(&[]), Authorization::Missing);
        assert_eq!(read(&[("authorization", "bearer a.b.c")]), Authorization::Bearer("a.b.c".into()));
        assert_eq!(read(&[("authorization", "Basic YTpi")]), Authorization::Unusable);
        assert_eq!(read(&[("authorization", "Bearer a"), ("authorization", "Bearer a")]), Authorization::Repeated);
    }

    fn seen(connected: &str, forwarded: &'static [&'static str]) -> String {
        let mut request = Request::new(());
        for value in forwarded {
            request.headers_mut().append("x-forwarded-for", HeaderValue::from_static(value));
        }
        let address: SocketAddr = format!("{connected}:1").parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(address));
        peer(&request.into_parts().0, &["10.0.0.0/8".parse().unwrap()])
    }

    #[test]
    fn forwarded_addresses_count_only_behind_a_trusted_proxy() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["spoofed"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
