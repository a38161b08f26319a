// The auth log of a server: administrators, cron, and the attempts that every address on the Internet gets.
import { address } from './random.mjs';

const NAMES =
  'root admin test backup mysql ansible jenkins minecraft es vpn pi kafka hadoop svn proxy odoo steam nagios'.split(
    ' ',
  );

export function actorsOfSshd(random, { attackShare }) {
  const share = attackShare > 0 ? 1 - attackShare : 1;
  const team = Array.from({ length: 12 }, () => [
    address(random, 0.2),
    random.pick(['anna', 'ben', 'deploy']),
  ]);
  const attacker = () => address(random, 0.05);
  const failed = (from, user, isKnown) =>
    `sshd[PID]: Failed password for ${isKnown ? '' : 'invalid user '}${user} from ${from} port PORT ssh2`;

  function* administrator() {
    const [from, user] = random.pick(team);
    // People mistype once or twice; that is no attack.
    for (let i = random.chance(0.15) ? random.int(1, 2) : 0; i > 0; i--)
      yield { did: failed(from, user, true), waitMs: random.int(2_000, 9_000) };
    yield {
      did: `sshd[PID]: Accepted publickey for ${user} from ${from} port PORT ssh2: ED25519 SHA256:madeUpKey${random.int(1, 9)}`,
      waitMs: 400,
    };
    yield {
      did: `sudo:     ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/apt-get update`,
      waitMs: 60_000,
    };
    yield { did: `sshd[PID]: Disconnected from user ${user} ${from} port PORT`, waitMs: 1 };
  }

  function* clockwork() {
    yield {
      did: 'CRON[PID]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)',
      waitMs: 900,
    };
    yield { did: 'CRON[PID]: pam_unix(cron:session): session closed for user root', waitMs: 1 };
  }

  function* fastGuessing() {
    const from = attacker();
    for (let i = random.int(4, 30); i > 0; i--) {
      yield {
        did: `sshd[PID]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${from}  user=root`,
        waitMs: random.int(10, 300),
      };
      yield { did: failed(from, 'root', true), waitMs: random.int(300, 3_500) };
    }
    yield {
      did: `sshd[PID]: Received disconnect from ${from} port PORT:11: Bye Bye [preauth]`,
      waitMs: 1,
    };
  }

  function* guessingOfNames() {
    const from = attacker();
    for (const user of random.shuffled(NAMES).slice(0, random.int(3, NAMES.length))) {
      yield { did: `sshd[PID]: Invalid user ${user} from ${from} port PORT`, waitMs: random.int(50, 500) };
      yield { did: failed(from, user, false), waitMs: random.int(200, 4_000) };
    }
  }

  function* slowGuessing() {
    const from = attacker();
    for (let i = random.int(8, 40); i > 0; i--)
      yield { did: failed(from, random.pick(NAMES), random.chance(0.5)), waitMs: random.int(15_000, 50_000) };
  }

  function* closedEarly() {
    const from = attacker();
    for (let i = random.int(2, 14); i > 0; i--)
      yield {
        did: `sshd[PID]: Connection closed by authenticating user ${random.pick(NAMES)} ${from} port PORT [preauth]`,
        waitMs: random.int(500, 6_000),
      };
  }

  return {
    arrivals: [
      { start: administrator, share: share * 0.5, linesEach: 3.2 },
      { start: clockwork, share: share * 0.5, linesEach: 2 },
      { start: fastGuessing, share: attackShare * 0.35, linesEach: 35 },
      { start: guessingOfNames, share: attackShare * 0.25, linesEach: 14 },
      { start: slowGuessing, share: attackShare * 0.2, linesEach: 24 },
      { start: closedEarly, share: attackShare * 0.2, linesEach: 8 },
    ].filter(({ share: part }) => part > 0),
    write: (did, atMs) => [
      `${syslogTime(atMs)} web1 ${did.replace('PID', random.int(600, 99_999)).replace('PORT', random.int(1_025, 65_000))}`,
    ],
  };
}

function syslogTime(atMs) {
  const [, day, month, , time] = /^\w+, (\d\d) (\w+) (\d+) ([\d:]+)/.exec(new Date(atMs).toUTCString());
  return `${month} ${String(Number(day)).padStart(2)} ${time}`;
}
