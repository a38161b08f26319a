// Drawn for this page, 24 by 24, in the colour of the text around them.

import type { JSX } from 'preact';

const PATHS = {
  overview: 'M4 13h6V4H4zm0 7h6v-5H4zm10 0h6v-9h-6zm0-16v5h6V4z',
  incidents: 'M12 3 2.5 20h19zm0 6v5m0 2.6v.4',
  decisions: 'M12 3 4.5 6v5.5c0 4.6 3.2 7.9 7.5 9.5 4.3-1.6 7.5-4.9 7.5-9.5V6zM9 12l2.2 2.2L15.4 10',
  live: 'M2.5 12h4l2.7-7 4.6 14 2.7-7h5',
  health: 'M12 20s-8-4.6-8-10.2A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 8 2.8C20 15.4 12 20 12 20z',
  users:
    'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6.5 9c.4-3.6 3-5.6 6.5-5.6s6.1 2 6.5 5.6M16 4.4a3.5 3.5 0 0 1 0 6.2m2.2 4.2c1.9.8 3.1 2.5 3.3 5.2',
  audit: 'M6 3h9l4 4v14H6zM9.5 11h6m-6 4h6m-6-8h2',
  sites: 'M3.5 5h17v6h-17zm0 8h17v6h-17zM7 8h.5M7 16h.5M11 8h6m-6 8h6',
  bots: 'M5 9h14v10H5zM12 9V5m-1-1h2M9 13v2m6-2v2M2.5 13v3m19-3v3',
  rules: 'M4 6h9m4 0h3M4 12h3m4 0h9M4 18h11m4 0h1M15 4v4M9 10v4m8 2v4',
  report: 'M5 20V4h14v16zM8.5 16v-4m3.5 4V8m3.5 8v-6',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21.5h4',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7.5 9c.5-4 3.4-6.2 7.5-6.2s7 2.2 7.5 6.2',
  settings:
    'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10.4 5.3 10.6 2.7 13.4 2.7 13.6 5.3 15.6 6.1 17.6 4.4 19.6 6.4 17.9 8.4 18.7 10.4 21.3 10.6 21.3 13.4 18.7 13.6 17.9 15.6 19.6 17.6 17.6 19.6 15.6 17.9 13.6 18.7 13.4 21.3 10.6 21.3 10.4 18.7 8.4 17.9 6.4 19.6 4.4 17.6 6.1 15.6 5.3 13.6 2.7 13.4 2.7 10.6 5.3 10.4 6.1 8.4 4.4 6.4 6.4 4.4 8.4 6.1z',
  logout: 'M14 4H5v16h9m-4-8h11m-3.5-3.5L21 12l-3.5 3.5',
  check: 'M4.5 12.5l5 5 10-11',
  arrow: 'M9 5l7 7-7 7',
  back: 'M15 5l-7 7 7 7',
  close: 'M5 5l14 14M19 5L5 19',
  plus: 'M12 4v16M4 12h16',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zm5-1.5L21 21',
  person: 'M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21c.6-4.2 3.5-6.4 7.5-6.4s6.9 2.2 7.5 6.4',
  eye: 'M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  key: 'M8.5 14a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zm3-1.4L20 21m-3.5-3.6 2.2-2.2M8.5 9.5v.1',
  undo: 'M8 5 4 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-3',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The wall of the name. */
export function Wall(): JSX.Element {
  return (
    <svg class="wall" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path d="M6 25V10h4v4h4v-4h4v4h4v-4h4v15z" />
    </svg>
  );
}
