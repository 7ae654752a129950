SELECT {row} FROM {table} WHERE claim_key = :key
