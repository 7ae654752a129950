DELETE FROM {table}
WHERE claim_key IN (SELECT claim_key FROM {table} WHERE state IN ('claimed', 'done', 'failed') AND forget_at <= {now} LIMIT :limit)
