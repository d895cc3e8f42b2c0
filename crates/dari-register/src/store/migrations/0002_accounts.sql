-- How users prove who they are to the server. The same for both storages; no part of the audit trail or of backups. Of every secret only a fingerprint is kept.

CREATE TABLE accounts (name TEXT PRIMARY KEY, password TEXT NOT NULL);

-- A code with which a user sets a password, once.
CREATE TABLE invitations (code TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, until BIGINT NOT NULL);

-- Wrong passwords of late, of names that are there and of names that are not.
CREATE TABLE sign_in_failures (name TEXT PRIMARY KEY, failures BIGINT NOT NULL, until BIGINT NOT NULL);

CREATE TABLE sessions (secret TEXT PRIMARY KEY, name TEXT NOT NULL, until BIGINT NOT NULL, ends BIGINT NOT NULL);
CREATE INDEX sessions_by_name ON sessions (name);

CREATE TABLE access_tokens (
    secret TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    about TEXT NOT NULL,
    writes BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX access_tokens_by_name ON access_tokens (name);
