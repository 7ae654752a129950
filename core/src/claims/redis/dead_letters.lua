-- Arguments: how many at most; on a cluster, the names of lists, each in the slot after that of the one before, of which KEYS[2] is the first.
local limit = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local letters = {}

-- Adds at most `limit` letters of a list. The records that it names are in its slot. False if another node has the list.
local function read_list(open, call)
  local read, added = 0, 0
  while added < limit do
    local records = call('ZRANGEBYSCORE', open, '-inf', now, 'LIMIT', read, limit)
    if records.err then
      return false
    end
    if #records == 0 then
      break
    end
    for _, record in ipairs(records) do
      local old = redis.call('HMGET', record, 'event_type', 'state', 'attempt', 'error', 'changed_at', 'lease_until')
      if old[2] == 'failed' or old[2] == 'claimed' then
        read = read + 1
        if added < limit then
          added = added + 1
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
  return true
end

read_list(KEYS[2], redis.call)
if ARGV[2] == '' then
  return letters
end
local lists = 1
for open in string.gmatch(ARGV[2], ' (%S+)') do
  if #letters >= limit or not read_list(open, redis.pcall) then
    break
  end
  lists = lists + 1
end
letters[#letters + 1] = lists
return letters
