// Where the built page is, and whether tests can open it in a browser.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM } from '../gateway/chromium.ts';

export const WEB: string = path.resolve(import.meta.dirname, '../../../dashboard/dist/web/');
export const canOpen: boolean = existsSync(path.join(WEB, 'index.html')) && CHROMIUM !== undefined;
export const CANNOT_OPEN = ' (skipped: no Chromium, or not built: npm run build)';
