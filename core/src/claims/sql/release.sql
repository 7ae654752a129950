UPDATE {table}
SET
  state = 'failed',
  lease_until = 0,
  forget_at = {now} + :remember,
  changed_at = {now},
  error = :error
WHERE claim_key = :key AND token = :token AND state = 'claimed' AND forget_at > {now}
