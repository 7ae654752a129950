-- Arguments: token, remember in milliseconds.
local record, open = KEYS[1], KEYS[2]
local token, remember = ARGV[1], tonumber(ARGV[2])

local old = redis.call('HMGET', record, 'token', 'state', 'attempt', 'fingerprint')
if old[1] ~= token then
  return 0
end
-- Asked again, because the first reply was lost.
if old[2] == 'done' then
  return 1
end
if old[2] ~= 'claimed' then
  return 0
end
-- Deleted and created again: Redis stores a small hash in a third of the space, but not one that was large before.
redis.call('DEL', record)
redis.call('HSET', record, 'fingerprint', old[4], 'state', 'done', 'token', token, 'attempt', old[3], 'lease_until', 0)
redis.call('PEXPIRE', record, remember)
redis.call('ZREM', open, record)
return 1
