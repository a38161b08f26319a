// Paths through an XML tree in etree's notation: `/Event/EventData[1]/Data[@Name='Image']`. A smaller XPath, and
// not quite that: the filter [n] counts among the matches below one parent.

import { textOf, type XmlElement } from './xmlDocument.ts';

export type XmlPath = readonly Segment[];

interface Segment {
  readonly select: Select;
  readonly filters: readonly Filter[];
}

type Select = (element: XmlElement) => readonly XmlElement[];
type Filter = (candidates: readonly XmlElement[]) => readonly XmlElement[];

/** Returns the path, or undefined when the text is none. */
export function compileXmlPath(path: string): XmlPath | undefined {
  const full = path.endsWith('//') ? `${path}*` : path;
  const isAbsolute = full.startsWith('/');
  const segments: Segment[] = isAbsolute ? [{ select: selectRoot, filters: [] }] : [];
  for (const part of splitSegments(isAbsolute ? full.slice(1) : full)) {
    const segment = compileSegment(part);
    if (segment === undefined) return undefined;
    segments.push(segment);
  }
  return segments;
}

/** Returns the first element the path leads to from the given one. */
export function findElement(from: XmlElement, path: XmlPath): XmlElement | undefined {
  let elements: Iterable<XmlElement> = [from];
  for (const segment of path) {
    // Two ways to one element are one: without this, each `//` would multiply the work.
    const reached = new Set<XmlElement>();
    for (const element of elements) {
      for (const candidate of applySegment(segment, element)) reached.add(candidate);
    }
    elements = reached;
  }
  for (const element of elements) return element;
  return undefined;
}

/** Splits `space:name`; the space is '' where none is given, and then matches any. */
export function splitName(name: string): { readonly space: string; readonly local: string } {
  const colon = name.indexOf(':');
  return colon < 0
    ? { space: '', local: name }
    : { space: name.slice(0, colon), local: name.slice(colon + 1) };
}

function applySegment(segment: Segment, element: XmlElement): readonly XmlElement[] {
  let candidates = segment.select(element);
  for (const filter of segment.filters) candidates = filter(candidates);
  return candidates;
}

// At slashes outside quotes.
function splitSegments(path: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote = '';
  for (let i = 0; i < path.length; i++) {
    const letter = path[i]!;
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') {
      quote = letter;
    } else if (letter === '/') {
      parts.push(path.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, path.slice(start)];
}

function compileSegment(text: string): Segment | undefined {
  const [selector, ...filterTexts] = text.split('[') as [string, ...string[]];
  const filters: Filter[] = [];
  for (const filterText of filterTexts) {
    const filter = filterText.endsWith(']') ? compileFilter(filterText.slice(0, -1)) : undefined;
    if (filter === undefined) return undefined;
    filters.push(filter);
  }
  return { select: compileSelector(selector), filters };
}

function compileSelector(selector: string): Select {
  switch (selector) {
    case '.':
      return (element) => [element];
    case '..':
      return (element) => (element.parent === undefined ? [] : [element.parent]);
    case '*':
      return childrenOf;
    case '':
      return selectDescendants;
  }
  const { space, local } = splitName(selector);
  return (element) => childrenOf(element).filter((child) => isNamed(child, space, local));
}

const FUNCTIONS: ReadonlyMap<string, (element: XmlElement) => string> = new Map([
  ['local-name', (element: XmlElement) => element.tag],
  ['name', (element) => (element.space === '' ? element.tag : `${element.space}:${element.tag}`)],
  ['namespace-prefix', (element) => element.space],
  ['namespace-uri', namespaceOf],
  ['text', textOf],
]);

function compileFilter(text: string): Filter | undefined {
  if (text === '') return undefined;
  const equals = text.indexOf('=');
  const quote = equals < 0 ? undefined : text[equals + 1];
  if (quote === "'" || quote === '"') {
    if (text.indexOf(quote, equals + 2) !== text.length - 1) return undefined;
    return compileComparison(text.slice(0, equals), text.slice(equals + 2, -1));
  }
  if (/^-?\d*$/.test(text)) {
    const position = Number.parseInt(text, 10) || 0;
    return (candidates) => candidates.slice(position > 0 ? position - 1 : position).slice(0, 1);
  }
  return compileComparison(text, undefined);
}

// A filter on what is there, or on its value where one is given.
function compileComparison(key: string, wanted: string | undefined): Filter | undefined {
  if (key.startsWith('@')) {
    const { space, local } = splitName(key.slice(1));
    return (candidates) =>
      candidates.filter((element) =>
        element.attributes.some(
          (attribute) =>
            (space === '' || space === attribute.space) &&
            local === attribute.key &&
            (wanted === undefined || wanted === attribute.value),
        ),
      );
  }
  if (key.endsWith('()')) {
    const read = FUNCTIONS.get(key.slice(0, -2));
    if (read === undefined) return undefined;
    return (candidates) =>
      candidates.filter((element) =>
        wanted === undefined ? read(element) !== '' : read(element) === wanted,
      );
  }
  if (key === '') return undefined;
  const { space, local } = splitName(key);
  // An element counts once for each child that fits, as in etree: [n] after this filter sees the doubles.
  return (candidates) =>
    candidates.flatMap((element) =>
      childrenOf(element)
        .filter((child) => isNamed(child, space, local) && (wanted === undefined || textOf(child) === wanted))
        .map(() => element),
    );
}

function childrenOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => child !== null && typeof child === 'object');
}

function isNamed(element: XmlElement, space: string, local: string): boolean {
  return element.tag === local && (space === '' || element.space === space);
}

function selectRoot(element: XmlElement): readonly XmlElement[] {
  let root = element;
  while (root.parent !== undefined) root = root.parent;
  return [root];
}

// The element itself and all below it, level by level.
function selectDescendants(element: XmlElement): readonly XmlElement[] {
  const found = [element];
  for (let i = 0; i < found.length; i++) found.push(...childrenOf(found[i]!));
  return found;
}

function namespaceOf(element: XmlElement): string {
  const [space, key] = element.space === '' ? ['', 'xmlns'] : ['xmlns', element.space];
  for (let at: XmlElement | undefined = element; at !== undefined; at = at.parent) {
    const declared = at.attributes.find((attribute) => attribute.space === space && attribute.key === key);
    if (declared !== undefined) return declared.value;
  }
  return '';
}
