INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, changed_at, lease_until, forget_at, event_type, error, payload, signature)
VALUES (:key, :fingerprint, 'claimed', :token, 1, {now}, changed_at + :lease, changed_at + :remember, :event_type, NULL, :payload, :signature)
ON DUPLICATE KEY UPDATE claim_key = claim_key
/*M!100500 RETURNING {row} */
