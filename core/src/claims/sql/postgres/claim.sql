WITH claimed AS (
  INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
  SELECT :key, :fingerprint, 'claimed', :token, 1, clock.now + :lease, clock.now + :remember, clock.now, :event_type, NULL, :payload, :signature
  FROM (SELECT {now} AS now) AS clock
  ON CONFLICT (claim_key) DO NOTHING
  RETURNING 'claimed 1 1 1 ' || fingerprint || ' ' || token AS known
)
SELECT known
FROM claimed
UNION ALL
SELECT {row}
FROM {table}
WHERE claim_key = :key
