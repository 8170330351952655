"""A reset over HTTP as a client of the contract does it: captcha, mail, code, refusals, sign-in."""

import base64
import re
import urllib.parse

from conftest import EMAIL, OLD_PASSWORD, Caller, code_in, error, parts

NEW_PASSWORD = "Wander-7-heron"


def test_new_password_replaces_the_old_one(server, mailbox):
    client = Caller(server)
    assert client.sign_in(OLD_PASSWORD).json()["status"] == "SUCCESS"
    sent = client.ask_for_code()
    assert (sent.status_code, sent.json()) == (200, {})
    assert sent.headers["Retry-After"] == "60"
    recipients, content = mailbox.wait_for(1)
    assert recipients == [EMAIL]
    message, text, html = parts(content)
    code = code_in(text)
    assert code in html
    assert message["To"] == EMAIL

    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    assert error(client.redeem(wrong, NEW_PASSWORD)) == (400, "IDAAS.SDK.CAPTCHA.0007")
    # The code remains valid until a password is accepted.
    for refused, expected in [
        ("short1A", "IDAAS.SDK.PWD.0007"),
        ("abcdefghijk", "IDAAS.SDK.PWD.0004"),
        ("Heeeeeron-7", "IDAAS.SDK.PWD.0006"),
        ("Nasgnahz-77", "IDAAS.SDK.PWD.0002"),
        ("Zhangsan-77", "IDAAS.SDK.PWD.0003"),
        ("Password-1", "IDAAS.SDK.PWD.0005"),
        (OLD_PASSWORD, "IDAAS.SDK.PWD.0001"),
    ]:
        assert error(client.redeem(code, refused)) == (400, expected), refused
    done = client.redeem(code, NEW_PASSWORD)
    assert (done.status_code, done.json()) == (200, {})
    assert done.headers["content-type"].startswith("application/json")

    assert error(client.sign_in(OLD_PASSWORD))[0] == 400
    for name in ["zhangsan", EMAIL, "15200000000"]:
        signed_in = client.sign_in(NEW_PASSWORD, name).json()
        assert signed_in["status"] == "SUCCESS" and signed_in["expire"] == 432000, name
    assert error(client.redeem(code, "Another-8-heron")) == (400, "IDAAS.SDK.CAPTCHA.0007")
    # A notice is sent.
    _, notice = mailbox.wait_for(2)
    _, text, _ = parts(notice)
    assert code not in text and "http" not in text


def test_messages_are_in_chinese_on_request(server, mailbox):
    client = Caller(server, language="zh-CN")
    assert client.ask_for_code().status_code == 200
    _, content = mailbox.wait_for(1)
    _, text, _ = parts(content)
    assert "验证码" in text
    code = code_in(text)
    short = client.redeem(code, "a1B").json()
    assert short == {"error_code": "IDAAS.SDK.PWD.0007", "error_msg": "密码长度为8~64个字符"}
    name = client.redeem(code, "Zhang.San-2026").json()
    assert name["error_msg"] == "密码中不允许包含：用户名、手机号、邮箱前缀、姓名拼音"
    assert client.redeem(code, NEW_PASSWORD).status_code == 200


def test_known_and_unknown_addresses_get_the_same_response(server, mailbox):
    known = Caller(server).ask_for_code()
    unknown = Caller(server).ask_for_code("nobody@example.org")
    same = ["status_code", "text"]
    assert [getattr(known, field) for field in same] == [getattr(unknown, field) for field in same]
    strip = lambda response: {k: v for k, v in response.headers.items() if k.lower() not in ("date", "x-request-id")}
    assert strip(known) == strip(unknown)
    mailbox.wait_for(2)
    unknown_mail = next(content for to, content in mailbox.messages if to == ["nobody@example.org"])
    client = Caller(server)
    assert error(client.redeem(code_in(parts(unknown_mail)[1]), NEW_PASSWORD, "nobody@example.org")) == (
        400,
        "IDAAS.SDK.USER.0001",
    )
    assert error(client.redeem("000000", NEW_PASSWORD, "nobody@example.org"))[1] == "IDAAS.SDK.CAPTCHA.0007"


def test_inv09_no_request_header_reaches_a_mail(server, mailbox):
    """Six variants of Host and Forwarded give mails that differ only in code, date and identifier."""
    bodies = []
    for number, headers in enumerate(
        [
            {},
            {"Host": "evil.example"},
            {"Forwarded": "host=evil.example;proto=https"},
            {"X-Forwarded-Host": "evil.example"},
            {"X-Forwarded-Proto": "gopher"},
            {"X-Forwarded-For": "203.0.113.9", "X-device-ip": "203.0.113.9"},
        ]
    ):
        client = Caller(server)
        client.session.headers.update(headers)
        address = f"reader{number}@example.org"
        assert client.ask_for_code(address).status_code == 200
        mailbox.wait_for(number + 1)
        content = next(content for to, content in mailbox.messages if to == [address]).decode()
        assert "evil" not in content and "gopher" not in content
        message, text, html = parts(content.encode())
        text = text.replace(code_in(text), "CODE").replace(address, "ADDRESS")
        html = html.replace(code_in(html), "CODE").replace(address, "ADDRESS")
        bodies.append((sorted(set(message.keys())), message["From"], message["Subject"], text, html))
    assert all(body == bodies[0] for body in bodies)


def test_refusing_mail_server_changes_no_response_and_loses_no_code(server, mailbox):
    mailbox.refuses = True
    sent = Caller(server).ask_for_code()
    assert (sent.status_code, sent.json()) == (200, {})
    assert server.stop() == 0, server.logged()
    assert not mailbox.messages
    mailbox.refuses = False
    server.start()
    _, content = mailbox.wait_for(1, seconds=60)
    client = Caller(server)
    assert client.redeem(code_in(parts(content)[1]), NEW_PASSWORD).status_code == 200


def test_inv14_no_secret_is_written(server, mailbox):
    """No file, log line or metric contains a canary in any encoding."""
    client = Caller(server)
    client.ask_for_code()
    code = code_in(parts(mailbox.wait_for(1)[1])[1])
    canary = "Canary-zq8-wxv"
    refused = "aaaaaaCanary-zq9"
    assert error(client.redeem(code, refused))[1] == "IDAAS.SDK.PWD.0006"
    assert client.redeem(code, canary).status_code == 200
    client.sign_in(canary)
    metrics = client.session.get(f"{server.url}/metrics", timeout=10).text
    mailbox.wait_for(2)
    assert server.stop() == 0
    written = [server.logged().encode(), metrics.encode()]
    written += [path.read_bytes() for path in server.data.rglob("*") if path.is_file()]
    for secret in (canary, refused):
        raw = secret.encode()
        for form in (raw, base64.b64encode(raw), raw.hex().encode(), urllib.parse.quote(secret).encode()):
            assert not any(form in text for text in written), form
    stored = b"".join(written)
    assert not re.search(rb"(?<!\d)" + code.encode() + rb"(?!\d)", stored)
