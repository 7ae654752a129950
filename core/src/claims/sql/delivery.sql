SELECT payload, signature FROM {table} WHERE claim_key = :key AND signature IS NOT NULL AND forget_at > {now}
