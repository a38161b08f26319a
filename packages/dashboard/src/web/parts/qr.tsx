// A text as a picture that phones read (ISO/IEC 18004). It is drawn here, so that a secret in it goes nowhere; dark on
// light in dark colours too, for not every camera reads the other way round.

import type { JSX } from 'preact';
import { qrSquares } from './qrSquares.ts';

export function QrCode(props: { readonly text: string; readonly label: string }): JSX.Element {
  const rows = qrSquares(props.text);
  const size = rows.length;
  let path = '';
  for (const [y, row] of rows.entries())
    for (const [x, isDark] of row.entries()) if (isDark) path += `M${x} ${y}h1v1h-1z`;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label}>
      <rect width={size} height={size} />
      <path d={path} shape-rendering="crispEdges" />
    </svg>
  );
}
