-- No arguments.
local kept = redis.call('HMGET', KEYS[1], 'payload', 'signature')
if kept[1] and kept[2] then
  return kept
end
return false
