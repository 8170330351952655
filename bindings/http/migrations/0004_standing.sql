-- Accounts over time: expiry, failed sign-ins, temporary passwords and inactivity.
ALTER TABLE accounts ADD COLUMN last_use INTEGER;
ALTER TABLE accounts ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1));
ALTER TABLE accounts ADD COLUMN is_temporary INTEGER NOT NULL DEFAULT 0 CHECK (is_temporary IN (0, 1));
ALTER TABLE accounts ADD COLUMN temporary_used INTEGER NOT NULL DEFAULT 0 CHECK (temporary_used IN (0, 1));
-- The digest of the policy that accepted the password, in hexadecimal digits.
ALTER TABLE accounts ADD COLUMN accepted_under TEXT;
ALTER TABLE accounts ADD COLUMN grace_used INTEGER NOT NULL DEFAULT 0;

-- Consecutive failed sign-ins. `subject` is an account or, so that unknown names behave alike, the hash of a name. The
-- network is empty for all unknown networks together.
CREATE TABLE sign_in_failures (
    subject TEXT NOT NULL,
    network TEXT NOT NULL,
    count   INTEGER NOT NULL,
    newest  INTEGER,
    PRIMARY KEY (subject, network)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failures_by_age ON sign_in_failures (newest);

-- The networks from which the owner of an account has signed in.
CREATE TABLE known_networks (
    account  TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    network  TEXT NOT NULL,
    last_use INTEGER NOT NULL,
    PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;

-- A session that can only change the password: it has no id token.
ALTER TABLE sessions ADD COLUMN only_change INTEGER NOT NULL DEFAULT 0 CHECK (only_change IN (0, 1));
