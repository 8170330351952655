-- Attributes of accounts, by which a policy set selects a policy. An attribute can have several values. An empty value states
-- that the account does not have the attribute; without a row, that is unknown.
CREATE TABLE account_attributes (
    account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (account, name, value)
) STRICT, WITHOUT ROWID;

-- The policy or policy set of an app: the name of a preset, or an absolute path. NULL if it has the server's.
ALTER TABLE clients ADD COLUMN policy TEXT;
