// Machines: they register, log in, and say that they are alive. `watchers` is the protocol's word for them.

import { cidrContains, parseIp } from '@parapet/kinds';
import type { Machine } from '@parapet/store';
import type { Hono } from 'hono';
import { z } from 'zod';
import { clockOf, machinesOnly, refuseWhenSlowed } from '../auth/guards.ts';
import { isBcrypt } from '../auth/bcrypt.ts';
import { BusyError } from '../auth/passwords.ts';
import {
  json,
  readJson,
  RequestError,
  STRANGER_BYTES,
  type Env,
  type LapiContext,
  type Shared,
} from '../context.ts';
import { rfc3339 } from '../wire/alerts.ts';

const NAME = z.string().min(1).max(200);
const PASSWORD = z.string().min(1).max(1000);
const REGISTRATION = z.object({
  machine_id: NAME,
  password: PASSWORD,
  registration_token: z.string().max(1000).nullish(),
});
const LOGIN = z.object({
  machine_id: NAME.nullish(),
  password: PASSWORD.nullish(),
  scenarios: z.array(z.string().max(1000)).max(10_000).nullish(),
});
/** Machines that nobody has admitted yet; more are refused. */
const MOST_WAITING = 1000;

export function watcherRoutes(app: Hono<Env>, shared: Shared): void {
  app.post('/v1/watchers', (c) => register(shared, c));
  app.post('/v1/watchers/login', (c) => logIn(shared, c));
  app.delete('/v1/watchers/self', machinesOnly(shared), async (c) => {
    await shared.store.clients.removeMachine(c.get('machine'));
    return new Response(null, { status: 204 });
  });
  app.get('/v1/refresh_token', machinesOnly(shared), async (c) => tokenFor(shared, c.get('machine')));
  app.get('/v1/heartbeat', machinesOnly(shared), async (c) => {
    const at = shared.now();
    shared.memory.sawMachine({ name: c.get('machine'), ip: c.env.peer.ip, seenAt: at, ...clockOf(c, at) });
    return new Response(null, { status: 200 });
  });
}

async function register(shared: Shared, c: LapiContext): Promise<Response> {
  const { store, passwords, registration, now, attempts } = shared;
  const { ip } = c.env.peer;
  refuseWhenSlowed(shared, ip);
  const read = REGISTRATION.safeParse(await readJson(c, STRANGER_BYTES));
  if (!read.success) throw new RequestError(400, required(read.error));
  const { machine_id: name, password, registration_token: token } = read.data;
  if ((await store.clients.findMachine(name)) !== undefined) {
    attempts.failed(ip, now().getTime());
    throw new RequestError(403, `user '${name}': user already exist`);
  }
  const isAdmitted = token !== undefined && token !== null && token !== '';
  if (isAdmitted) {
    const address = parseIp(ip);
    const isNear =
      ip === '' ||
      (address !== undefined && registration?.ranges.some((range) => cidrContains(range, address)) === true);
    if (registration === undefined || registration.token !== token || !isNear) {
      attempts.failed(ip, now().getTime());
      throw new RequestError(401, 'invalid token for auto registration');
    }
  } else {
    const waiting = (await store.clients.listMachines()).filter(({ isValidated }) => !isValidated);
    if (waiting.length >= MOST_WAITING)
      throw new RequestError(429, 'too many machines wait to be admitted', 600);
    // Each registration costs the store a row.
    attempts.failed(ip, now().getTime());
  }
  const machine: Machine = {
    name,
    passwordHash: await patient(passwords.hash(password)),
    isValidated: isAdmitted,
    ip,
    version: versionOf(c),
    scenarios: [],
    createdAt: now(),
  };
  await store.clients.putMachine(machine);
  return new Response(null, { status: isAdmitted ? 202 : 201 });
}

async function logIn(shared: Shared, c: LapiContext): Promise<Response> {
  const { store, passwords, now, attempts, certificates } = shared;
  const { ip, certificate } = c.env.peer;
  const { machine_id: id, password, scenarios } = await readLogin(shared, c);
  const at = now();
  let machine: Machine | undefined;
  if (id === undefined || id === null || password === undefined || password === null) {
    refuseWhenSlowed(shared, ip);
    const hasUnit = certificate?.units.some((unit) => certificates?.machineUnits.includes(unit)) === true;
    if (!hasUnit) throw new RequestError(401, 'incorrect Username or Password');
    const name = `${certificate!.commonName}@${ip}`;
    machine = (await store.clients.findMachine(name)) ?? { ...EMPTY, name, createdAt: at };
  } else {
    const known = await store.clients.findMachine(id);
    // A neighbour that guesses must not keep a machine out that has come from here with this very password.
    if (known?.ip !== ip || !passwords.isKnown(password, known.passwordHash)) refuseWhenSlowed(shared, ip);
    const hasForeign = await shared.memory.hasForeignPasswords();
    if (!(await patient(passwords.fits(password, known?.passwordHash, hasForeign)))) {
      attempts.failed(ip, at.getTime());
      throw new RequestError(401, 'incorrect Username or Password');
    }
    machine = known!; // it has a password
    if (!machine.isValidated) throw new RequestError(401, `machine ${id} not validated`);
    // From now on it is kept our way.
    if (isBcrypt(machine.passwordHash ?? ''))
      machine = { ...machine, passwordHash: await patient(passwords.hash(password)) };
  }
  const fresh: Machine = { ...machine, ip, version: versionOf(c), scenarios: scenarios ?? [], seenAt: at };
  await store.clients.putMachine(fresh).catch((error: unknown) => {
    // Who is known may come in while the store cannot be written.
    if (machine.createdAt === at) throw error;
  });
  return tokenFor(shared, fresh.name);
}

async function readLogin(shared: Shared, c: LapiContext): Promise<z.infer<typeof LOGIN>> {
  try {
    const read = LOGIN.safeParse(await readJson(c, STRANGER_BYTES));
    if (read.success) return read.data;
    throw new RequestError(400, required(read.error));
  } catch (error) {
    refuseWhenSlowed(shared, c.env.peer.ip);
    if (error instanceof RequestError && error.status === 400)
      throw new RequestError(401, `missing: ${error.message}`);
    throw error;
  }
}

const EMPTY = { isValidated: true, ip: '', version: '', scenarios: [] };

function tokenFor({ tokens, now }: Shared, machine: string): Response {
  const { text, expiresAt } = tokens.issue(machine, now());
  return json({ code: 200, expire: rfc3339(expiresAt), token: text });
}

function versionOf(c: LapiContext): string {
  return ((c.req.header('user-agent') ?? '').split('/')[1] ?? '').slice(0, 100);
}

function required(error: z.ZodError): string {
  const lines = error.issues.map(({ path, message }) => `${path.join('.')} in body: ${message}`);
  return `validation failure list:\n${lines.join('\n')}`;
}

async function patient<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BusyError) throw new RequestError(429, error.message, 1);
    throw error;
  }
}
