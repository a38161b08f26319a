// What the filters and duration expressions of profiles may name: `Alert`, as CrowdSec shows it.

import type { Alert } from '@parapet/kinds';
import { AlertEventObject, AlertObject, crowdsecScope, Source } from '../detectors/index.ts';
import type { Environment, HelperFunction, MemberGetter } from '../expressions/index.ts';

export interface ProfileFrame {
  readonly alert: AlertObject;
}

export function profileEnvironment(
  functions: Readonly<Record<string, HelperFunction>>,
): Environment<ProfileFrame> {
  return {
    variables: {
      Alert: {
        get: ({ alert }) => alert,
        member: ([name]): MemberGetter<ProfileFrame> | undefined => {
          const zero = name === undefined ? undefined : SAMPLE.field(name);
          if (name === undefined || zero === undefined) return undefined;
          return {
            get: ({ alert }) => alert.field(name) ?? null,
            steps: 1,
            reads: `Alert.${name}`,
            isString: typeof zero === 'string',
          };
        },
      },
    },
    functions,
  };
}

export function alertObject(alert: Alert): AlertObject {
  const { source } = alert;
  return new AlertObject({
    scenario: alert.scenario,
    scenarioHash: alert.scenarioHash,
    scenarioVersion: alert.scenarioVersion,
    capacity: alert.capacity,
    leakSpeedMs: alert.leakSpeedMs,
    eventsCount: alert.eventsCount,
    events: alert.events.map(
      ({ at, meta }) =>
        new AlertEventObject(at.getTime(), '', {
          names: meta.map(([name]) => name),
          values: meta.map(([, value]) => value),
        }),
    ),
    message: alert.message,
    source: new Source({
      scope: crowdsecScope(source.scope),
      value: source.value,
      ip: source.ip ?? '',
      range: source.range ?? '',
      asNumber: source.asn ?? '',
      asName: source.asName ?? '',
      country: source.countryCode ?? '',
      latitude: source.latitude ?? 0,
      longitude: source.longitude ?? 0,
    }),
    startMs: alert.startAt.getTime(),
    stopMs: alert.knownAt.getTime(),
    simulated: alert.simulated,
    remediation: alert.remediation,
  });
}

/** Its fields say which names there are and which of them are texts. */
const SAMPLE = alertObject({
  id: '',
  scenario: '',
  scenarioVersion: '',
  scenarioHash: '',
  source: { scope: 'ip', value: '' },
  startAt: new Date(0),
  stopAt: new Date(0),
  knownAt: new Date(0),
  eventsCount: 0,
  events: [],
  message: '',
  remediation: false,
  simulated: false,
  labels: {},
  capacity: 0,
  leakSpeedMs: 0,
});
