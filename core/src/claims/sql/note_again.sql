UPDATE {table}
SET
  attempt = CASE WHEN forget_at <= {now} THEN 1 ELSE attempt + 1 END,
  fingerprint = :fingerprint,
  state = 'failed',
  token = :token,
  lease_until = 0,
  forget_at = {now} + :remember,
  changed_at = {now},
  event_type = :event_type,
  error = NULL,
  payload = :payload,
  signature = :signature
WHERE claim_key = :key
  AND (forget_at <= {now} OR (fingerprint = :fingerprint AND state <> 'done' AND lease_until <= {now}))
