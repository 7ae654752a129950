CREATE TABLE IF NOT EXISTS {table} (
  claim_key TEXT NOT NULL PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('claimed', 'done', 'failed')),
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  forget_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  error TEXT,
  payload BLOB,
  signature TEXT
)
