"""Mail over STARTTLS and over TLS, to a server whose certificate is verified."""

import ssl

import pytest
import trustme
from aiosmtpd.controller import Controller
from conftest import Caller, Mailbox, Server, code_in, parts


@pytest.fixture
def authority():
    return trustme.CA()


def context(authority, name="127.0.0.1"):
    peer = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(peer)
    return peer


def ask(tmp_path, monkeypatch, authority, scheme, box):
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    server = Server(tmp_path / "data", "--smtp", f"{scheme}://127.0.0.1:{box.port}", "--from", "kouling@example.org")
    try:
        assert Caller(server).ask_for_code().status_code == 200
        return server, box.wait_for(1)
    finally:
        server.stop()


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_code_is_sent_encrypted(tmp_path, monkeypatch, authority, scheme):
    box = Mailbox()
    if scheme == "smtps":
        tls = {"ssl_context": context(authority)}
    else:
        tls = {"tls_context": context(authority), "require_starttls": True}
    box.controller = Controller(box, hostname="127.0.0.1", port=box.port, **tls)
    box.controller.start()
    try:
        _, (_, content) = ask(tmp_path, monkeypatch, authority, scheme, box)
        assert len(code_in(parts(content)[1])) == 6
    finally:
        box.controller.stop()


def test_mail_server_with_an_untrusted_certificate_gets_nothing(tmp_path, monkeypatch, authority):
    """The certificate is issued by another authority: the code waits, and the response is the same."""
    box = Mailbox()
    box.controller = Controller(
        box, hostname="127.0.0.1", port=box.port, tls_context=context(trustme.CA()), require_starttls=True
    )
    box.controller.start()
    try:
        with pytest.raises(AssertionError, match="0 of 1 mails arrived"):
            box.wait_for = lambda count, seconds=4: Mailbox.wait_for(box, count, seconds)
            ask(tmp_path, monkeypatch, authority, "smtp+starttls", box)
        assert not box.messages
    finally:
        box.controller.stop()
