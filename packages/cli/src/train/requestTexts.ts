// The texts of a request that the model reads: its parts as the decoders give them, and their other readings.

import { groupOf, readParts, type PlacementGroup } from '@parapet/engine';
import type { InspectedRequest } from '@parapet/kinds';

export interface PlacedText {
  readonly text: string;
  readonly group: PlacementGroup;
  /** Whether it is only the wrapping of what another text has in clear: base64, or a compressed value. */
  readonly isWrapping: boolean;
}

/** Returns every text of a request that is scored, each once for its place. */
export function requestTexts(request: InspectedRequest): PlacedText[] {
  const texts: PlacedText[] = [];
  for (const part of readParts(request).parts) {
    const group = groupOf(part);
    if (group === undefined || part.value === '') continue;
    const isWrapping = part.views.some(({ decodings }) =>
      decodings.some((decoding) => decoding === 'base64' || decoding === 'inflate'),
    );
    texts.push({ text: part.value, group, isWrapping });
    for (const view of part.views) texts.push({ text: view.text, group, isWrapping: false });
  }
  return texts;
}

/** Returns the texts of one value as a parameter has it, with its other readings. */
export function valueTexts(value: string): PlacedText[] {
  const texts = requestTexts({
    method: 'GET',
    rawTarget: `/?p=${encodeURIComponent(Buffer.from(value, 'utf8').toString('utf8'))}`,
    headers: [],
    body: undefined,
    isBodyCut: false,
    site: '',
  });
  return texts.filter((placed) => placed.group === 'value');
}
