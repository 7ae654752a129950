INSERT INTO {table} AS claim (claim_key, fingerprint, state, token, attempt, lease_until, forget_at, changed_at, event_type, error, payload, signature)
VALUES (:key, :fingerprint, 'claimed', :token, 1, {now} + :lease, {now} + :remember, {now}, :event_type, NULL, :payload, :signature)
ON CONFLICT (claim_key) DO UPDATE SET
  fingerprint = excluded.fingerprint,
  state = 'claimed',
  token = excluded.token,
  attempt = CASE WHEN claim.forget_at <= {now} THEN 1 WHEN claim.token = excluded.token AND claim.state = 'failed' AND claim.error IS NULL THEN claim.attempt ELSE claim.attempt + 1 END,
  lease_until = {now} + :lease,
  forget_at = {now} + :remember,
  changed_at = {now},
  event_type = excluded.event_type,
  error = CASE WHEN claim.forget_at <= {now} THEN NULL ELSE claim.error END,
  payload = excluded.payload,
  signature = excluded.signature
WHERE claim.forget_at <= {now}
  OR (claim.fingerprint = excluded.fingerprint AND claim.state <> 'done' AND claim.lease_until <= {now})
RETURNING 'claimed' AS word, attempt AS number
