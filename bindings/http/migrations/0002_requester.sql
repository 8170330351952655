-- A code belongs to the client and device that requested it. The stored form of a challenge has a new version, so
-- the codes in use when the server is upgraded are invalid; users request new ones.

UPDATE outbox SET state = 'dropped', sealed = NULL WHERE state = 'waiting' AND challenge IS NOT NULL;
DROP TABLE challenges;

-- `record` is the engine's own form. The other columns hold what changes of it or what it is looked up by, and they
-- are authoritative. `requester` identifies the client and device that the code is bound to.
CREATE TABLE challenges (
    entry            INTEGER PRIMARY KEY NOT NULL,
    id               TEXT NOT NULL UNIQUE,
    purpose          TEXT NOT NULL,
    channel          TEXT NOT NULL,
    address          TEXT NOT NULL,
    account          TEXT,
    requester        TEXT NOT NULL,
    record           BLOB NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('valid', 'used', 'revoked')),
    submissions_left INTEGER NOT NULL CHECK (submissions_left >= 0),
    expires          INTEGER NOT NULL
) STRICT;
CREATE INDEX challenges_by_address ON challenges (address, requester, purpose);
CREATE INDEX challenges_by_account ON challenges (account, requester, purpose);
CREATE INDEX challenges_by_expiry ON challenges (expires);
