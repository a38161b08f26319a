-- A page view as a browser sends it: about 530 bytes of headers and a query of 128 bytes. Prints one line of JSON.
wrk.method = "GET"
wrk.path = "/node/4711?" .. "utm_source=newsletter&utm_medium=email&utm_campaign=spring-2026&page=2&sort=changed"
  .. "&order=desc&field_topic=gardening&items_per_page=25"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
wrk.headers["Accept-Language"] = "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"
wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
wrk.headers["Referer"] = "https://www.example.org/topics/gardening"
wrk.headers["Cookie"] = "SESSb5f2=k3Jx0aQm5hB7cY1d; has_js=1; consent=all"
wrk.headers["Cache-Control"] = "max-age=0"
wrk.headers["Upgrade-Insecure-Requests"] = "1"

local size = os.getenv("ANSWER_SIZE")
if size == "20k" then wrk.path = "/20k" .. wrk.path end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests":%d,"refused":%d,"broken":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"microseconds":%d,"p50":%d,"p99":%d}\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    errors.connect, errors.read, errors.write, errors.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)))
end
