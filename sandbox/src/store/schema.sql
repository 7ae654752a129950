-- Times are in milliseconds since the Unix epoch.

CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT NOT NULL UNIQUE,
    url             TEXT NOT NULL,
    events          TEXT NOT NULL,              -- a JSON array of patterns
    description     TEXT,
    metadata        TEXT,                       -- a JSON object
    enabled         INTEGER NOT NULL DEFAULT 1,
    secret          TEXT NOT NULL,
    rotations       INTEGER NOT NULL DEFAULT 0,
    previous_secret TEXT,
    previous_until  INTEGER,
    failing_since   INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    deleted_at      INTEGER
) STRICT;

CREATE TABLE events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL,
    type       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    payload    BLOB NOT NULL                    -- the bytes that are signed and sent
) STRICT;

CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE INDEX events_by_time ON events (created_at);

-- Short names of types, for the indexes of deliveries.
CREATE TABLE event_types (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
) STRICT;

-- One event for one webhook.
CREATE TABLE deliveries (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    event     INTEGER NOT NULL,
    webhook   INTEGER NOT NULL,
    type      INTEGER NOT NULL,                 -- of event_types
    state     INTEGER NOT NULL DEFAULT 0,       -- 0 pending, 1 delivered, 2 failed
    attempts  INTEGER NOT NULL DEFAULT 0,       -- how many have ended, resends among them
    scheduled INTEGER NOT NULL DEFAULT 0,       -- how many of them were scheduled
    due_at    INTEGER NOT NULL,                 -- when the next scheduled one is due
    resends   INTEGER NOT NULL DEFAULT 0        -- how many were asked for and have not ended
) STRICT;

-- What is left to deliver.
CREATE INDEX deliveries_open ON deliveries (webhook) WHERE state = 0 OR resends > 0;
-- For pages, in the order of numbers.
CREATE INDEX deliveries_by_state ON deliveries (state, type);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook, state, type);
CREATE INDEX deliveries_by_event ON deliveries (event);

-- One attempt to deliver. A row exists once the attempt has begun.
CREATE TABLE attempts (
    number           INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery         INTEGER NOT NULL,
    webhook          INTEGER NOT NULL,
    attempt          INTEGER NOT NULL,          -- 1 for the first
    status           INTEGER NOT NULL DEFAULT 0, -- 0 pending, 1 succeeded, 2 failed
    resend           INTEGER NOT NULL DEFAULT 0, -- 1 where somebody asked for it
    signature        TEXT NOT NULL,
    attempted_at     INTEGER NOT NULL,
    next_attempt_at  INTEGER,
    duration_ms      INTEGER,
    response_code    INTEGER,
    response_headers TEXT,                      -- a JSON object
    response_body    TEXT,
    error            TEXT
) STRICT;

-- A page far behind the first is counted off in the index alone.
CREATE INDEX attempts_by_webhook ON attempts (webhook, number, status);
-- Most attempts succeed: those that do not are found without reading the rest.
CREATE INDEX attempts_unfinished ON attempts (webhook, status, number) WHERE status <> 1;
CREATE INDEX attempts_by_delivery ON attempts (delivery, attempt);

CREATE TABLE idempotency_keys (
    key     TEXT PRIMARY KEY,
    request TEXT NOT NULL,                      -- a digest of path and body
    body    TEXT NOT NULL                       -- of the answer, whose status was 200
) STRICT, WITHOUT ROWID;
