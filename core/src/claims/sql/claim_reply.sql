SELECT
  CASE
    WHEN fingerprint <> :fingerprint THEN 'conflict'
    WHEN state = 'done' THEN 'done'
    WHEN state = 'claimed' AND token = :token THEN 'claimed'
    WHEN state = 'failed' AND lease_until > {now} THEN 'parked'
    ELSE 'in_progress'
  END AS word,
  CASE WHEN state = 'claimed' AND token = :token THEN attempt ELSE lease_until - {now} END AS number
FROM {table}
WHERE claim_key = :key AND forget_at > {now}
