SELECT
  CASE
    WHEN state = 'done' THEN 'done'
    WHEN state = 'claimed' AND token = :token THEN 'claimed'
    WHEN SUBSTR(token, 1, 32) = :ticket THEN 'in_progress'
    ELSE 'lost'
  END AS word,
  CASE WHEN token = :token THEN attempt ELSE lease_until - {now} END AS number
FROM {table}
WHERE claim_key = :key AND forget_at > {now}
