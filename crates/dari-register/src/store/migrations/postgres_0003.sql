-- What the balance counts of a record, beside its content, so that nobody has to read it out of the content again: who gives (the side that sends, of an exchange), the side
-- that hosts, money, the value of what is given in kind.
ALTER TABLE records
    ADD COLUMN giver TEXT COLLATE "C", ADD COLUMN host_side TEXT COLLATE "C",
    ADD COLUMN currency TEXT COLLATE "C", ADD COLUMN amount DOUBLE PRECISION NOT NULL DEFAULT 0,
    ADD COLUMN value_currency TEXT COLLATE "C", ADD COLUMN value_amount DOUBLE PRECISION NOT NULL DEFAULT 0;
-- A record with the letter 0 in a text, which PostgreSQL does not read out of JSON, gets them when it is next written.
UPDATE records SET giver = content::jsonb ->> 'home', host_side = content::jsonb ->> 'host_side' WHERE kind = 'exchange' AND strpos(content, '\u0000') = 0;
UPDATE records SET giver = content::jsonb ->> 'side',
    currency = content::jsonb #>> '{money,currency}', amount = coalesce((content::jsonb #>> '{money,amount}')::double precision, 0),
    value_currency = content::jsonb #>> '{value,currency}', value_amount = coalesce((content::jsonb #>> '{value,amount}')::double precision, 0)
WHERE kind = 'contribution' AND strpos(content, '\u0000') = 0;

-- The balance, what is open, what is found, in its order: without the records themselves.
CREATE INDEX records_given ON records (scope, kind, state, giver, host_side, currency, value_currency, amount, value_amount, begins, ends, id)
    WHERE removed = 0 AND kind IN ('exchange', 'contribution');
CREATE INDEX records_open ON records (scope, removed, open, sides, kind, state, since, due, id) WHERE removed = 0 AND open = 1;
CREATE INDEX records_found ON records (key, begins, id, kind) WHERE removed = 0;
