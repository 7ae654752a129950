SELECT GET_LOCK(CONCAT('payvost_webhooks ', LEFT(SHA2(CONCAT('{table} ', :key), 256), 40)), 0) AS held
