// The dashboard's section of the configuration.

import { z } from 'zod';

const claimValues = (what: string): z.ZodDefault<z.ZodArray<z.ZodString>> =>
  z.array(z.string().min(1)).default([]).describe(what);

const roleValues = z.strictObject({
  viewer: claimValues('Values of that claim that give the role; `*` is everybody'),
  analyst: claimValues('The same'),
  operator: claimValues('The same'),
  admin: claimValues('The same'),
});

const oidcSchema = z
  .strictObject({
    name: z.string().min(1).max(40).describe('How people know it: it stands on the button'),
    issuer: z
      .string()
      .refine(isIssuer, 'has to be a URL with https, or with http on this machine')
      .describe('Its address, below which .well-known/openid-configuration is'),
    client_id: z.string().min(1).describe('As Parapet is called there'),
    client_secret_file: z
      .string()
      .optional()
      .describe('A file with its secret there; neither for a public client, which has PKCE alone'),
    client_secret_env: z.string().optional().describe('A variable of the environment with it'),
    scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']).describe('What is asked for'),
    name_claim: z.string().min(1).default('preferred_username').describe('What people are called here'),
    role_claim: z
      .string()
      .min(1)
      .default('groups')
      .describe('The claim that says who may what: a text or a list; `realm_access.roles` is one in another'),
    roles: roleValues.prefault({}).describe('Who may what on all sites; who has no role does not come in'),
    site_roles: z
      .record(z.string().min(1).max(100), roleValues)
      .default({})
      .describe('The same for single sites, by their names'),
  })
  .describe('A provider of identities (OpenID Connect) through which people may come in as well');

export const dashboardSchema = z
  .strictObject({
    listen: z
      .string()
      .min(1)
      .default('127.0.0.1:8421')
      .describe('Address of the web page; `off` serves none, port 0 takes a free one'),
    hosts: z
      .array(z.string().min(1).toLowerCase())
      .default([])
      .describe('Names under which browsers ask for it, beside addresses and `localhost`'),
    behind_tls: z
      .boolean()
      .default(false)
      .describe(
        'Whether a web server in front speaks TLS for it: cookies then travel over TLS only, and X-Forwarded-For says who asks',
      ),
    oidc: oidcSchema.optional(),
  })
  .describe('The web page for people');

export type DashboardConfig = z.infer<typeof dashboardSchema>;
export type OidcConfig = z.infer<typeof oidcSchema>;

/** What it says is worth as much as the way there. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return (
    protocol === 'https:' ||
    (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
  );
}
