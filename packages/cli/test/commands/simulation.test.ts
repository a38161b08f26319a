import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { newSite, type Site } from './run.ts';

const LINES = Array.from(
  { length: 30 },
  (_, i) =>
    `203.0.113.5 - - [04/May/2026:10:00:${String(i).padStart(2, '0')} +0000] "GET /wp-login.php?${i} HTTP/1.1" 404 5 "-" "x"\n`,
).join('');

async function alertsOf(site: Site): Promise<Map<string, boolean>> {
  site.write('access.log', LINES);
  const { alerts } = JSON.parse((await site.run('replay access.log --type nginx --json')).out);
  return new Map(
    alerts.map((one: { scenario: string; simulated: boolean }) => [one.scenario, one.simulated]),
  );
}

describe('simulation', () => {
  it('lets one scenario only show what it would do, and decide again', async () => {
    const site = newSite();
    expect((await alertsOf(site)).get('parapet/perimeter')).toBe(false);
    const enabled = await site.run('simulation enable parapet/perimeter');
    expect(enabled.out).toContain('parapet/perimeter only shows what it would do.\nWritten to ');
    expect(enabled.code).toBe(0);
    expect((await alertsOf(site)).get('parapet/perimeter')).toBe(true);
    expect((await site.run('simulation status')).out).toContain('Simulated:\n  parapet/perimeter\n');
    expect((await site.run('simulation enable parapet/perimeter')).out).toBe(
      'parapet/perimeter already only shows what it would do.\n',
    );
    await site.run('simulation disable parapet/perimeter');
    expect((await alertsOf(site)).get('parapet/perimeter')).toBe(false);
  });

  it('turns the rule for all, and exceptions from it', async () => {
    const site = newSite();
    await site.run('simulation enable parapet/perimeter');
    const { out } = await site.run('simulation enable --global');
    expect(out).toContain('All scenarios only show what they would do.\n');
    expect(out).toContain('No longer an exception: parapet/perimeter.');
    expect(new Set((await alertsOf(site)).values())).toEqual(new Set([true]));
    await site.run('simulation disable parapet/perimeter');
    const { global, scenarios } = JSON.parse((await site.run('simulation status --json')).out);
    expect(global).toBe(true);
    expect(scenarios.filter(({ simulated }: { simulated: boolean }) => !simulated)).toEqual([
      { name: 'parapet/perimeter', simulated: false },
    ]);
  });

  it('keeps the comments of the file that the configuration names', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'simulation: my.yaml\n');
    site.write(
      'my.yaml',
      '# ours, ask Ben\nsimulation: false # not yet\nexclusions:\n  - parapet/ssh-bf # deploys\n',
    );
    expect((await site.run('simulation enable parapet/perimeter')).code).toBe(0);
    expect(fs.readFileSync(path.join(site.folder, 'my.yaml'), 'utf8')).toBe(
      '# ours, ask Ben\nsimulation: false # not yet\nexclusions:\n  - parapet/ssh-bf # deploys\n  - parapet/perimeter\n',
    );
    expect(fs.readdirSync(site.folder).toSorted()).toEqual(['my.yaml', 'parapet.yaml']);
  });

  it('refuses names that no scenario has, and says what was meant', async () => {
    const site = newSite();
    const wrong = await site.run('simulation enable parapet/perimetre');
    expect(wrong.err).toContain("There is no scenario 'parapet/perimetre' (E_SCENARIO_UNKNOWN)");
    expect(wrong.err).toContain("Did you mean 'parapet/perimeter'?");
    expect(wrong.code).toBe(2);
    expect((await site.run('simulation enable perimeter')).err).toContain("'parapet/perimeter'?");
    expect((await site.run('simulation enable')).code).toBe(2);
    expect((await site.run('simulation enable --global parapet/perimeter')).code).toBe(2);
    expect(fs.existsSync(path.join(site.folder, '.parapet'))).toBe(false);
  });

  it('does not touch a file that it does not understand', async () => {
    const site = newSite();
    site.write('parapet.yaml', 'simulation: my.yaml\n');
    site.write('my.yaml', 'simulation: [\n');
    const { err, code } = await site.run('simulation enable parapet/perimeter');
    expect(err).toContain('E_SIMULATION_FILE');
    expect(code).toBe(2);
    expect(fs.readFileSync(path.join(site.folder, 'my.yaml'), 'utf8')).toBe('simulation: [\n');
  });
});
