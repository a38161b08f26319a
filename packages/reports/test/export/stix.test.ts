import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stixBundle } from '../../src/index.ts';
import { alertFrom } from './alerts.ts';
import { stixFaults } from './stixFaults.ts';

type Bundle = ReturnType<typeof stixBundle>;

const ofType = (bundle: Bundle, type: string): Bundle['objects'] =>
  bundle.objects.filter((one) => one.type === type);

describe('attackers as STIX 2.1', () => {
  it('are what the standard asks for', () => {
    const bundle = stixBundle(
      [
        alertFrom('198.51.100.3'),
        alertFrom('198.51.100.3', 30, 'crowdsecurity/http-probing'),
        alertFrom('2001:db8::1', 5),
        alertFrom('203.0.113.0/24', 6),
      ],
      'shop',
    );
    expect(stixFaults(bundle)).toEqual([]);
    expect(ofType(bundle, 'indicator')).toHaveLength(3);
    expect(ofType(bundle, 'attack-pattern')).toHaveLength(2);
    expect(ofType(bundle, 'relationship')).toHaveLength(4);
    expect(ofType(bundle, 'observed-data')[0]).toMatchObject({
      first_observed: '2026-03-01T12:00:00.000Z',
      last_observed: '2026-03-01T12:30:50.000Z',
      number_observed: 12,
    });
    expect(ofType(bundle, 'indicator')[0]).toMatchObject({
      pattern: "[ipv4-addr:value = '198.51.100.3']",
      valid_until: '2026-03-08T12:30:50.000Z',
    });
  });

  it('have the identifiers that the standard gives to addresses', () => {
    // The example of section 2.9, and one that other tools give.
    const bundle = stixBundle([alertFrom('198.51.100.3'), alertFrom('2001:db8::1')], 'shop');
    expect(ofType(bundle, 'ipv4-addr')[0]?.id).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
    expect(ofType(bundle, 'ipv6-addr')[0]?.id).toBe('ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26');
  });

  it('are the same when they are told again, and grow when there is more', () => {
    const once = [alertFrom('198.51.100.3'), alertFrom('198.51.100.4', 1)];
    expect(stixBundle(once, 'shop')).toEqual(stixBundle(once, 'shop'));
    const more = stixBundle([...once, alertFrom('198.51.100.3', 9)], 'shop');
    const ids = new Set(more.objects.map(({ id }) => id));
    expect(stixBundle(once, 'shop').objects.every(({ id }) => ids.has(id))).toBe(true);
  });

  it('are none where the source is no address, and then there is still who tells', () => {
    const bundle = stixBundle([alertFrom('some-user')], 'shop');
    expect(bundle.objects.map(({ type }) => type)).toEqual(['identity']);
    expect(stixFaults(bundle)).toEqual([]);
  });

  it('are well formed whatever the alerts say', () => {
    const text = fc.string({ unit: 'binary' });
    const value = fc.oneof(fc.ipV4(), fc.ipV6(), text);
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.integer({ min: 0, max: 1e6 }), text)), (all) => {
        const alerts = all.map(([ip, minute, scenario]) => alertFrom(ip, minute, scenario));
        expect(stixFaults(stixBundle(alerts, 'shop'))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the check itself', () => {
  it('finds what is not as it has to be', () => {
    const good = stixBundle([alertFrom('198.51.100.3')], 'shop');
    const faultsWith = (type: string, changes: Readonly<Record<string, unknown>>): readonly string[] => {
      const objects = good.objects.map((one) => (one.type === type ? { ...one, ...changes } : one));
      return stixFaults({ ...good, objects });
    };
    expect(faultsWith('indicator', {})).toEqual([]);
    expect(faultsWith('indicator', { valid_from: undefined })).not.toEqual([]);
    expect(faultsWith('indicator', { created: '2026-03-01' })).not.toEqual([]);
    expect(faultsWith('indicator', { id: 'indicator--1' })).not.toEqual([]);
    expect(faultsWith('relationship', { target_ref: 'indicator--1' })).not.toEqual([]);
    expect(faultsWith('observed-data', { number_observed: 0 })).not.toEqual([]);
    expect(faultsWith('sighting', { more: 1 })).not.toEqual([]);
  });
});
