// The words that OTLP's messages share, in the JSON mapping of protocol buffers as OTLP narrows it
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): names in camel case, 64-bit integers as decimal
// texts, enumerations as numbers.

/** One value of an attribute; OTLP has more kinds, these are the ones that we write. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly intValue: string }
  | { readonly boolValue: boolean }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } };

export interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

/** What an attribute may be made of; one that is undefined is left out. */
export type Plain = string | number | boolean | readonly string[] | undefined;

/** Who sends: attributes of `resource`, and the scope that all of ours have. */
export interface OtlpSender {
  readonly resource: Readonly<Record<string, Plain>>;
  readonly version: string;
}

const MAX_TEXT = 1024;

/** Returns attributes in the order given; texts are cut, so that a record has a bound. */
export function attributesOf(values: Readonly<Record<string, Plain>>): readonly OtlpAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: valueOf(value) }],
  );
}

/** Returns nanoseconds since the epoch, as text: they are more than a number can hold. */
export function nanosOf(ms: number): string {
  return `${Math.max(0, Math.trunc(ms))}000000`;
}

/** Returns a text as OTLP has one: half of a surrogate pair would not be UTF-8. */
export function textOf(text: string): string {
  return text.slice(0, MAX_TEXT).replaceAll(/\p{Cs}/gu, '\uFFFD');
}

export interface OtlpHead {
  readonly resource: { readonly attributes: readonly OtlpAttribute[] };
  readonly scope: { readonly name: string; readonly version: string };
}

/** Returns resource and scope as both kinds of message name them. */
export function headOf({ resource, version }: OtlpSender): OtlpHead {
  return { resource: { attributes: attributesOf(resource) }, scope: { name: 'parapet', version } };
}

function valueOf(value: Exclude<Plain, undefined>): OtlpValue {
  if (typeof value === 'string') return { stringValue: textOf(value) };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(Math.trunc(value)) };
  return { arrayValue: { values: value.map((one) => ({ stringValue: textOf(one) })) } };
}
