DELETE FROM {table}
WHERE state IN ('claimed', 'done', 'failed') AND forget_at <= {now}
ORDER BY state, forget_at
LIMIT :limit
