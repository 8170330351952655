"""Invalid input gets its code, and the server continues."""

import http.client
import json
import urllib.parse

import pytest
from conftest import EMAIL, Caller, error

UPDATE = "/api/v2/sdk/pwd/update-by-email"
GOOD = {"email": EMAIL, "verify_code": "123456", "password": "Wander-7-heron"}


def raw(server, method, path, body=b"", headers=()):
    """Send a request with exactly these headers, including repeated ones."""
    address = urllib.parse.urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders()
        try:
            connection.send(body)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered before the body was sent completely
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"{}")
    finally:
        connection.close()


def headers(server, *more, without=()):
    present = [(k, v) for k, v in Caller(server).session.headers.items() if k.lower().startswith(("x-", "content-type"))]
    return [(k, v) for k, v in present if k.lower() not in without] + list(more)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b'{"email": "15200000000@qq.com", "verify_code": "1", "password": "x"} trailing',
        b'{"email": ["15200000000@qq.com", "evil@example.org"], "verify_code": "123456", "password": "x"}',
        b'{"email": "15200000000@qq.com", "verify_code": 123456, "password": "x"}',
        b'{"email": "15200000000@qq.com", "verify_code": "123456", "password": {"a": 1}}',
        b'{"email": "a@b.c", "email": "15200000000@qq.com", "verify_code": "123456", "password": "x"}',
        b'{"email": "15200000000@qq.com", "verify_code": "123456", "password": "\xff\xfe"}',
        b'{"email": "15200000000@qq.com", "verify_code": "123456", "password": "\\ud800"}',
        b'{"email": "15200000000@qq.com\\u0000", "verify_code": "123456", "password": "x"}',
        b'{"email": "15200000000@qq.com", "verify_code": "123456", "password": "a\\u0000b"}',
        b"[" * 20000 + b"]" * 20000,
    ],
)
def test_malformed_body_is_refused(server, body):
    status, answer = raw(server, "POST", UPDATE, body, headers(server))
    assert (status, answer.get("error_code")) == (400, "IDAAS.SDK.PARAM.9001"), body[:80]
    assert set(answer) == {"error_code", "error_msg"}


def test_every_protocol_error_has_its_code(server):
    body = json.dumps(GOOD).encode()
    for expected, call in {
        (413, "IDAAS.SDK.PARAM.9013"): ("POST", UPDATE, b'{"password":"' + b"x" * (10 << 20) + b'"}', headers(server)),
        (415, "IDAAS.SDK.PARAM.9015"): (
            "POST", UPDATE, body, headers(server, ("content-type", "text/plain"), without=("content-type",)),
        ),
        (404, "IDAAS.SDK.PARAM.9004"): ("POST", "/api/v2/sdk/pwd/no-such-call", body, headers(server)),
        (405, "IDAAS.SDK.PARAM.9005"): ("GET", UPDATE, b"", headers(server)),
        (400, "IDAAS.SDK.PARAM.0001"): ("POST", UPDATE, body, headers(server, without=("x-agent",))),
        (400, "IDAAS.SDK.PARAM.0002"): ("POST", UPDATE, body, headers(server, without=("x-client-id",))),
        (400, "IDAAS.SDK.PARAM.0003"): (
            "POST", UPDATE, body, headers(server, ("X-client-id", "nobody"), without=("x-client-id",)),
        ),
    }.items():
        status, answer = raw(server, *call)
        assert (status, answer["error_code"]) == expected
        assert set(answer) == {"error_code", "error_msg"}


@pytest.mark.parametrize("name", ["X-client-id", "X-device-fingerprint", "X-L", "Authorization", "content-type"])
def test_repeated_header_is_refused(server, name):
    good = dict(headers(server)) | {"Authorization": "Bearer x"}
    status, answer = raw(server, "POST", UPDATE, json.dumps(GOOD).encode(), headers(server, *[(name, good[name])] * 2))
    assert status in (400, 415) and answer["error_code"].startswith("IDAAS.SDK.PARAM."), answer


def test_charset_parameter_is_accepted(server):
    client = Caller(server)
    client.session.headers["content-type"] = "application/json; charset=utf-8"
    assert error(client.redeem("123456", "Wander-7-heron")) == (400, "IDAAS.SDK.CAPTCHA.0007")


def test_server_continues_after_errors(server):
    test_every_protocol_error_has_its_code(server)
    assert Caller(server).sign_in("Kouling-demo-2026").status_code == 200
    assert server.process.poll() is None
