-- Page views or contact forms, no two the same. KIND says which; prints one line of JSON.
local kind = os.getenv("KIND")
local agents = {
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
}
local words = {}
for word in ("the library opens at nine on every day of the week and members may stay until late in the evening our new reading room has space for forty people with a view of the garden children are welcome"):gmatch("%a+") do
  words[#words + 1] = word
end

local function text(count, seed, blank)
  local chosen = {}
  for i = 1, count do chosen[i] = words[(seed * 7 + i * i + i * seed) % #words + 1] end
  return table.concat(chosen, blank)
end

local number = 0
function request()
  number = number + 1
  local headers = {
    ["Host"] = "www.example.org",
    ["User-Agent"] = agents[number % #agents + 1],
    ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    ["Accept-Language"] = "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7",
    ["Accept-Encoding"] = "gzip, deflate, br, zstd",
    ["Referer"] = "https://www.example.org/topics/gardening?page=" .. number % 50,
    ["Cookie"] = "SESSb5f2=k3Jx0aQm5hB7c" .. number % 1000 .. "; has_js=1; consent=all",
    ["Cache-Control"] = "max-age=0",
    ["Upgrade-Insecure-Requests"] = "1",
  }
  if kind == "get" then
    local query = "utm_source=newsletter&utm_medium=email&page=" .. number % 9 .. "&sort=changed&order=desc&keys="
      .. text(3, number, "+") .. "&field_topic=gardening&items_per_page=25"
    return wrk.format("GET", "/node/" .. number % 9000 .. "?" .. query, headers)
  end
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  local body = "name=" .. text(2, number, "+") .. "&mail=visitor" .. number .. "%40example.org&subject=" .. text(6, number + 1, "+")
    .. "&message=" .. text(170, number + 2, "+") .. "&form_build_id=form-k3Jx0aQm5hB7c" .. number
    .. "&form_id=contact_message_feedback_form&op=Send+message"
  return wrk.format("POST", "/form/contact", headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"refused":%d,"broken":%d,"microseconds":%d,"p50":%d,"p99":%d}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
