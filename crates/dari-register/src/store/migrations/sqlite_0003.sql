-- What the balance counts of a record, beside its content, so that nobody has to read it out of the content again: who gives (the side that sends, of an exchange), the side
-- that hosts, money, the value of what is given in kind.
ALTER TABLE records ADD COLUMN giver TEXT;
ALTER TABLE records ADD COLUMN host_side TEXT;
ALTER TABLE records ADD COLUMN currency TEXT;
ALTER TABLE records ADD COLUMN amount REAL NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN value_currency TEXT;
ALTER TABLE records ADD COLUMN value_amount REAL NOT NULL DEFAULT 0;
UPDATE records SET giver = json_extract(content, '$.home'), host_side = json_extract(content, '$.host_side') WHERE kind = 'exchange';
UPDATE records SET giver = json_extract(content, '$.side'),
    currency = json_extract(content, '$.money.currency'), amount = coalesce(json_extract(content, '$.money.amount'), 0),
    value_currency = json_extract(content, '$.value.currency'), value_amount = coalesce(json_extract(content, '$.value.amount'), 0)
WHERE kind = 'contribution';

-- The balance, what is open, what is found, in its order: without the records themselves.
CREATE INDEX records_given ON records (scope, kind, state, giver, host_side, currency, value_currency, amount, value_amount, begins, ends, id)
    WHERE removed = 0 AND kind IN ('exchange', 'contribution');
CREATE INDEX records_open ON records (scope, removed, open, sides, kind, state, since, due, id) WHERE removed = 0 AND open = 1;
CREATE INDEX records_found ON records (key, begins, id, kind) WHERE removed = 0;
