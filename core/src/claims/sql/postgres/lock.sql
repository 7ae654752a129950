SELECT CASE WHEN pg_try_advisory_xact_lock(hashtextextended('{table} ' || :key, 0)) THEN 1 ELSE 0 END AS held
