-- What the register itself is: parties, and the day it was made.
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    party TEXT NOT NULL,
    role TEXT NOT NULL,
    active INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;

-- The last link of every scope's chain of events.
CREATE TABLE chains (scope TEXT PRIMARY KEY, length INTEGER NOT NULL, head TEXT NOT NULL) WITHOUT ROWID;

-- Every change there ever was: only added to.
CREATE TABLE events (
    scope TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    party TEXT NOT NULL,
    action TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    day INTEGER,
    why TEXT NOT NULL,
    content TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
) WITHOUT ROWID;
CREATE INDEX events_by_record ON events (id, version);
CREATE INDEX events_by_time ON events (scope, at);
CREATE INDEX events_by_day ON events (scope, day);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are only added'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are only added'); END;

-- Records as they are now: what the events come to.
CREATE TABLE records (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    version INTEGER NOT NULL,
    since INTEGER,
    begins INTEGER,
    ends INTEGER,
    due INTEGER,
    changed_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- Countries it concerns, in order, with spaces between.
    sides TEXT NOT NULL,
    title_en TEXT,
    title_ko TEXT,
    content TEXT NOT NULL
);
CREATE INDEX records_by_kind ON records (scope, kind, removed, state);
CREATE INDEX records_by_due ON records (scope, removed, open, due);
CREATE INDEX records_by_day ON records (scope, removed, begins);

-- What records say of each other.
CREATE TABLE links (
    scope TEXT NOT NULL,
    source TEXT NOT NULL,
    role TEXT NOT NULL,
    target TEXT NOT NULL,
    came_from INTEGER NOT NULL,
    PRIMARY KEY (source, role, target)
) WITHOUT ROWID;
CREATE INDEX links_by_target ON links (target, scope);

-- What records can be found by.
CREATE TABLE tokens (
    scope TEXT NOT NULL,
    token TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (scope, token, record)
) WITHOUT ROWID;
CREATE INDEX tokens_by_record ON tokens (record);

-- Requests that were answered, so that one sent twice is done once.
CREATE TABLE requests (
    who TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (who, key)
) WITHOUT ROWID;
