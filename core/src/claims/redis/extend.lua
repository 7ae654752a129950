-- Arguments: token, lease in milliseconds.
local record, open = KEYS[1], KEYS[2]
local token, lease = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local old = redis.call('HMGET', record, 'token', 'state')
if old[1] ~= token or old[2] ~= 'claimed' then
  return 0
end
redis.call('HSET', record, 'lease_until', now + lease, 'changed_at', now)
if redis.call('PTTL', record) < lease then
  redis.call('PEXPIRE', record, lease)
end
redis.call('ZADD', open, now + lease, record)
return 1
