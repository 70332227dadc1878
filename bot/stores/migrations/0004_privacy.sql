-- Since when nobody needs the words of a closed case; empty once they are gone.
ALTER TABLE cases ADD COLUMN closed_at TEXT;
-- only sqlite
UPDATE cases SET closed_at = coalesce(json_extract(body, '$.decided_at'), opened_at)
WHERE status IN ('upheld', 'dismissed', 'withdrawn', 'message_deleted') AND json_extract(body, '$.text') <> '';
-- end
-- only postgres
UPDATE cases SET closed_at = coalesce(body::json ->> 'decided_at', opened_at)
WHERE status IN ('upheld', 'dismissed', 'withdrawn', 'message_deleted') AND body::json ->> 'text' <> '';
-- end
CREATE INDEX cases_closed ON cases (closed_at) WHERE closed_at IS NOT NULL;

-- The chain of history rows; see bot/core/audit.py. Rows of earlier releases have no link: the chain begins after them.
ALTER TABLE history ADD COLUMN by_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN detail_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN link TEXT NOT NULL DEFAULT '';
CREATE INDEX history_by_person ON history (by_id);
