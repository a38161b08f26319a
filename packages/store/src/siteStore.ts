// The store as those see it who may see some sites only. Whatever is read is of these sites, and what is changed has to
// be; a method that has not been narrowed is refused, so that a new one shows nothing before somebody has thought of it.
import type { Audit } from './audit.ts';
import { StoreError } from './errors.ts';
import type { HumanSigns } from './humanSigns.ts';
import type { Inspections } from './inspections.ts';
import type { Minutes } from './minutes.ts';
import type { Store } from './store.ts';

type Narrowed = Pick<
  Store,
  | 'listAlerts'
  | 'findAlert'
  | 'countAlerts'
  | 'sumAlerts'
  | 'deleteAlerts'
  | 'addDecisions'
  | 'listDecisions'
  | 'decisionPage'
  | 'countDecisions'
  | 'liftEach'
  | 'liftDecisions'
  | 'listOperators'
  | 'listAppeals'
  | 'countAppeals'
  | 'closeAppeal'
>;

/** Of one's own account, and of nobody's site. */
const PERSONAL = ['users', 'passkeys', 'useLink', 'health'] as const;

/** Returns the store of these sites; the names are those that `siteOf` of the engine's store gives. */
export function storeOfSites(whole: Store, sites: readonly string[]): Store {
  const narrowed: Narrowed & Partial<Store> = {
    listAlerts: (filter, page) => whole.listAlerts({ ...filter, sites }, page),
    findAlert: async (idOrNumber) => {
      const key = typeof idOrNumber === 'number' ? { number: idOrNumber } : { id: idOrNumber };
      const isOwn = (await whole.countAlerts({ ...key, sites })) > 0;
      return isOwn ? whole.findAlert(idOrNumber) : undefined;
    },
    countAlerts: (filter) => whole.countAlerts({ ...filter, sites }),
    sumAlerts: (asked) => whole.sumAlerts({ ...asked, sites }),
    deleteAlerts: (filter, lifting) => whole.deleteAlerts({ ...filter, sites }, lifting),
    // A decision acts on all sites: it is theirs to make where it answers an alert of theirs.
    addDecisions: async (decisions) => {
      for (const { alertId: id } of decisions)
        if (id === undefined || (await whole.countAlerts({ id, sites })) === 0) throw refused('addDecisions');
      return whole.addDecisions(decisions);
    },
    listDecisions: (filter, page) => whole.listDecisions({ ...filter, sites }, page),
    decisionPage: (filter, start) => whole.decisionPage({ ...filter, sites }, start),
    countDecisions: (filter) => whole.countDecisions({ ...filter, sites }),
    liftEach: (filter, lifting) => whole.liftEach({ ...filter, sites }, lifting),
    liftDecisions: (filter, by, reason) => whole.liftDecisions({ ...filter, sites }, by, reason),
    listOperators: (since) => whole.listOperators(since, sites),
    listAppeals: (filter, page) => whole.listAppeals({ ...filter, sites }, page),
    countAppeals: (filter) => whole.countAppeals({ ...filter, sites }),
    closeAppeal: async (number, state, by) =>
      (await whole.countAppeals({ number, sites })) > 0 ? whole.closeAppeal(number, state, by) : undefined,
    inspections: inspectionsOf(whole.inspections, sites),
    audit: auditOf(whole.audit, sites),
    minutes: minutesOf(whole.minutes, sites),
    humanSigns: humanSignsOf(whole.humanSigns, sites),
  };
  return onlyThese(narrowed, whole, PERSONAL);
}

function inspectionsOf(whole: Inspections, sites: readonly string[]): Inspections {
  const narrowed: Partial<Inspections> = {
    list: (filter, page) => whole.list({ ...filter, sites }, page),
    count: (filter) => whole.count({ ...filter, sites }),
    listFeedback: (filter) => whole.listFeedback({ ...filter, sites }),
    addFeedback: async (feedback) => {
      if (!sites.includes(feedback.site)) throw refused('addFeedback');
      return whole.addFeedback(feedback);
    },
    undoFeedback: async (number, by) =>
      (await whole.listFeedback({ number, sites })).length > 0 ? whole.undoFeedback(number, by) : undefined,
    sites: async () => (await whole.sites()).filter((site) => sites.includes(site)),
    knowledge: async (site, kind) => (sites.includes(site) ? whole.knowledge(site, kind) : undefined),
  };
  return onlyThese(narrowed, whole, []);
}

/** What somebody does for one site is in the log of all; of the log, what names these sites is seen. */
function auditOf(whole: Audit, sites: readonly string[]): Audit {
  const narrowed: Partial<Audit> = { list: (filter, page) => whole.list({ ...filter, sites }, page) };
  return onlyThese(narrowed, whole, ['add', 'check']);
}

function minutesOf(whole: Minutes, sites: readonly string[]): Minutes {
  const narrowed: Partial<Minutes> = { since: (moment) => whole.since(moment, sites) };
  return onlyThese(narrowed, whole, []);
}

function humanSignsOf(whole: HumanSigns, sites: readonly string[]): HumanSigns {
  const narrowed: Partial<HumanSigns> = { since: (moment, limit) => whole.since(moment, limit, sites) };
  return onlyThese(narrowed, whole, []);
}

/** Returns what is narrowed, and of the rest what is named; everything else is refused. */
function onlyThese<T extends object>(narrowed: Partial<T>, whole: T, named: readonly (keyof T)[]): T {
  return new Proxy(whole, {
    get: (_, name) => {
      if (Object.hasOwn(narrowed, name)) return Reflect.get(narrowed, name) as unknown;
      // Asked of whatever is awaited or printed.
      if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
      if (!(named as readonly PropertyKey[]).includes(name)) return () => Promise.reject(refused(name));
      const own: unknown = Reflect.get(whole, name);
      return typeof own === 'function' ? (own.bind(whole) as unknown) : own;
    },
  });
}

function refused(name: string): StoreError {
  return new StoreError('E_STORE_SITES', `${name} is about more than the sites that were asked for`);
}
