INSERT INTO {table} (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
VALUES (:key, :fingerprint, 'claimed', :token, 1, {now} + :lease, {now} + :remember, {now}, :event_type, NULL, :payload, :signature)
ON DUPLICATE KEY UPDATE
  attempt = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), IF(forget_at <= {now}, 1, IF(token = VALUES(token) AND state = 'failed' AND error IS NULL, attempt, attempt + 1)), attempt),
  error = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), IF(forget_at <= {now}, NULL, error), error),
  token = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(token), token),
  changed_at = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(changed_at), changed_at),
  event_type = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(event_type), event_type),
  payload = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(payload), payload),
  signature = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(signature), signature),
  fingerprint = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(fingerprint), fingerprint),
  state = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(state), state),
  forget_at = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(forget_at), forget_at),
  lease_until = IF(forget_at <= {now} OR (fingerprint = VALUES(fingerprint) AND state <> 'done' AND lease_until <= {now}), VALUES(lease_until), lease_until)
