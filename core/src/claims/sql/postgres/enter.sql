WITH lock AS (
  SELECT pg_try_advisory_xact_lock(hashtextextended('{table} ' || :key, 0)) AS held
),
claimed AS (
  INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
  SELECT :key, :fingerprint, 'claimed', :token, 1, {now} + :lease, {now} + :remember, {now}, :event_type, NULL, :payload, :signature
  FROM lock
  WHERE held
  ON CONFLICT (claim_key) DO NOTHING
  RETURNING 'claimed 1 1 1 ' || fingerprint || ' ' || token AS known
)
SELECT
  COALESCE((SELECT known FROM claimed), (SELECT {row} FROM {table} WHERE claim_key = :key), '') AS known,
  (SELECT CASE WHEN held THEN 1 ELSE 0 END FROM lock) AS held
