INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
VALUES (:key, :fingerprint, 'claimed', :token, 1, {now} + :lease, {now} + :remember, {now}, :event_type, NULL, :payload, :signature)
ON DUPLICATE KEY UPDATE claim_key = claim_key
/*M!100500 RETURNING {row} */
