-- How flags of each misconception ended, counted as it happens: with a million cases, counting anew takes too long.
CREATE TABLE outcome_counts (
    misconception TEXT PRIMARY KEY,
    upheld        INTEGER NOT NULL DEFAULT 0,
    decided       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO outcome_counts (misconception, upheld, decided)
    SELECT misconception, count(*) FILTER (WHERE outcome = 'upheld'), count(*)
    FROM flag_outcomes WHERE outcome <> 'pending' GROUP BY misconception;
DROP INDEX flag_outcomes_by_misconception;

-- The queue is read status by status, each in order; ending with the number, so that nothing is left to sort.
DROP INDEX cases_queue;
CREATE INDEX cases_queue ON cases (status, severity_rank, opened_at, id);

-- Corrections of the last hours in one channel, without looking at all of the years before.
ALTER TABLE cases ADD COLUMN decided_at TEXT;
-- only sqlite
UPDATE cases SET decided_at = json_extract(body, '$.decided_at') WHERE json_extract(body, '$.decided_at') IS NOT NULL;
-- end
-- only postgres
UPDATE cases SET decided_at = body::jsonb ->> 'decided_at' WHERE body::jsonb ->> 'decided_at' IS NOT NULL;
-- end
DROP INDEX cases_corrected;
CREATE INDEX cases_corrected ON cases (platform, workspace, channel, decided_at) WHERE correction_link <> '';

DROP INDEX cases_by_age;
CREATE INDEX cases_by_age ON cases (opened_at, id);
