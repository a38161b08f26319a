import { describe, expect, test } from 'vitest';
import { installedAppsec } from '../../src/inspection/installedAppsec.ts';
import { inspectionFor } from '../../src/inspection/settings.ts';
import { prepareInspector } from '../../src/inspection/prepareInspector.ts';
import { DEFAULT_CONFIG } from '../../src/config/defaults.ts';
import { newFolder } from '../hub/hubSite.ts';

const rule = (name: string, path: string): string =>
  `name: acme/${name}\nrules:\n  - zones: [URI]\n    match: { type: equals, value: ${path} }\nlabels:\n  label: Thing - SQLi\n`;

const HUB: Readonly<Record<string, string>> = {
  'hub/appsec-rules/acme/one.yaml': rule('one', '/thing-one'),
  'hub/appsec-rules/acme/experimental-two.yaml': rule('experimental-two', '/thing-two'),
  'hub/collections/acme/web.yaml': 'name: acme/web\nappsec-rules:\n  - acme/one\n',
  'data/hub/appsec-rules/acme/three.yaml': rule('three', '/thing-three'),
};

const requestFor = (rawTarget: string): Parameters<ReturnType<typeof prepareInspector>['inspect']>[0] => ({
  method: 'GET',
  rawTarget,
  headers: [['host', 'example.org']],
  body: undefined,
  isBodyCut: false,
  site: 'main',
});

describe('appsec-rules of hub folders', () => {
  const actionsOf = (folder: string, items: readonly string[] = []): readonly string[] => {
    const hub = { ...DEFAULT_CONFIG.hub, folders: ['hub'], items: [...items] };
    const inspector = prepareInspector(inspectionFor({ ...DEFAULT_CONFIG, hub }, folder, `${folder}/data`));
    return ['one', 'two', 'three', 'four'].map(
      (name) => inspector.inspect(requestFor(`/thing-${name}`)).action,
    );
  };

  test('stop requests, but for those that are still tried out', () => {
    expect(actionsOf(newFolder(HUB))).toEqual(['block', 'pass', 'block', 'pass']);
  });

  test('of which some are named: those, and what is installed', () => {
    const folder = newFolder({ ...HUB, 'hub/appsec-rules/acme/four.yaml': rule('four', '/thing-four') });
    expect(actionsOf(folder)).toEqual(['block', 'pass', 'block', 'block']);
    expect(actionsOf(folder, ['acme/web'])).toEqual(['block', 'pass', 'block', 'pass']);
  });

  test('with a config do what it says', () => {
    const config = 'name: acme/c\ninband_rules: [acme/experimental-*]\noutofband_rules: [acme/one]\n';
    expect(actionsOf(newFolder({ ...HUB, 'hub/appsec-configs/acme/c.yaml': config }))).toEqual([
      'pass',
      'block',
      'block',
      'pass',
    ]);
  });

  test('ask for a check or only tell, where the last config that stops with them says so', () => {
    const configs = {
      'hub/appsec-configs/acme/a.yaml':
        'name: acme/a\ndefault_remediation: allow\ninband_rules: [acme/*]\nblocked_http_code: 418\npassed_http_code: 202\n',
      'hub/appsec-configs/acme/b.yaml':
        'name: acme/b\ndefault_remediation: captcha\ninband_rules: [acme/three]\nblocked_http_code: 406\n',
    };
    const folder = newFolder({ ...HUB, ...configs });
    expect(actionsOf(folder)).toEqual(['pass', 'pass', 'challenge', 'pass']);
    const { codes } = installedAppsec({ hubFolders: [`${folder}/hub`], hubItems: [] });
    expect(codes).toEqual({ blocked: 406, passed: 202 });
  });

  test('are told when they cannot be read, and the others load', () => {
    const folder = newFolder({
      ...HUB,
      'hub/appsec-rules/acme/bad.yaml': 'name: acme/bad\nrules:\n  - zones: [X]\n',
    });
    const { detector, problems } = installedAppsec({ hubFolders: [`${folder}/hub`], hubItems: [] });
    expect(detector).toBeDefined();
    expect(problems.map(({ code }) => code)).toContain('E_APPSEC_ZONE');
  });

  test('are none where there is no folder', () => {
    expect(installedAppsec({ hubFolders: ['/nowhere'], hubItems: [] })).toEqual({
      detector: undefined,
      codes: {},
      problems: [],
      rules: [],
    });
  });
});
