// Checks a message against OTLP's protocol buffers in their JSON mapping. The table is made of the fields of
// opentelemetry/proto (collector/metrics/v1, collector/logs/v1 and what they use), 1.9.

type FieldType =
  | 'string'
  | 'fixed64'
  | 'double'
  | 'bool'
  | 'uint32'
  | 'hex'
  | `enum ${number}`
  | (string & {});

interface MessageType {
  /** By name; `[]` behind a type for a list. */
  readonly fields: Readonly<Record<string, FieldType>>;
  /** At most one of these may be there. */
  readonly oneOf?: readonly string[];
}

const ANY_VALUE = {
  stringValue: 'string',
  boolValue: 'bool',
  intValue: 'fixed64',
  doubleValue: 'double',
  arrayValue: 'ArrayValue',
  kvlistValue: 'KeyValueList',
  bytesValue: 'string',
};
const POINT = {
  attributes: 'KeyValue[]',
  startTimeUnixNano: 'fixed64',
  timeUnixNano: 'fixed64',
  flags: 'uint32',
};

const MESSAGES: Readonly<Record<string, MessageType>> = {
  ExportMetricsServiceRequest: { fields: { resourceMetrics: 'ResourceMetrics[]' } },
  ResourceMetrics: {
    fields: { resource: 'Resource', scopeMetrics: 'ScopeMetrics[]', schemaUrl: 'string' },
  },
  ScopeMetrics: { fields: { scope: 'InstrumentationScope', metrics: 'Metric[]', schemaUrl: 'string' } },
  Metric: {
    fields: {
      ...{ name: 'string', description: 'string', unit: 'string', metadata: 'KeyValue[]' },
      ...{ gauge: 'Gauge', sum: 'Sum', histogram: 'Histogram' },
    },
    oneOf: ['gauge', 'sum', 'histogram'],
  },
  Gauge: { fields: { dataPoints: 'NumberDataPoint[]' } },
  Sum: {
    fields: { dataPoints: 'NumberDataPoint[]', aggregationTemporality: 'enum 2', isMonotonic: 'bool' },
  },
  Histogram: { fields: { dataPoints: 'HistogramDataPoint[]', aggregationTemporality: 'enum 2' } },
  NumberDataPoint: {
    fields: { ...POINT, asDouble: 'double', asInt: 'fixed64' },
    oneOf: ['asDouble', 'asInt'],
  },
  HistogramDataPoint: {
    fields: {
      ...POINT,
      ...{ count: 'fixed64', sum: 'double', min: 'double', max: 'double' },
      ...{ bucketCounts: 'fixed64[]', explicitBounds: 'double[]' },
    },
  },
  ExportLogsServiceRequest: { fields: { resourceLogs: 'ResourceLogs[]' } },
  ResourceLogs: { fields: { resource: 'Resource', scopeLogs: 'ScopeLogs[]', schemaUrl: 'string' } },
  ScopeLogs: { fields: { scope: 'InstrumentationScope', logRecords: 'LogRecord[]', schemaUrl: 'string' } },
  LogRecord: {
    fields: {
      ...{ timeUnixNano: 'fixed64', observedTimeUnixNano: 'fixed64', severityNumber: 'enum 24' },
      ...{ severityText: 'string', body: 'AnyValue', attributes: 'KeyValue[]', eventName: 'string' },
      ...{ droppedAttributesCount: 'uint32', flags: 'uint32', traceId: 'hex', spanId: 'hex' },
    },
  },
  Resource: { fields: { attributes: 'KeyValue[]', droppedAttributesCount: 'uint32' } },
  InstrumentationScope: {
    fields: {
      ...{ name: 'string', version: 'string', attributes: 'KeyValue[]', droppedAttributesCount: 'uint32' },
    },
  },
  KeyValue: { fields: { key: 'string', value: 'AnyValue' } },
  AnyValue: { fields: ANY_VALUE, oneOf: Object.keys(ANY_VALUE) },
  ArrayValue: { fields: { values: 'AnyValue[]' } },
  KeyValueList: { fields: { values: 'KeyValue[]' } },
};

/** Returns what is wrong with a value as that type; empty when nothing is. */
export function faultsOf(type: FieldType, value: unknown, at: string = type): readonly string[] {
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return [`${at} is no list`];
    return value.flatMap((one, i) => faultsOf(type.slice(0, -2), one, `${at}[${i}]`));
  }
  const message = MESSAGES[type];
  if (message === undefined) return isScalar(type, value) ? [] : [`${at} is no ${type}: ${String(value)}`];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no ${type}`];
  const { fields, oneOf = [] } = message;
  const several = oneOf.filter((name) => Object.hasOwn(value, name));
  return [
    ...(several.length > 1 ? [`${at} has ${several.join(' and ')}`] : []),
    ...Object.entries(value).flatMap(([name, below]) => {
      const field = fields[name];
      return field === undefined ? [`${at} has no field ${name}`] : faultsOf(field, below, `${at}.${name}`);
    }),
  ];
}

function isScalar(type: FieldType, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string' && !/\p{Cs}/u.test(value);
  if (type === 'hex') return typeof value === 'string' && /^(?:[\da-f]{2})*$/i.test(value);
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'fixed64')
    return typeof value === 'string' && /^\d+$/.test(value) && BigInt(value) < 2n ** 64n;
  if (type === 'double')
    return typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(String(value));
  if (!Number.isInteger(value) || Number(value) < 0) return false;
  return type === 'uint32' || Number(value) <= Number(/^enum (\d+)$/.exec(type)?.[1] ?? -1);
}
