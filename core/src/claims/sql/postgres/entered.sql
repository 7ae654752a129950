SELECT 1 AS held
FROM {table}
WHERE claim_key = :key AND token = :token AND state = 'claimed' AND xmin = CAST(CAST(MOD(txid_current(), 4294967296) AS text) AS xid)
