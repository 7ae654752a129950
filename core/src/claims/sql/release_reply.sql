SELECT 1 AS held FROM {table} WHERE claim_key = :key AND token = :token AND state = 'failed' AND forget_at > {now}
