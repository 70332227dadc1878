ALTER TABLE cases ADD COLUMN author_id TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN folded_into INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN correction_link TEXT NOT NULL DEFAULT '';
-- only sqlite
UPDATE cases SET author_id = json_extract(body, '$.author.id');
-- end
CREATE INDEX cases_same_text ON cases (fingerprint) WHERE fingerprint <> '';
CREATE INDEX cases_of_author ON cases (platform, workspace, author_id);
CREATE INDEX cases_corrected ON cases (platform, workspace, channel) WHERE correction_link <> '';
CREATE INDEX cases_folded ON cases (folded_into) WHERE folded_into <> 0;
CREATE INDEX cases_by_notice ON cases (platform, notice_ref);
CREATE INDEX cases_by_age ON cases (opened_at);
CREATE INDEX history_by_time ON history (at);

-- Messages with the same text as one that has a case already.
CREATE TABLE repeats (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    message   TEXT NOT NULL,
    case_id   INTEGER NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    PRIMARY KEY (platform, workspace, channel, message)
) STRICT, WITHOUT ROWID;

-- Who reported which message, so that nobody reports one twice or too many in a short time.
CREATE TABLE reports (
    platform    TEXT NOT NULL,
    workspace   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    message     TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    at          TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, channel, message, reporter_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reports_by_reporter ON reports (platform, workspace, reporter_id, at);
