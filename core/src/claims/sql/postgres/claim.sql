WITH claimed AS (
  INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
  VALUES (:key, :fingerprint, 'claimed', :token, 1, {now} + :lease, {now} + :remember, {now}, :event_type, NULL, :payload, :signature)
  ON CONFLICT (claim_key) DO NOTHING
  RETURNING 'claimed 1 1 1 ' || fingerprint || ' ' || token AS known
)
SELECT COALESCE((SELECT known FROM claimed), (SELECT {row} FROM {table} WHERE claim_key = :key), '') AS known
