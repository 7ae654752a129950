-- Arguments: remember in milliseconds.
local record, open = KEYS[1], KEYS[2]
local remember = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local old = redis.call('HMGET', record, 'state', 'lease_until', 'fingerprint', 'attempt', 'token')
if old[1] ~= 'failed' and not (old[1] == 'claimed' and tonumber(old[2]) <= now) then
  return 0
end
redis.call('DEL', record)
redis.call('HSET', record, 'fingerprint', old[3], 'state', 'done', 'token', old[5], 'attempt', old[4], 'lease_until', 0)
redis.call('PEXPIRE', record, remember)
redis.call('ZREM', open, record)
return 1
