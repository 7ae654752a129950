-- Arguments: token, remember in milliseconds.
local record, open = KEYS[1], KEYS[2]
local token, remember = ARGV[1], tonumber(ARGV[2])

local old = redis.call('HMGET', record, 'token', 'state')
if old[1] ~= token then
  return 0
end
-- Asked again, because the first answer was lost.
if old[2] == 'done' then
  return 1
end
if old[2] ~= 'claimed' then
  return 0
end
redis.call('HSET', record, 'state', 'done', 'lease_until', 0)
redis.call('HDEL', record, 'event_type', 'error', 'changed_at', 'payload', 'signature')
redis.call('PEXPIRE', record, remember)
redis.call('ZREM', open, record)
return 1
