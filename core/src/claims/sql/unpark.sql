UPDATE {table} SET lease_until = 0 WHERE claim_key = :key AND state = 'failed' AND lease_until > {now} AND forget_at > {now}
