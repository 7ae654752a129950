UPDATE {table}
SET
  forget_at = CASE WHEN forget_at > {now} + :lease THEN forget_at ELSE {now} + :lease END,
  lease_until = {now} + :lease,
  changed_at = {now}
WHERE claim_key = :key AND token = :token AND state = 'claimed' AND forget_at > {now}
