SELECT 1 AS held FROM {table} WHERE claim_key = :key AND token = :token AND state = 'claimed' AND forget_at > {now}
