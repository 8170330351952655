-- A message is claimed before it is sent, so that no two workers or processes send it. `claim` names the claim and
-- `claimed_until` ends it: a crashed worker's message becomes due again.
ALTER TABLE outbox ADD COLUMN claim TEXT;
ALTER TABLE outbox ADD COLUMN claimed_until INTEGER;
DROP INDEX outbox_by_due;
CREATE INDEX outbox_by_attempts ON outbox (state, channel, attempts, due);

-- The row that the readiness check writes.
CREATE TABLE readiness (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    checked INTEGER NOT NULL
) STRICT;

ALTER TABLE clients RENAME COLUMN made TO created;
ALTER TABLE captchas RENAME COLUMN made TO created;
ALTER TABLE sessions RENAME COLUMN made TO created;
ALTER TABLE sessions RENAME COLUMN dies TO expires;
ALTER TABLE outbox RENAME COLUMN made TO created;
ALTER TABLE outbox RENAME COLUMN dies TO expires;
-- When an event has left every window that it was counted for.
ALTER TABLE events RENAME COLUMN leaves TO expires;
