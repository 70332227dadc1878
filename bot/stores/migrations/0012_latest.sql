-- The latest that moderators decided, newest first, also among very many.
CREATE INDEX cases_latest ON cases (platform, workspace, (coalesce(decided_at, opened_at)), id);
