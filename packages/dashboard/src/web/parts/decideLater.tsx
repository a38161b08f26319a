// Deciding by hand, loaded when somebody does.

import type { JSX } from 'preact';
import type { DecideProps } from './decide.tsx';
import { laterPart } from './lazy.tsx';

const Decide = laterPart<DecideProps>(async () => (await import('./decide.tsx')).Decide);

export function DecideLater(props: DecideProps): JSX.Element {
  return Decide.value === undefined ? <Decide.Wait /> : <Decide.value {...props} />;
}
