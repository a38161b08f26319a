// `parapet notifications`, and what the configuration may say.

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpReceiver } from '../../../notify/test/receivers.ts';
import { newSite, type Site } from '../commands/run.ts';

const config = (channels: string, more = ''): string => `notifications:\n${more}  channels:\n${channels}`;

async function checked(site: Site, text: string): Promise<string> {
  site.write('parapet.yaml', text);
  const { out, err } = await site.run('config check');
  return out + err;
}

describe('list', () => {
  it('says what each channel is told', async () => {
    const site = newSite();
    site.write('token', 'hushhush\n');
    site.write(
      'parapet.yaml',
      `${config(
        `    - { name: phone, type: ntfy, to: [alerts], secret_file: token }
    - { name: mail, type: email, url: "smtp://mail.example.org", from: p@example.org, to: [me@example.org] }
    - { name: chat, type: slack, url_env: NOWHERE }
`,
        '  digest: { at: "7:30", channels: [mail] }\n',
      )}  rules:
    - { channels: [phone], severity: critical }
    - { channels: [mail], sites: [shop], escalate: { channels: [chat] } }
`,
    );
    const { out, code } = await site.run('notifications list');
    expect(out).toMatch(/phone +ntfy +alerts via ntfy\.sh +critical and worse +0 +never used/);
    expect(out).toMatch(
      /mail +email +me@example.org via mail.example.org +high and worse \(shop\); digest at 07:30/,
    );
    expect(out).toMatch(/chat +slack +NOWHERE +escalations +0 +cannot be used: \$NOWHERE is not set/);
    expect(code).toBe(1);
    const json = JSON.parse((await site.run('notifications list -o json')).out) as { name: string }[];
    expect(json.map(({ name }) => name)).toEqual(['phone', 'mail', 'chat']);
    expect(out).not.toContain('hushhush');
  });

  it('says so when nobody is told of anything', async () => {
    const { out, code } = await newSite().run('notifications list');
    expect(out).toContain('Nobody is told of anything');
    expect(code).toBe(1);
  });
});

describe('test', () => {
  it('sends now, and says what came of it', async () => {
    const site = newSite();
    await site.withStore(async () => {});
    fs.mkdirSync(path.join(site.folder, '.parapet/notifications'));
    const receiver = await httpReceiver();
    const text = config(
      `    - { name: push, type: gotify, url: "${receiver.url}", secret_env: TOKEN, language: fr }
`,
      '  allow_targets: [127.0.0.1]\n',
    );
    site.write('parapet.yaml', text);
    const env = { TOKEN: 'hushhush' };
    const { out, code } = await site.run('notifications test push', { env });
    expect([out, code]).toEqual(['push: sent (200)\n', 0]);
    expect(JSON.parse(receiver.received[0]!.body)).toMatchObject({
      title: 'Message de test de Parapet : ce canal fonctionne',
    });
    receiver.answer = () => ({ status: 401, body: 'hushhush is no token' });
    const failed = await site.run('notifications test --all -o json', { env });
    expect(failed.code).toBe(1);
    expect(JSON.parse(failed.out)).toMatchObject([
      { channel: 'push', outcome: 'failed', answer: 'status 401: <secret> is no token' },
    ]);
    const log = await site.run('notifications log');
    expect(log.out).toMatch(/push +delivered +1 +Test +200\n.*push +failed +1 +Test +status 401/);
    expect((await site.run('notifications log --failed -o raw')).out.split('\n')).toHaveLength(2);
  });

  it('does not reach into this machine unless it is allowed', async () => {
    const site = newSite();
    const receiver = await httpReceiver();
    site.write(
      'parapet.yaml',
      config(`    - { name: push, type: gotify, url: "${receiver.url}", secret_env: TOKEN }\n`),
    );
    const { out, code } = await site.run('notifications test push', { env: { TOKEN: 'x' } });
    expect(out).toBe(
      'push: NOT sent: 127.0.0.1 is not on the Internet; list it in notifications.allow_targets when it is meant\n',
    );
    expect(code).toBe(1);
    expect(receiver.received).toHaveLength(0);
  });

  it('knows the names', async () => {
    const site = newSite();
    expect(await site.run('notifications test nobody')).toMatchObject({ code: 2 });
    expect(await site.run('notifications test')).toMatchObject({ code: 2 });
    expect(await site.run('notifications ack ../../x')).toMatchObject({ code: 2 });
    expect(await site.run('notifications ack 1b4e28ba')).toMatchObject({ code: 1 });
  });
});

describe('the configuration', () => {
  it('takes no secret, wherever one might be put', async () => {
    const site = newSite();
    const slack = await checked(
      site,
      config('    - { name: a, type: slack, url: "https://hooks.slack.com/services/x" }\n'),
    );
    expect(slack).toContain('parapet.yaml:3:');
    expect(slack).toContain('whoever has this URL can post');
    expect(slack).not.toContain('services/x');
    expect(
      await checked(site, config('    - { name: a, type: gotify, url: "https://x", token: hush }\n')),
    ).toContain("'token' is no key");
    expect(
      await checked(
        site,
        config('    - { name: a, type: webhook, url: "https://u:hush@x.org", secret_env: A }\n'),
      ),
    ).toContain('names a user');
  });

  it('says what a channel lacks, and where', async () => {
    const site = newSite();
    expect(await checked(site, config('    - { name: a, type: email, url: "https://x" }\n'))).toMatch(
      /parapet.yaml:3:.*begins with smtp:\/\/, smtps:\/\/, smtp-plain:\/\//,
    );
    expect(
      await checked(site, config('    - { name: a, type: twilio, secret_env: T, to: ["+1"] }\n')),
    ).toContain("twilio needs 'from'");
    expect(await checked(site, config('    - { name: a, type: fax }\n'))).toContain('E_CONFIG_VALUE');
    const unknown = `${config('    - { name: a, type: ecs-file, file: x }\n')}  rules: [{ channels: [b] }]\n  time_zone: Europe/Atlantis\n`;
    expect(await checked(site, unknown)).toContain('there is no channel b');
    expect(await checked(site, unknown)).toContain('is no time zone');
  });

  it('is checked with the files and variables that it names', async () => {
    const site = newSite();
    const text = config(
      '    - { name: a, type: pagerduty, secret_file: nowhere }\n    - { name: b, type: slack, url_env: NOWHERE }\n',
    );
    const said = await checked(site, text);
    expect(said).toMatch(/parapet.yaml:3:.*nowhere cannot be read: ENOENT/);
    expect(said).toMatch(/parapet.yaml:4:.*\$NOWHERE is not set/);
  });
});

it('a support dump has neither receivers nor secrets', async () => {
  const site = newSite();
  site.write(
    'parapet.yaml',
    config(`    - { name: sms, type: sms, url: "https://sms.example.org/key-hush/send", to: ["+4915112345"], body: '{"key":"hush","to":"{to}"}', secret_env: SMS_KEY }
`),
  );
  const { out } = await site.run('support dump -', { env: { SMS_KEY: 'hushhush' } });
  expect(out).toContain('sms.example.org');
  expect(out).not.toMatch(/hush|4915112345/);
});
