CREATE TABLE IF NOT EXISTS {table} (
  claim_key text PRIMARY KEY,
  fingerprint text NOT NULL,
  state text NOT NULL,
  token text NOT NULL,
  attempt integer NOT NULL,
  lease_until bigint NOT NULL,
  forget_at bigint NOT NULL,
  changed_at bigint NOT NULL,
  event_type text NOT NULL,
  error text,
  payload bytea,
  signature text
)
