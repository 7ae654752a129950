DELETE FROM {table}
WHERE claim_key = ANY (ARRAY(
  SELECT expired.claim_key
  FROM (VALUES (0), (1)) AS states (is_open), LATERAL (
    SELECT claim_key
    FROM {table}
    WHERE {is_open} = states.is_open AND forget_at <= (SELECT {now})
    ORDER BY forget_at
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
  ) AS expired
  LIMIT :limit
))
