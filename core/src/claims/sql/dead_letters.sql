SELECT
  claim_key,
  event_type,
  CASE WHEN state = 'claimed' THEN 'abandoned' WHEN lease_until > {now} THEN 'parked' ELSE 'failed' END AS reason,
  attempt,
  error,
  {now} - CASE WHEN state = 'claimed' THEN lease_until ELSE changed_at END AS age
FROM {table}
WHERE state <> 'done' AND (lease_until <= {now} OR state = 'failed') AND forget_at > {now}
ORDER BY age DESC
LIMIT :limit
