// Changing what may be done on a site, or about attacks in its requests.

import type { JSX } from 'preact';
import {
  INSPECTION_MODES,
  SITE_MODES,
  type ChosenView,
  type InspectionModeName,
  type SitePreviewView,
  type SiteRow,
} from '../../wirePages.ts';
import { tell } from '../state/ask.ts';
import { t } from '../words/words.ts';
import { Change, Effect, hitsPeople } from './change.tsx';

export function SiteChange(props: {
  readonly site: SiteRow;
  readonly what: 'mode' | 'inspection';
  readonly onClose: () => void;
  readonly onDone: () => void;
}): JSX.Element {
  const { site: row, what, ...closing } = props;
  const site = row.name;
  const name = `${site} – ${t(`sites.${what}`)}`;
  const choices: readonly InspectionModeName[] = what === 'mode' ? SITE_MODES : INSPECTION_MODES;
  return (
    <Change
      title={name}
      label={t('sites.wanted')}
      now={row[what]}
      choices={choices}
      textOf={(mode) => t(`mode.${mode}`)}
      preview={(mode) => tell<SitePreviewView>('/sites/preview', { site, what, mode })}
      effectOf={(preview) => (
        <>
          {preview.decisions !== undefined && (
            <p class="about">
              {t('sites.modeAbout')} {t('sites.inForce', { n: preview.decisions })}
            </p>
          )}
          {preview.does === 'tells' ? (
            <p class="notice">
              {t(what === 'inspection' && row.mode === 'observe' ? 'sites.tellsOnly' : 'rules.nothing')}
            </p>
          ) : (
            <Effect preview={preview} />
          )}
        </>
      )}
      mustLook={hitsPeople}
      save={async (mode, force) => {
        const { before } = await tell<ChosenView>('/sites/mode', { site, what, mode, force });
        return {
          text:
            mode === 'usual'
              ? t('change.back', { name })
              : t('rules.changed', { name, mode: t(`mode.${mode}`) }),
          undo: () => tell('/sites/mode', { site, what, mode: before, force: true }),
        };
      }}
      isChosen={what === 'mode' ? row.isModeChosen : row.isInspectionChosen}
      {...closing}
    />
  );
}
