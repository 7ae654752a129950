DELETE FROM {table}
WHERE claim_key IN (SELECT claim_key FROM {table} WHERE forget_at <= {now} ORDER BY forget_at LIMIT :limit)
