// The files of the Drupal module that Drupal reads before it runs anything: what they name has to be there, and what
// is there has to be named. The module in a real Drupal: site.test.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Values = Readonly<Record<string, unknown>>;

const MODULE = path.join(import.meta.dirname, '../../drupal/parapet');

function yaml(name: string): Values {
  // Only files of ours: each is a mapping, or a test below fails on it.
  return parse(readFileSync(path.join(MODULE, name), 'utf8'), { uniqueKeys: true }) as Values;
}

function classFile(name: string): string {
  const parts = name.replace(/^\\/, '').split('\\');
  expect(parts.slice(0, 2)).toEqual(['Drupal', 'parapet']);
  return path.join(MODULE, 'src', `${parts.slice(2).join('/')}.php`);
}

function expectClass(name: string, method = ''): void {
  expect(existsSync(classFile(name)), name).toBe(true);
  expect(readFileSync(classFile(name), 'utf8')).toMatch(new RegExp(`function ${method}`));
}

function phpFiles(folder = MODULE): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:php|module|install)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

describe('the Drupal module', () => {
  const services = yaml('parapet.services.yml')['services'] as Values;
  const permissions = yaml('parapet.permissions.yml');
  const routes = yaml('parapet.routing.yml') as Record<string, Record<string, Values>>;

  it('says what it is', () => {
    expect(yaml('parapet.info.yml')).toMatchObject({
      type: 'module',
      core_version_requirement: '^10.3 || ^11',
      configure: 'parapet.settings',
    });
    expect(JSON.parse(readFileSync(path.join(MODULE, 'composer.json'), 'utf8'))).toMatchObject({
      type: 'drupal-module',
      license: 'GPL-2.0-or-later',
    });
    expect(readFileSync(path.join(MODULE, 'LICENSE.txt'), 'utf8')).toContain('GNU GENERAL PUBLIC LICENSE');
  });

  it('has a class for each service, and gives it as many arguments as it takes', () => {
    const made = Object.entries(services).filter(([, service]) => typeof service !== 'string');
    const aliases = Object.values(services).filter((service) => typeof service === 'string');
    const named = made.flatMap(([, service]) => (service as { arguments?: string[] }).arguments ?? []);
    for (const id of [...aliases, ...named.filter((argument) => argument.startsWith('@parapet.'))])
      expect(services).toHaveProperty([id.slice(1)]);
    for (const [name, service] of made) {
      const { class: className, arguments: given = [] } = service as { class: string; arguments?: string[] };
      expectClass(className);
      const taken =
        /function __construct\(([^]*?)\) \{/.exec(readFileSync(classFile(className), 'utf8'))?.[1] ?? '';
      // The kernel that a middleware wraps is given by Drupal.
      const own = className.includes('\\Middleware\\') ? 1 : 0;
      expect((taken.match(/\$\w+/g) ?? []).length - own, name).toBe(given.length);
    }
    expect(services['parapet.middleware']).toMatchObject({
      tags: [{ name: 'http_middleware', priority: 260 }],
    });
  });

  it('has a form or a controller for each route, a permission that exists, and a link that leads there', () => {
    for (const [name, route] of Object.entries(routes)) {
      const { _form: form, _controller: controller = `${form}::buildForm` } = route['defaults'] as Record<
        string,
        string
      >;
      expectClass(...(controller.split('::') as [string, string]));
      // The only page for visitors is for those whose login waits.
      if (name === 'parapet.step_up') continue;
      expect(route['path'], name).toMatch(/^\/admin\//);
      expect(permissions).toHaveProperty([String(route['requirements']!['_permission'])]);
    }
    const links = { ...yaml('parapet.links.menu.yml'), ...yaml('parapet.links.task.yml') };
    for (const link of Object.values(links))
      expect(routes).toHaveProperty([(link as { route_name: string }).route_name]);
  });

  it('warns of the permissions that could hurt', () => {
    const harmless = Object.entries(permissions).filter(
      ([, permission]) => (permission as Values)['restrict access'] !== true,
    );
    expect(harmless.map(([name]) => name)).toEqual(['view parapet reports']);
  });

  it('has a schema for each setting and no other, and reads no setting that is not there', () => {
    const schema = yaml('config/schema/parapet.schema.yml')['parapet.settings'];
    const settings = yaml('config/install/parapet.settings.yml');
    const keysOf = (mapping: Values, prefix = ''): string[] =>
      Object.entries(mapping).flatMap(([key, one]) => {
        const inner = (one as { mapping?: Values }).mapping;
        return inner === undefined ? [prefix + key] : keysOf(inner, `${prefix}${key}.`);
      });
    const setKeys = (values: Values, prefix = ''): string[] =>
      Object.entries(values).flatMap(([key, one]) =>
        one !== null && typeof one === 'object' && !Array.isArray(one)
          ? setKeys(one as Values, `${prefix}${key}.`)
          : [prefix + key],
      );
    const known = keysOf((schema as { mapping: Values }).mapping);
    expect(new Set(setKeys(settings))).toEqual(new Set(known));
    const groups = new Set(known.flatMap((key) => [key, key.split('.')[0]!]));
    const readers = phpFiles(path.join(MODULE, 'src')).filter(
      (file) => !readFileSync(file, 'utf8').includes('user.flood'),
    );
    for (const file of readers) {
      const text = readFileSync(file, 'utf8');
      for (const [, key] of text.matchAll(/\$config->get\('([\w.]+)'\)/g))
        expect(groups, file).toContain(key);
    }
  });

  it('gives each constraint of the schema its options by name, as Drupal 11.3 wants them', () => {
    const text = readFileSync(path.join(MODULE, 'config/schema/parapet.schema.yml'), 'utf8');
    expect(text).toMatch(/Regex:\n/);
    expect(text).not.toMatch(/\b(?:Regex|Choice|Length|Range|Callback): *\S/);
  });

  it('has a procedural twin for each hook, for Drupal before 11.1', () => {
    const legacy = readFileSync(path.join(MODULE, 'parapet.module'), 'utf8');
    const hooks = phpFiles(path.join(MODULE, 'src/Hook')).flatMap((file) =>
      Array.from(readFileSync(file, 'utf8').matchAll(/#\[Hook\('(\w+)'\)\]/g), ([, name]) => name!),
    );
    expect(hooks.length).toBeGreaterThan(10);
    const twins = Array.from(
      legacy.matchAll(/#\[LegacyHook\]\nfunction parapet_(\w+)\(/g),
      ([, name]) => name!,
    );
    expect(new Set(twins)).toEqual(new Set(hooks));
  });

  it('names and places its classes as the loader looks for them', () => {
    for (const file of phpFiles(path.join(MODULE, 'src')).filter((name) => !name.includes('generated'))) {
      const text = readFileSync(file, 'utf8');
      const folder = path
        .relative(path.join(MODULE, 'src'), path.dirname(file))
        .split(path.sep)
        .filter(Boolean);
      expect(text, file).toContain(`namespace ${['Drupal', 'parapet', ...folder].join('\\')};`);
      expect(text, file).toMatch(new RegExp(`(?:class|interface|trait) ${path.basename(file, '.php')}\\b`));
    }
  });

  it('keeps its core free of Drupal and of Symfony', () => {
    for (const file of phpFiles(path.join(MODULE, 'src/Core')))
      expect(readFileSync(file, 'utf8'), file).not.toMatch(
        /Drupal\\(?!parapet\\Core)\w+\\|Symfony\\|\\Drupal::/,
      );
  });
});
