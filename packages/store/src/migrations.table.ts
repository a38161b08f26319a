// The schema, step by step. A step that has been released is never edited: the next change is a new step,
// with a fixture of the version before it in test/fixtures/.

export const MIGRATIONS: readonly string[] = [
  // 1: alerts with their evidence, decisions, cursors
  `
  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('change', 1);

  CREATE TABLE alerts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    scenario TEXT NOT NULL,
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    address TEXT,
    prefix INTEGER,
    started_at INTEGER NOT NULL,
    stopped_at INTEGER NOT NULL,
    known_at INTEGER NOT NULL,
    events_count INTEGER NOT NULL,
    remediation INTEGER NOT NULL,
    simulated INTEGER NOT NULL,
    spared TEXT,
    message TEXT NOT NULL,
    details TEXT NOT NULL,
    events TEXT NOT NULL
  ) STRICT;
  CREATE INDEX alerts_by_time ON alerts (known_at);
  CREATE INDEX alerts_by_scenario ON alerts (scenario, known_at);
  CREATE INDEX alerts_by_value ON alerts (value, known_at);
  CREATE INDEX alerts_by_address ON alerts (address, prefix) WHERE address IS NOT NULL;

  CREATE TABLE decisions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    address TEXT,
    prefix INTEGER,
    remediation TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    scenario TEXT NOT NULL,
    origin TEXT NOT NULL,
    simulated INTEGER NOT NULL,
    alert_id TEXT REFERENCES alerts (id) ON DELETE SET NULL,
    lifted_at INTEGER,
    lifted_by TEXT,
    lift_reason TEXT,
    change INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX decisions_by_change ON decisions (change);
  CREATE INDEX decisions_by_alert ON decisions (alert_id) WHERE alert_id IS NOT NULL;
  CREATE INDEX decisions_by_expiry ON decisions (expires_at);
  CREATE INDEX decisions_by_value ON decisions (value, scope) WHERE address IS NULL;
  CREATE INDEX decisions_by_address ON decisions (address, prefix) WHERE address IS NOT NULL;

  CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  // 2: allowlists
  `
  CREATE TABLE allowlist_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    list TEXT NOT NULL,
    value TEXT NOT NULL,
    address TEXT NOT NULL,
    prefix INTEGER NOT NULL,
    comment TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    UNIQUE (list, value)
  ) STRICT;
  INSERT INTO counters (name, value) VALUES ('allowlist-change', 0);
  `,
  // 3: people: where operators are, what visitors who were stopped say, links that were used
  `
  CREATE TABLE operators (
    site TEXT NOT NULL,
    who TEXT NOT NULL,
    ip TEXT NOT NULL,
    kind TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (site, who, ip)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX operators_by_time ON operators (last_at);

  CREATE TABLE appeals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    site TEXT NOT NULL,
    record TEXT NOT NULL,
    ip TEXT NOT NULL,
    message TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    closed_at INTEGER,
    closed_by TEXT
  ) STRICT;
  CREATE INDEX appeals_by_state ON appeals (state, number);
  CREATE INDEX appeals_by_time ON appeals (at);

  CREATE TABLE used_links (
    nonce TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('trust-epoch', 1);
  `,
  // 4: clients of the local API
  `
  CREATE TABLE machines (
    name TEXT PRIMARY KEY,
    password_hash TEXT,
    is_validated INTEGER NOT NULL,
    ip TEXT NOT NULL,
    version TEXT NOT NULL,
    scenarios TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER,
    pushed_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE bouncers (
    name TEXT PRIMARY KEY,
    key_hash TEXT UNIQUE,
    ip TEXT NOT NULL,
    type TEXT NOT NULL,
    version TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    pulled_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pulls (
    bouncer TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    change INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (bouncer, ip, user_agent)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pulls_by_time ON pulls (at);

  CREATE TABLE client_reports (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name, at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX client_reports_by_time ON client_reports (at);
  `,
  // 5: what inspection found, what people said of it, and what was learned of each site
  `
  CREATE TABLE inspections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    site TEXT NOT NULL,
    at INTEGER NOT NULL,
    ip TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    route TEXT NOT NULL,
    action TEXT NOT NULL,
    enforced INTEGER NOT NULL,
    score REAL NOT NULL,
    class TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inspections_by_id ON inspections (id);
  CREATE INDEX inspections_by_time ON inspections (at);

  CREATE TABLE inspection_feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    site TEXT NOT NULL,
    route TEXT NOT NULL,
    details TEXT NOT NULL,
    at INTEGER NOT NULL,
    said_by TEXT NOT NULL,
    comment TEXT NOT NULL,
    expires_at INTEGER,
    undone_at INTEGER,
    undone_by TEXT
  ) STRICT;
  CREATE INDEX inspection_feedback_by_record ON inspection_feedback (record);
  INSERT INTO counters (name, value) VALUES ('feedback-change', 0);

  CREATE TABLE site_knowledge (
    site TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (site, kind)
  ) STRICT, WITHOUT ROWID;
  `,
  // 6: Parapet's own API: tokens, and what applications tell through it
  `
  CREATE TABLE api_tokens (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER,
    ip TEXT
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE signals (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    line TEXT NOT NULL
  ) STRICT;

  CREATE TABLE signal_ids (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX signal_ids_by_time ON signal_ids (at);
  `,
  // 7: the dashboard: who may use it, who did what there, and what each minute brought
  `
  CREATE TABLE users (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret TEXT,
    totp_step INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE user_sessions (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    ip TEXT NOT NULL,
    agent TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX user_sessions_by_user ON user_sessions (user);

  CREATE TABLE audit (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    ip TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    details TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
  CREATE TRIGGER audit_grows BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;

  CREATE TABLE minutes (
    minute INTEGER PRIMARY KEY,
    lines INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    alerts INTEGER NOT NULL
  ) STRICT;
  `,
  // 8: who was stopped and then did what a person does
  `
  CREATE TABLE human_signs (
    ip TEXT NOT NULL,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (ip, kind, record)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX human_signs_by_time ON human_signs (last_at);
  `,
  // 9: passkeys of people who use the dashboard
  `
  CREATE TABLE user_passkeys (
    id TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    public_key TEXT NOT NULL,
    counter INTEGER NOT NULL,
    synced INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    used_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX user_passkeys_by_user ON user_passkeys (user);
  `,
  // 10: who comes into the dashboard through a provider of identities
  `
  ALTER TABLE users ADD COLUMN subject TEXT;
  CREATE UNIQUE INDEX users_by_subject ON users (subject);
  `,
  // 11: which site it is about, and who may do what on which; an empty site is one that is not known.
  // The site of an alert stands behind its evidence: indexes have it, so that no evidence is read for it.
  `
  ALTER TABLE alerts ADD COLUMN site TEXT NOT NULL DEFAULT '';
  UPDATE alerts SET site = coalesce((
    SELECT min(named) FROM (
      SELECT (SELECT lower(meta.value ->> 1) FROM json_each(event.value, '$[1]') AS meta
        WHERE meta.value ->> 0 IN ('site', 'target_fqdn') AND meta.value ->> 1 <> ''
        ORDER BY meta.value ->> 0 LIMIT 1) AS named
      FROM json_each(alerts.events) AS event)
    HAVING count(DISTINCT named) = 1 AND count(named) = count(*)), '')
    WHERE instr(events, '"target_fqdn"') > 0 OR instr(events, '"site"') > 0;
  DROP INDEX alerts_by_time;
  DROP INDEX alerts_by_scenario;
  CREATE INDEX alerts_by_time ON alerts (known_at, site);
  CREATE INDEX alerts_by_scenario ON alerts (scenario, known_at, site);
  CREATE INDEX alerts_by_site ON alerts (site, known_at) WHERE site <> '';

  ALTER TABLE decisions ADD COLUMN site TEXT NOT NULL DEFAULT '';
  UPDATE decisions SET site = (SELECT site FROM alerts WHERE alerts.id = alert_id)
    WHERE alert_id IN (SELECT id FROM alerts WHERE site <> '');
  CREATE INDEX decisions_by_site ON decisions (site, number) WHERE site <> '';

  ALTER TABLE human_signs ADD COLUMN site TEXT NOT NULL DEFAULT '';
  UPDATE human_signs SET site = coalesce((SELECT site FROM inspections WHERE id = record LIMIT 1), '');

  CREATE INDEX inspections_by_site ON inspections (site, number);
  CREATE INDEX appeals_by_site ON appeals (site, number);
  CREATE INDEX audit_by_site ON audit (details ->> '$.site') WHERE details ->> '$.site' IS NOT NULL;

  CREATE TABLE site_minutes (
    site TEXT NOT NULL,
    minute INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    alerts INTEGER NOT NULL,
    PRIMARY KEY (site, minute)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX site_minutes_by_time ON site_minutes (minute);

  CREATE TABLE user_sites (
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    site TEXT NOT NULL,
    role TEXT NOT NULL,
    PRIMARY KEY (user, site)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE api_tokens ADD COLUMN sites TEXT;
  `,
  // 12: how far clocks elsewhere are off, and how often a bouncer fetches what has changed
  `
  ALTER TABLE machines ADD COLUMN clock_ahead_ms INTEGER;
  ALTER TABLE bouncers ADD COLUMN clock_ahead_ms INTEGER;
  ALTER TABLE bouncers ADD COLUMN pause_ms INTEGER;
  ALTER TABLE api_tokens ADD COLUMN clock_ahead_ms INTEGER;
  `,
];
