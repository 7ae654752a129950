SELECT RELEASE_LOCK(CONCAT('payvost_webhooks ', LEFT(SHA2(CONCAT('{table} ', :key), 256), 40))) AS released
