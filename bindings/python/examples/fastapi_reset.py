"""Forgotten passwords with FastAPI and SQLite: `uvicorn fastapi_reset:app`, with `pip install argon2-cffi fastapi uvicorn`.

    POST /code      {"email": …}                                    sends a code
    POST /password  {"email": …, "code": …, "password": …}          sets the password

The flow decides, and says what to do in effects; `Store.apply` carries all of a list out in one transaction, or none.
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
required = false            # a page for everybody shows one

[reset.code]
bind = ["client"]           # a code works in the app that it was asked for in
""")
CONTRACT = kouling.Contract.built_in("idaas-ciam")
KEYS = reset.CodeKeys(os.urandom(32))  # kept beside the database, where codes shall survive a restart
CALLER = reset.Caller(system="web", fingerprint="-", agent="-", client="portal", registered=True)

SCHEMA = """
CREATE TABLE IF NOT EXISTS account (id TEXT PRIMARY KEY, email TEXT UNIQUE, name TEXT, hash TEXT, set_at INTEGER);
CREATE TABLE IF NOT EXISTS history (number INTEGER PRIMARY KEY, account TEXT, hash TEXT, set_at INTEGER);
CREATE TABLE IF NOT EXISTS challenge
    (number INTEGER PRIMARY KEY, id TEXT UNIQUE, purpose TEXT, address TEXT, account TEXT, requester TEXT,
     record BLOB);
CREATE TABLE IF NOT EXISTS event (key TEXT, at INTEGER);
CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY, address TEXT, text TEXT);
CREATE TABLE IF NOT EXISTS session (account TEXT);
"""


class Store:
    """What the flow asks of a host: see `kouling.reset.Store`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.connect().executescript(SCHEMA)

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)

    def challenge(
        self, purpose: str, channel: str, address: str | None, account: str | None, requester: str
    ) -> reset.Challenge | None:
        column, value = ("account", account) if address is None else ("address", address)
        found = self.connect().execute(
            f"SELECT record FROM challenge WHERE purpose = ? AND requester = ? AND {column} = ? ORDER BY number DESC",
            (purpose, requester, value),
        )
        row = found.fetchone()
        return reset.Challenge.from_bytes(row[0]) if row else None

    def account(self, account: str | None, channel: str, address: str) -> reset.Account | None:
        """The account with this address, and with this identifier where one is named."""
        database = self.connect()
        found = database.execute(
            "SELECT id, name, hash, set_at FROM account WHERE email = ?", (address,)
        ).fetchone()
        if found is None or account not in (None, found[0]):
            return None
        id, name, hash, set_at = found
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
        return argon2.PasswordHasher().hash(password)  # the engine compares with it: no verifier is needed

    def events(self, key: str, since: int = 0) -> list[int]:
        found = self.connect().execute("SELECT at FROM event WHERE key = ? AND at > ?", (key, since))
        return [at for (at,) in found]

    def apply(self, effects: collections.abc.Sequence[reset.Effect]) -> bool:
        database = self.connect()
        database.execute("BEGIN IMMEDIATE")  # who reads to write later waits here
        try:
            done = all(self.carry_out(database, effect) for effect in effects)
            database.execute("COMMIT" if done else "ROLLBACK")
            return done
        finally:
            database.close()  # what was not committed is undone

    def carry_out(self, database: sqlite3.Connection, effect: reset.Effect) -> bool:
        """Does one thing; false where its condition does not hold."""
        now, account = effect.now, effect.account
        match effect.kind:
            case "count":
                return self.count(database, effect)
            case "revoke_challenges":
                return self.change(database, effect, "account = ? OR address = ?", (account, effect.address)) >= 0
            case "store_challenge" if effect.challenge:
                key = (effect.challenge_id, effect.purpose, effect.address, account, effect.requester)
                row = (*key, effect.challenge.to_bytes())
                sql = "INSERT INTO challenge (id, purpose, address, account, requester, record) VALUES (?, ?, ?, ?, ?, ?)"
                database.execute(sql, row)
            case "send_code":
                text = f"Your code is {effect.code}."
                database.execute("INSERT INTO outbox (address, text) VALUES (?, ?)", (effect.address, text))
            case "reserve_submission":
                return self.change_one(database, effect)
            case "release_count":
                sql = "DELETE FROM event WHERE rowid = (SELECT rowid FROM event WHERE key = ? AND at = ?)"
                database.execute(sql, (effect.key, now))
            case "consume_challenge":
                return self.change_one(database, effect)
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
        now, most, seconds = effect.now or 0, effect.most or 0, effect.seconds or 0
        sql = "SELECT count(*) FROM event WHERE key = ? AND at > ?"
        (counted,) = database.execute(sql, (effect.key, now - seconds)).fetchone()
        if counted < most:
            database.execute("INSERT INTO event VALUES (?, ?)", (effect.key, now))
        return counted < most

    def change(
        self, database: sqlite3.Connection, effect: reset.Effect, where: str, values: tuple[str | None, ...]
    ) -> int:
        """Challenges as they are after an effect: how many have changed."""
        changed = 0
        for number, record in database.execute(
            f"SELECT number, record FROM challenge WHERE {where}", values
        ).fetchall():
            if after := reset.Challenge.from_bytes(record).after(effect):
                database.execute("UPDATE challenge SET record = ? WHERE number = ?", (after.to_bytes(), number))
                changed += 1
        return changed

    def change_one(self, database: sqlite3.Connection, effect: reset.Effect) -> bool:
        return self.change(database, effect, "id = ?", (effect.challenge_id,)) == 1


store = Store(os.environ.get("RESET_DATABASE", "reset.sqlite3"))
app = fastapi.FastAPI()


class Wanted(pydantic.BaseModel):
    email: str


class Submission(Wanted):
    code: pydantic.SecretStr
    password: pydantic.SecretStr


def answer(step: reset.Step, request: fastapi.Request) -> fastapi.Response:
    refused = step.answer(CONTRACT, request.headers.get("accept-language", "en"))
    return refuse(refused) if refused else fastapi.responses.JSONResponse({"code": "ok"})


def refuse(refused: collections.abc.Mapping[str, typing.Any]) -> fastapi.Response:
    told = {"code": refused["code"], "message": refused["message"]}
    wait = refused["retry_after"]
    headers = None if wait is None else {"Retry-After": str(wait)}
    return fastapi.responses.JSONResponse(told, refused["status"], headers)


@app.exception_handler(fastapi.exceptions.RequestValidationError)
def malformed(_: fastapi.Request, __: Exception) -> fastapi.Response:
    """FastAPI's own answer repeats what was sent, a password too."""
    return refuse(CONTRACT.answer("host.malformed"))


@app.post("/code")
def code(wanted: Wanted, request: fastapi.Request) -> fastapi.Response:
    peer = request.client.host if request.client else "0.0.0.0"
    sending = reset.Sending(POLICY, caller=CALLER, address=wanted.email, peer=peer)
    known = store.account(None, "email", sending.address) if sending.address else None
    account = (known.id, sending.address) if known and sending.address else None
    events = {key: store.events(key) for key, *_ in sending.budgets(known.id if known else None)}
    step = sending.decide(KEYS, account=account, events=events, now=time.time())
    if not store.apply(step.effects) and step:
        return refuse(CONTRACT.answer("host.limit_reached"))  # somebody else was counted in between
    return answer(step, request)


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
    return answer(reset.run(redemption, store), request)
