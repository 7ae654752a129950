UPDATE {table}
SET
  attempt = CASE WHEN forget_at <= {now} THEN 1 WHEN token = :token AND state = 'failed' AND error IS NULL THEN attempt ELSE attempt + 1 END,
  error = CASE WHEN forget_at <= {now} THEN NULL ELSE error END,
  fingerprint = :fingerprint,
  state = 'claimed',
  token = :token,
  lease_until = {now} + :lease,
  forget_at = {now} + :remember,
  changed_at = {now},
  event_type = :event_type,
  payload = :payload,
  signature = :signature
WHERE claim_key = :key
  AND (forget_at <= {now} OR (fingerprint = :fingerprint AND state <> 'done' AND lease_until <= {now}))
