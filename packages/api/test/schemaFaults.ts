// Holds a value against a JSON Schema, of the words that our document uses. A word that it does not know is a fault, so
// that nothing is passed over.

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
}

const KNOWN = new Set([
  ...['$ref', 'type', 'format', 'pattern', 'enum', 'const', 'anyOf', 'items', 'properties', 'required'],
  ...['additionalProperties', 'propertyNames', 'minimum', 'maximum', 'description', 'default'],
]);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

export function schemaFaults(
  schema: Schema,
  value: unknown,
  all: Readonly<Record<string, Schema>>,
  at: string,
): readonly string[] {
  const unknown = Object.keys(schema).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) return [`${at}: the schema says ${unknown.join(', ')}`];
  if (schema.$ref !== undefined) {
    const target = all[schema.$ref.slice('#/components/schemas/'.length)];
    return target === undefined ? [`${at}: ${schema.$ref} is nowhere`] : schemaFaults(target, value, all, at);
  }
  if (schema.anyOf !== undefined)
    return schema.anyOf.some((one) => schemaFaults(one, value, all, at).length === 0)
      ? []
      : [`${at}: ${JSON.stringify(value)} is none of what it may be`];
  const fault = plainFault(schema, value);
  if (fault !== undefined) return [`${at}: ${JSON.stringify(value)} ${fault}`];
  if (Array.isArray(value))
    return value.flatMap((one, i) => schemaFaults(schema.items ?? {}, one, all, `${at}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => `${at}.${key} is missing`);
  const inner = Object.entries(value).flatMap(([key, one]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (known === false) return [`${at}.${key} is not known`];
    return typeof known === 'object' ? schemaFaults(known, one, all, `${at}.${key}`) : [];
  });
  return [...missing, ...inner];
}

function plainFault(schema: Schema, value: unknown): string | undefined {
  if (schema.type !== undefined && !isOfType(schema.type, value)) return `is no ${schema.type}`;
  if (schema.const !== undefined && schema.const !== value) return `is not ${JSON.stringify(schema.const)}`;
  if (schema.enum !== undefined && !schema.enum.includes(value)) return 'is not in the list';
  if (schema.format === 'date-time' && !TIME.test(String(value))) return 'is no date-time';
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value)))
    return 'has another form';
  if (schema.minimum !== undefined && Number(value) < schema.minimum) return 'is too small';
  if (schema.maximum !== undefined && Number(value) > schema.maximum) return 'is too large';
  return undefined;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}
