-- Arguments: how many at most. The records are named by the list, and both are on the same server.
local open, limit = KEYS[2], tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local letters, read = {}, 0
while #letters < limit do
  local records = redis.call('ZRANGEBYSCORE', open, '-inf', now, 'LIMIT', read, limit)
  if #records == 0 then
    break
  end
  for _, record in ipairs(records) do
    local old = redis.call('HMGET', record, 'event_type', 'state', 'attempt', 'error', 'changed_at', 'lease_until')
    if old[2] == 'failed' or old[2] == 'claimed' then
      read = read + 1
      if #letters < limit then
        local is_failed = old[2] == 'failed'
        local reason, since = is_failed and 'failed' or 'abandoned', tonumber(is_failed and old[5] or old[6])
        letters[#letters + 1] = { record, old[1], reason, tonumber(old[3]), old[4] or '', now - since }
      end
    else
      -- It has expired or is done.
      redis.call('ZREM', open, record)
    end
  end
end
return letters
