-- Visitors of a site, 10,000 of them, at a rate that does not follow how fast the answers come: each connection waits
-- between its requests. Prints one line of JSON.
local PAUSE_MS = tonumber(os.getenv("PAUSE_MS"))
local AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
local asked = 0

function delay()
  return PAUSE_MS
end

function request()
  asked = asked + 1
  local visitor = math.random(0, 9999)
  return wrk.format("GET", "/shop/item-" .. asked % 500 .. "?colour=deep", {
    ["User-Agent"] = AGENT,
    ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ["Accept-Language"] = "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
    ["Cookie"] = "has_js=1; consent=all",
    ["X-Forwarded-For"] = "20.30." .. math.floor(visitor / 250) .. "." .. visitor % 250,
  })
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"wrong":%d,"microseconds":%d,"p50":%d,"p99":%d}\n', summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
