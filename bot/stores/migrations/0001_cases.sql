CREATE TABLE cases (
    id              INTEGER PRIMARY KEY,
    platform        TEXT NOT NULL,
    workspace       TEXT NOT NULL,
    channel         TEXT NOT NULL,
    message         TEXT NOT NULL,
    version         INTEGER NOT NULL,
    status          TEXT NOT NULL,
    severity_rank   INTEGER NOT NULL,
    opened_at       TEXT NOT NULL,
    wakes_at        TEXT,           -- when a lease or a snooze runs out
    body            TEXT NOT NULL,  -- the rest of the case as JSON
    notice_ref      TEXT NOT NULL DEFAULT '',
    correction_ref  TEXT NOT NULL DEFAULT '',
    UNIQUE (platform, workspace, channel, message)
) STRICT;
CREATE INDEX cases_queue ON cases (status, severity_rank, opened_at);
CREATE INDEX cases_waking ON cases (wakes_at) WHERE wakes_at IS NOT NULL;

CREATE TABLE flag_outcomes (
    case_id       INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    misconception TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    PRIMARY KEY (case_id, misconception)
) STRICT, WITHOUT ROWID;
CREATE INDEX flag_outcomes_by_misconception ON flag_outcomes (misconception, outcome);

CREATE TABLE history (
    id            INTEGER PRIMARY KEY,
    case_id       INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    act           TEXT NOT NULL,
    by_id         TEXT NOT NULL,
    by_name       TEXT NOT NULL,
    at            TEXT NOT NULL,
    detail        TEXT NOT NULL,
    pack_revision TEXT NOT NULL
) STRICT;
CREATE INDEX history_of_case ON history (case_id, id);

CREATE TABLE outbox (
    id       INTEGER PRIMARY KEY,
    case_id  INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    platform TEXT NOT NULL,
    duty     TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at   TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_at, id);

CREATE TABLE cursors (
    platform TEXT NOT NULL,
    channel  TEXT NOT NULL,
    message  TEXT NOT NULL,
    PRIMARY KEY (platform, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE remembered (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
