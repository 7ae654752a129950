UPDATE {table}
SET
  state = 'failed',
  lease_until = {now} + :remember,
  forget_at = {now} + :remember,
  changed_at = {now},
  error = 'TransactionCommitted'
WHERE claim_key = :key AND token = :token AND state = 'claimed'
