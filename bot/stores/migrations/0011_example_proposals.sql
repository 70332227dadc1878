-- AUTOINCREMENT: a number is never used again, or an old button would approve other words than its admin has read.
-- Words of decided cases that wait for an admin, who decides whether they become an example in the content.
CREATE TABLE proposals (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id       INTEGER NOT NULL REFERENCES cases (id),
    misconception TEXT NOT NULL,
    label         TEXT NOT NULL,
    body          TEXT NOT NULL,
    by_id         TEXT NOT NULL,
    by_name       TEXT NOT NULL,
    at            TEXT NOT NULL,
    UNIQUE (case_id, misconception)
) STRICT;
