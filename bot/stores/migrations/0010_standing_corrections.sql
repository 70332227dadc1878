-- Corrections that stand, newest first, to find those whose content has changed since.
CREATE INDEX cases_standing ON cases (id) WHERE correction_ref <> '';
