// The built page on a dashboard with a store of its own, served where a browser can open it.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { testSite, type TestSite } from '../../../dashboard/test/server/site.ts';
import type { DashboardOptions, OidcOptions } from '../../../dashboard/src/server/index.ts';
import { serveDashboard } from '../../src/up/dashboardServer.ts';
import { CHROMIUM, CHROMIUM_ARGS } from '../gateway/chromium.ts';

const WEB: string = path.resolve(import.meta.dirname, '../../../dashboard/dist/web/');
export const canOpen: boolean = existsSync(path.join(WEB, 'index.html')) && CHROMIUM !== undefined;
export const CANNOT_OPEN = ' (skipped: no Chromium, or not built: npm run build)';

export interface BuiltPage {
  readonly site: TestSite;
  readonly browser: Browser;
  /** As `localhost`, the only name without TLS for which browsers give passkeys. */
  readonly base: string;
  /** The same by its address, under which they give none. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves the page and starts a browser; both are the caller's to close. */
export async function openBuiltPage(
  given: { readonly oidc?: OidcOptions; readonly more?: Partial<DashboardOptions> } = {},
): Promise<BuiltPage> {
  const site = await testSite({ ...given, assets: WEB });
  const server = await serveDashboard('127.0.0.1:0', site.dashboard, false);
  if ('problem' in server) throw new Error(server.problem);
  const browser = await chromium.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGS });
  return {
    ...{ site, browser, base: server.url.replace('127.0.0.1', 'localhost') },
    address: server.url,
    close: async () => {
      await browser.close();
      await server.close();
      await site.store.close();
    },
  };
}
