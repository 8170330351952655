"""Forgotten passwords with FastAPI and SQLite: `uvicorn fastapi_reset:app`, with `pip install argon2-cffi fastapi uvicorn`.

    POST /code      {"email": …}                                    sends a code
    POST /password  {"email": …, "code": …, "password": …}          sets the password

The flow decides and returns effects. `Store.apply` applies all effects of a list in one transaction, or none.
"""

from __future__ import annotations

import collections.abc
import os
import sqlite3
import time
import typing

import argon2
import fastapi
import fastapi.exceptions
import fastapi.responses
import pydantic

import kouling
from kouling import reset

POLICY = kouling.Policy.parse("""
format  = 1
extends = ["standard"]

[reset.captcha]
required = false            # a public page should require one

[reset.code]
bind = ["client"]           # a code is only valid in the app that requested it
""")
CONTRACT = kouling.Contract.built_in("idaas-ciam")
# A service with several processes needs the same key in all of them: load it from a secret store. A random key also
# invalidates all codes at a restart.
KEYS = reset.CodeKeys(os.urandom(32))
CALLER = reset.Caller(system="web", fingerprint="-", agent="-", client="portal", registered=True)

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, email TEXT UNIQUE, name TEXT, hash TEXT, set_at INTEGER);
CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY, account TEXT, hash TEXT, set_at INTEGER);
CREATE TABLE IF NOT EXISTS challenge
    (number INTEGER PRIMARY KEY, id TEXT UNIQUE, purpose TEXT, address TEXT, account TEXT, requester TEXT, record BLOB);
CREATE TABLE IF NOT EXISTS event (key TEXT, at INTEGER);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY, address TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS session (account TEXT);
"""


class Store:
    """Implements `kouling.reset.Store`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connect().executescript(SCHEMA)

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)

    def challenge(
        self, purpose: str, channel: str, address: str | None, account: str | None, requester: str
    ) -> reset.Challenge | None:
        column, value = ("account", account) if address is None else ("address", address)
        sql = f"SELECT record FROM challenge WHERE purpose = ? AND requester = ? AND {column} = ? ORDER BY number DESC"
        row = self.connect().execute(sql, (purpose, requester, value)).fetchone()
        return reset.Challenge.from_bytes(row[0]) if row else None

    def account(self, account: str | None, channel: str, address: str) -> reset.Account | None:
        """Return the account with this address, and with this identifier if it is not None."""
        database = self.connect()
        row = database.execute(
            "SELECT id, name, hash, set_at FROM account WHERE email = ?", (address,)
        ).fetchone()
        if row is None or account not in (None, row[0]):
            return None
        id, name, hash, set_at = row
        replaced = database.execute(
            "SELECT hash, set_at FROM history WHERE account = ? ORDER BY number DESC LIMIT 24", (id,)
        )
        return reset.Account(
            id,
            user={"username": id, "name": name, "email": address},
            previous=[(hash, set_at), *replaced],
            password_set=set_at,
        )

    def hash(self, password: str) -> str:
        return argon2.PasswordHasher().hash(password)  # the engine supports this format, so no verifier is needed

    def events(self, key: str, since: int = 0) -> list[int]:
        rows = self.connect().execute("SELECT at FROM event WHERE key = ? AND at > ?", (key, since))
        return [at for (at,) in rows]

    def apply(self, effects: collections.abc.Sequence[reset.Effect]) -> bool:
        database = self.connect()
        database.execute("BEGIN IMMEDIATE")  # lock before the first read: conditions stay true until the commit
        try:
            applied = all(self.apply_one(database, effect) for effect in effects)
            database.execute("COMMIT" if applied else "ROLLBACK")
            return applied
        finally:
            database.close()  # rolls back after an exception

    def apply_one(self, database: sqlite3.Connection, effect: reset.Effect) -> bool:
        """Apply an effect. Returns False if its condition does not hold."""
        now, account = effect.now, effect.account
        match effect.kind:
            case "count":
                return self.count(database, effect)
            case "revoke_challenges":
                self.update_challenges(database, effect, "account = ? OR address = ?", (account, effect.address))
            case "store_challenge" if effect.challenge:
                sql = """INSERT INTO challenge (id, purpose, address, account, requester, record)
                    VALUES (?, ?, ?, ?, ?, ?)"""
                key = (effect.challenge_id, effect.purpose, effect.address, account, effect.requester)
                database.execute(sql, (*key, effect.challenge.to_bytes()))
            case "send_code":
                text = f"Your code is {effect.code}."
                database.execute("INSERT INTO outbox (address, text) VALUES (?, ?)", (effect.address, text))
            case "reserve_submission" | "consume_challenge":
                return self.update_challenges(database, effect, "id = ?", (effect.challenge_id,)) == 1
            case "release_count":
                sql = "DELETE FROM event WHERE rowid = (SELECT rowid FROM event WHERE key = ? AND at = ?)"
                database.execute(sql, (effect.key, now))
            case "require_current":
                row = database.execute("SELECT hash FROM account WHERE id = ?", (account,)).fetchone()
                return row is not None and row[0] == effect.hash
            case "set_password":
                sql = (
                    "INSERT INTO history (account, hash, set_at) SELECT id, hash, set_at FROM account WHERE id = ?"
                )
                database.execute(sql, (account,))
                sql = "UPDATE account SET hash = ?, set_at = ? WHERE id = ?"
                return database.execute(sql, (effect.hash, now, account)).rowcount == 1
            case "revoke_sessions":
                database.execute("DELETE FROM session WHERE account = ?", (account,))
            case "notify":
                sql = "INSERT INTO outbox (address, text) SELECT email, ? FROM account WHERE id = ?"
                database.execute(sql, ("Your password was changed.", account))
            case "audit":
                print(f"{now} {effect.event} {account or '-'}")
            case unknown:
                raise NotImplementedError(unknown)
        return True

    def count(self, database: sqlite3.Connection, effect: reset.Effect) -> bool:
        now, max_events, seconds = effect.now or 0, effect.max_events or 0, effect.seconds or 0
        sql = "SELECT count(*) FROM event WHERE key = ? AND at > ?"
        (counted,) = database.execute(sql, (effect.key, now - seconds)).fetchone()
        if counted < max_events:
            database.execute("INSERT INTO event VALUES (?, ?)", (effect.key, now))
        return counted < max_events

    def update_challenges(
        self, database: sqlite3.Connection, effect: reset.Effect, where: str, values: tuple[str | None, ...]
    ) -> int:
        """Apply an effect to the selected challenges. Returns the number of challenges that were updated."""
        updated = 0
        rows = database.execute(f"SELECT number, record FROM challenge WHERE {where}", values).fetchall()
        for number, record in rows:
            if after := reset.Challenge.from_bytes(record).after(effect):
                database.execute("UPDATE challenge SET record = ? WHERE number = ?", (after.to_bytes(), number))
                updated += 1
        return updated


store = Store(os.environ.get("RESET_DATABASE", "reset.sqlite3"))
app = fastapi.FastAPI()


class CodeRequest(pydantic.BaseModel):
    email: str


class Submission(CodeRequest):
    code: pydantic.SecretStr
    password: pydantic.SecretStr


def step_response(step: reset.Step, request: fastapi.Request) -> fastapi.Response:
    refusal = step.response(CONTRACT, request.headers.get("accept-language", "en"))
    return refusal_response(refusal) if refusal else fastapi.responses.JSONResponse({"code": "ok"})


def refusal_response(refusal: collections.abc.Mapping[str, typing.Any]) -> fastapi.Response:
    body = {"code": refusal["code"], "message": refusal["message"]}
    retry_after = refusal["retry_after"]
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    return fastapi.responses.JSONResponse(body, refusal["status"], headers)


@app.exception_handler(fastapi.exceptions.RequestValidationError)
def malformed(_: fastapi.Request, __: Exception) -> fastapi.Response:
    """Replace FastAPI's own response, which contains the request body with the password."""
    return refusal_response(CONTRACT.response("host.malformed"))


@app.post("/code")
def code(wanted: CodeRequest, request: fastapi.Request) -> fastapi.Response:
    peer = request.client.host if request.client else "0.0.0.0"
    sending = reset.Sending(POLICY, caller=CALLER, address=wanted.email, peer=peer)
    account = store.account(None, "email", sending.address) if sending.address else None
    events = {key: store.events(key) for key, *_ in sending.budgets(account.id if account else None)}
    recipient = (account.id, sending.address) if account and sending.address else None
    step = sending.decide(KEYS, account=recipient, events=events, now=time.time())
    if not store.apply(step.effects) and step:
        # Another request was counted in the meantime.
        return refusal_response(CONTRACT.response("host.limit_reached"))
    return step_response(step, request)


@app.post("/password")
def password(submission: Submission, request: fastapi.Request) -> fastapi.Response:
    redemption = reset.Redemption(
        POLICY,
        KEYS,
        caller=CALLER,
        address=submission.email,
        code=submission.code.get_secret_value(),
        password=submission.password.get_secret_value(),
    )
    return step_response(reset.run(redemption, store), request)
