-- What the server remembers. Moments are whole seconds since 1970-01-01T00:00:00Z.

CREATE TABLE clients (
    id   TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    made INTEGER NOT NULL
) STRICT;

-- `username`, `email` and `phone` are as on record: what mails go to and what the password rules are told. The `_key`
-- columns are the same as they are compared, so that two accounts never meet in one identifier.
CREATE TABLE accounts (
    id            TEXT PRIMARY KEY NOT NULL,
    username      TEXT NOT NULL,
    username_key  TEXT NOT NULL UNIQUE,
    name          TEXT,
    phone         TEXT,
    phone_key     TEXT UNIQUE,
    email         TEXT,
    email_key     TEXT UNIQUE,
    language      TEXT,
    password_hash TEXT,
    password_set  INTEGER,
    is_active     INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1))
) STRICT;

CREATE TABLE password_history (
    entry    INTEGER PRIMARY KEY NOT NULL,
    account  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    hash     TEXT NOT NULL,
    was_set  INTEGER,
    replaced INTEGER NOT NULL
) STRICT;
CREATE INDEX password_history_by_account ON password_history (account, entry DESC);

-- `record` is the engine's own form. What changes of it stands in the columns, and they are the truth.
CREATE TABLE challenges (
    entry            INTEGER PRIMARY KEY NOT NULL,
    id               TEXT NOT NULL UNIQUE,
    purpose          TEXT NOT NULL,
    channel          TEXT NOT NULL,
    address          TEXT NOT NULL,
    account          TEXT,
    record           BLOB NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('live', 'consumed', 'killed')),
    submissions_left INTEGER NOT NULL CHECK (submissions_left >= 0),
    dies             INTEGER NOT NULL
) STRICT;
CREATE INDEX challenges_by_address ON challenges (address, purpose);
CREATE INDEX challenges_by_account ON challenges (account, purpose);
CREATE INDEX challenges_by_death ON challenges (dies);

CREATE TABLE captchas (
    token      TEXT PRIMARY KEY NOT NULL,
    answer     TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    made       INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'solved', 'used')),
    sender     TEXT,
    point      TEXT
) STRICT;
CREATE INDEX captchas_by_age ON captchas (made);

-- Counted events: what limits look at. `leaves` is when an event has left every window it was counted for.
CREATE TABLE events (
    entry  INTEGER PRIMARY KEY NOT NULL,
    key    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    leaves INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_key ON events (key, at);
CREATE INDEX events_by_leaving ON events (leaves);

-- The token itself is not here: a copied database opens no session.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    account    TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    client     TEXT NOT NULL,
    made       INTEGER NOT NULL,
    dies       INTEGER NOT NULL,
    is_revoked INTEGER NOT NULL DEFAULT 0 CHECK (is_revoked IN (0, 1))
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_death ON sessions (dies);

-- Messages on their way. `sealed` is a code encrypted with a key that is not in this file; it is wiped when the message
-- was delivered, died, or the code did.
CREATE TABLE outbox (
    id        TEXT PRIMARY KEY NOT NULL,
    kind      TEXT NOT NULL CHECK (kind IN ('code', 'changed')),
    channel   TEXT NOT NULL,
    recipient TEXT NOT NULL,
    language  TEXT NOT NULL,
    purpose   TEXT,
    challenge TEXT,
    sealed    BLOB,
    made      INTEGER NOT NULL,
    dies      INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    attempts  INTEGER NOT NULL DEFAULT 0,
    state     TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'dropped'))
) STRICT;
CREATE INDEX outbox_by_due ON outbox (state, due);
CREATE INDEX outbox_by_challenge ON outbox (challenge);

CREATE TABLE audit (
    entry   INTEGER PRIMARY KEY NOT NULL,
    at      INTEGER NOT NULL,
    event   TEXT NOT NULL,
    purpose TEXT NOT NULL,
    channel TEXT,
    account TEXT
) STRICT;
CREATE INDEX audit_by_account ON audit (account, at);
