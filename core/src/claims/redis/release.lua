-- Arguments: token, remember in milliseconds, the kind of error.
local record, open = KEYS[1], KEYS[2]
local token, remember = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local old = redis.call('HMGET', record, 'token', 'state')
if old[1] ~= token then
  return 0
end
-- Asked again, because the first reply was lost.
if old[2] == 'failed' then
  return 1
end
if old[2] ~= 'claimed' then
  return 0
end
redis.call('HSET', record, 'state', 'failed', 'lease_until', 0, 'changed_at', now, 'error', ARGV[3])
redis.call('PEXPIRE', record, remember)
redis.call('ZADD', open, now, record)
return 1
