-- How users prove who they are to the server. The same for both storages; no part of the audit trail or of backups. Of secrets only a fingerprint is kept, but for the
-- second factor: its codes are made of it.

-- A second factor is asked for once it was confirmed; the last step of time whose code was used is not good again.
CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    second_factor TEXT,
    proposed_factor TEXT,
    last_step BIGINT NOT NULL DEFAULT 0
);

-- Who a provider of identities says somebody is.
CREATE TABLE identities (issuer TEXT NOT NULL, subject TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (issuer, subject), UNIQUE (issuer, name));

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
