"""Invariants 3 and 4 on the real store, with threads and with two server processes on one data folder."""

from concurrent.futures import ThreadPoolExecutor

from conftest import EMAIL, OLD_PASSWORD, Caller, Server, code_in, parts

CONCURRENT = 64


def concurrently(count, work):
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


def test_inv03_one_code_sets_one_password_once(server, mailbox):
    second = Server(server.data, *server.arguments[4:-1])
    try:
        assert Caller(server).ask_for_code().status_code == 200
        code = code_in(parts(mailbox.wait_for(1)[1])[1])
        callers = [Caller([server, second][number % 2]) for number in range(CONCURRENT)]
        wanted = [f"Heron-{number}-wader" for number in range(CONCURRENT)]
        answers = concurrently(CONCURRENT, lambda number: callers[number].redeem(code, wanted[number]))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(200) == 1, statuses
        assert all(status in (200, 400, 429, 503) for status in statuses), statuses
        winner = statuses.index(200)
        assert callers[0].sign_in(wanted[winner]).status_code == 200
        (set_count,) = server.row("SELECT count(*) FROM audit WHERE event = 'password.set'")
        assert set_count == 1
        (stored,) = server.row("SELECT count(*) FROM password_history")
        assert stored == 1
    finally:
        assert second.stop() == 0


def test_inv04_wrong_codes_are_counted_before_comparison(server, mailbox):
    second = Server(server.data, *server.arguments[4:-1])
    try:
        assert Caller(server).ask_for_code().status_code == 200
        code = code_in(parts(mailbox.wait_for(1)[1])[1])
        wrong = [str((int(code) + 1 + number) % 1_000_000).zfill(6) for number in range(CONCURRENT)]
        callers = [Caller([server, second][number % 2]) for number in range(CONCURRENT)]
        answers = concurrently(CONCURRENT, lambda number: callers[number].redeem(wrong[number], "Heron-7-wader"))
        assert {answer.json()["error_code"] for answer in answers} <= {"IDAAS.SDK.CAPTCHA.0007", "IDAAS.SDK.COM.9003"}
        # Five were compared; the budget is used, and the correct code is no longer accepted.
        (counted,) = server.row("SELECT count(*) FROM events WHERE key LIKE 'wrong:%:by:%'")
        assert counted == 5
        assert Caller(server).redeem(code, "Heron-7-wader").json()["error_code"] == "IDAAS.SDK.CAPTCHA.0007"
        # The owner still signs in.
        assert Caller(server).sign_in(OLD_PASSWORD).status_code == 200
    finally:
        assert second.stop() == 0
