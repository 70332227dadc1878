-- Processes that share the store. Each counts its beat up; whose beat stands still is dead, and what it held is free.
CREATE TABLE workers (
    id   TEXT PRIMARY KEY,
    beat INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What only one process may do at a time, such as being connected to a platform.
CREATE TABLE leases (
    name   TEXT PRIMARY KEY,
    worker TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which process does this duty now.
ALTER TABLE outbox ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_of_case ON outbox (case_id);
