UPDATE {table}
SET
  state = 'done',
  lease_until = 0,
  forget_at = {now} + :remember,
  changed_at = {now},
  error = NULL,
  payload = NULL,
  signature = NULL
WHERE claim_key = :key AND forget_at > {now} AND (state = 'failed' OR (state = 'claimed' AND lease_until <= {now}))
