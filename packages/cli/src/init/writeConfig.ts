// The text of a first parapet.yaml: what was found, and the other settings as comments to be switched on.

import { stringify } from 'yaml';
import type { DrupalSettings } from './drupalSettings.ts';
import type { FoundLogs } from './findLogs.ts';

export const SCHEMA_FILE = 'parapet.schema.json';

export function firstConfig({ logs, left }: FoundLogs, drupal: DrupalSettings | undefined): string {
  const parts = [
    `# yaml-language-server: $schema=./${SCHEMA_FILE}
# What Parapet watches and does here. Every key has a default, so whatever is not needed can go.
# All keys: docs/configuration.md, or parapet config schema. After a change: parapet config check
`,
    logs.length === 0
      ? '# No log was found in the usual places. Name those of your site:\n# logs:\n#   - file: /var/log/nginx/access.log\n'
      : `logs:\n${logs.map(({ file, type, sentence }) => `  # ${comment(sentence)}\n  - file: ${scalar(file)}\n    type: ${scalar(type)}\n`).join('')}`,
    ...left.map(({ file, why }) => `# Not watched: ${comment(file)}, ${comment(why)}.\n`),
    `
# Missing paths that only scanners ask for are acted on at once.
${drupal === undefined ? "# perimeter:\n#   drupal_settings: config/sync/perimeter.settings.yml   # take over the Drupal module's settings\n" : `perimeter:\n  # ${drupal.patterns} patterns, read from here at every start\n  drupal_settings: ${scalar(drupal.file)}\n`}
# Addresses that nothing is ever decided on: your office, your monitoring.
# allowlist: [192.0.2.7, 198.51.100.0/24]

# Countries in reports and rules: npm install @ip-location-db/geo-whois-asn-country-mmdb
# geo:
#   country: node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb

# Prometheus metrics, for this machine only.
# metrics:
#   enabled: true
#   listen: 127.0.0.1:9464

# How long alerts are kept (2160h are 90 days).
# retention:
#   alerts: 2160h
`,
  ];
  return parts.join('');
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}

/** A name of a file may hold a line end, which would end the comment. */
function comment(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/\.$/, '');
}
