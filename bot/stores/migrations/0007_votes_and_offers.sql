-- Whether answers were useful: one row for each voter and topic. `voter` is a keyed hash, never an id.
CREATE TABLE votes (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    topic     TEXT NOT NULL,
    voter     TEXT NOT NULL,
    useful    INTEGER NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, topic, voter)
) STRICT, WITHOUT ROWID;

-- When a topic was last offered in a channel.
CREATE TABLE offers (
    platform TEXT NOT NULL,
    channel  TEXT NOT NULL,
    topic    TEXT NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (platform, channel, topic)
) STRICT, WITHOUT ROWID;

-- The queue and the numbers of one workspace among several.
CREATE INDEX cases_queue_of ON cases (platform, workspace, status, severity_rank, opened_at, id);
CREATE INDEX cases_by_age_of ON cases (platform, workspace, opened_at, id);
