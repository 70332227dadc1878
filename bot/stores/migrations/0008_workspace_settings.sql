-- What administrators chose in chat for their server: JSON with the keys of config/bot.yaml, and nothing about members.
CREATE TABLE workspace_settings (
    platform  TEXT NOT NULL,
    workspace TEXT NOT NULL,
    body      TEXT NOT NULL,
    at        TEXT NOT NULL,
    PRIMARY KEY (platform, workspace)
) STRICT, WITHOUT ROWID;
