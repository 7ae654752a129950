UPDATE {table}
SET
  attempt = CASE WHEN state = 'claimed' AND token IN (:ticket, :token) THEN attempt ELSE attempt + 1 END,
  state = 'claimed',
  token = :token,
  lease_until = {now} + :lease,
  forget_at = CASE WHEN forget_at > {now} + :remember THEN forget_at ELSE {now} + :remember END,
  changed_at = {now}
WHERE claim_key = :key
  AND forget_at > {now}
  AND state <> 'done'
  AND ((state = 'claimed' AND token IN (:ticket, :token)) OR (SUBSTR(token, 1, 32) = :ticket AND lease_until <= {now}))
