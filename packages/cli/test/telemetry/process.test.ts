// A site behind `parapet up` that is attacked, and what a collector hears of it.

import { describe, expect, it } from 'vitest';
import { httpReceiver } from '../../../notify/test/receivers.ts';
import { faultsOf } from '../../../reports/test/otlp/proto.ts';
import { gatewaySite, isBuilt } from '../up/gatewaySite.ts';

const skipped = isBuilt ? '' : ' (skipped: dist is not built, run npx tsc -b)';
const ATTACKER = '198.51.100.78';

describe.skipIf(!isBuilt)(`OpenTelemetry of parapet up${skipped}`, { timeout: 90_000 }, () => {
  it('tells of alert and decision, and counts requests', async () => {
    const collector = await httpReceiver();
    const site = await gatewaySite(`
gateway: { trusted_proxies: [127.0.0.1], workers: 1 }
opentelemetry: { endpoint: "${collector.url}", interval: 1s }
`);
    const gateway = await site.start();
    await gateway.says(`OpenTelemetry: ${collector.url}`);
    for (const path of ['/.env', '/.git/config', '/wp-login.php', '/.aws/credentials'])
      await site.get(gateway.port, `${path}?secret=1`, ATTACKER);
    const bodies = (path: string): string =>
      collector.received.flatMap((one) => (one.path === path ? [one.body] : [])).join('\n');
    const WAIT = { timeout: 30_000 };
    await expect.poll(() => bodies('/v1/logs'), WAIT).toContain('parapet.decision');
    await expect.poll(() => bodies('/v1/metrics'), WAIT).toContain('parapet_gateway_requests_total');
    expect(bodies('/v1/logs')).toContain('"eventName":"parapet.alert"');
    expect(bodies('/v1/logs')).toContain(ATTACKER);
    expect(bodies('/v1/logs')).not.toContain('secret');
    expect(bodies('/v1/metrics')).not.toContain(ATTACKER);
    for (const { path, body } of collector.received) {
      const type = path === '/v1/logs' ? 'ExportLogsServiceRequest' : 'ExportMetricsServiceRequest';
      expect(faultsOf(type, JSON.parse(body))).toEqual([]);
    }
  });
});
