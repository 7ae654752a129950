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
WHERE {open}
  AND forget_at > {now}
  AND SUBSTR(claim_key, 1, LENGTH(:open_key) - 5) = SUBSTR(:open_key, 1, LENGTH(:open_key) - 5)
  AND (
    SUBSTR(claim_key, LENGTH(:open_key) - 4, 1) = {colon}
    OR (SUBSTR(claim_key, LENGTH(:open_key) - 4, 5) = '-test' AND SUBSTR(claim_key, LENGTH(:open_key) + 1, 1) = {colon})
  )
  AND (
    (state = 'claimed' AND lease_until <= {now})
    OR (state = 'failed' AND (error IS NOT NULL OR changed_at + {grace} <= {now}))
  )
ORDER BY age DESC
LIMIT :limit
