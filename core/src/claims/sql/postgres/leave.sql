UPDATE {table}
SET
  state = 'done',
  lease_until = 0,
  forget_at = {now} + :remember,
  changed_at = {now},
  error = NULL,
  payload = NULL,
  signature = NULL
WHERE claim_key = :key AND token = :token AND state = 'claimed' AND xmin = CAST(CAST(MOD(txid_current(), 4294967296) AS text) AS xid)
RETURNING 1 AS held
