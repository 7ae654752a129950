SELECT GET_LOCK(CONCAT('payvost_webhooks ', LEFT(SHA2(:key, 256), 40)), 0) AS held
