WITH lock AS (
  SELECT pg_try_advisory_xact_lock(hashtextextended('{table} ' || :key, 0)) AS held
),
claimed AS (
  INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
  SELECT :key, :fingerprint, 'claimed', :token, 1, clock.now + :lease, clock.now + :remember, clock.now, :event_type, NULL, :payload, :signature
  FROM (SELECT {now} AS now) AS clock, lock
  WHERE lock.held
  ON CONFLICT (claim_key) DO NOTHING
  RETURNING 'claimed 1 1 1 ' || fingerprint || ' ' || token AS known
)
SELECT known, 1 AS held
FROM claimed
UNION ALL
SELECT {row}, CASE WHEN lock.held THEN 1 ELSE 0 END
FROM {table}, lock
WHERE claim_key = :key
