SELECT
  claim_key,
  event_type,
  CASE
    WHEN state = 'claimed' THEN 'abandoned'
    WHEN lease_until > {now} THEN 'parked'
    WHEN error IS NULL THEN 'abandoned'
    ELSE 'failed'
  END AS reason,
  attempt,
  error,
  {now} - CASE WHEN state = 'claimed' THEN lease_until ELSE changed_at END AS age
FROM {table}
WHERE forget_at > {now}
  AND (
    (state = 'claimed' AND lease_until <= {now})
    OR (state = 'failed' AND (error IS NOT NULL OR changed_at + {grace} <= {now}))
  )
ORDER BY age DESC
LIMIT :limit
