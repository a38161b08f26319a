// Language and colours, remembered on this device.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { chooseLanguage, isLanguage, language, LANGUAGES, t, type Language } from '../words/words.ts';

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEPT = 'parapet-theme';

const theme = signal<Theme>(THEMES.find((one) => one === localStorage.getItem(KEPT)) ?? 'auto');
applyTheme(theme.value);

function applyTheme(chosen: Theme): void {
  if (chosen === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen;
}

function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  localStorage.setItem(KEPT, chosen);
  applyTheme(chosen);
}

export function Choices(): JSX.Element {
  return (
    <div class="choices">
      <label>
        <span class="hidden">{t('language.label')}</span>
        <select
          value={language.value}
          onChange={(event) => {
            const { value } = event.currentTarget;
            if (isLanguage(value)) void chooseLanguage(value);
          }}
        >
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag as Language} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="hidden">{t('theme.label')}</span>
        <select
          value={theme.value}
          onChange={(event) => {
            const chosen = THEMES.find((one) => one === event.currentTarget.value);
            if (chosen !== undefined) chooseTheme(chosen);
          }}
        >
          {THEMES.map((one) => (
            <option key={one} value={one}>
              {t(`theme.${one}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
