// Who may come in, what they may do, and the links that let others in.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { AuditView, RoleName, UserView } from '../../wire.ts';
import { ChoiceField, DialogEnd, useForm } from '../parts/form.tsx';
import { Icon } from '../parts/icons.tsx';
import { At, Dialog, Empty, PageHead, Panel, Raw, Shown, TableHead, When } from '../parts/parts.tsx';
import { SiteList } from '../parts/site-list.tsx';
import { Fault, tell } from '../state/ask.ts';
import { useData } from '../state/data.ts';
import { complain, say } from '../state/notes.ts';
import { filter, place } from '../state/place.ts';
import { session } from '../state/session.ts';
import { faultText, t, tOr } from '../words/words.ts';

const ROLES: readonly RoleName[] = ['viewer', 'analyst', 'operator', 'admin'];
const WHERE = ['users.forAll', 'users.forSome'] as const;

export function Users(): JSX.Element {
  const data = useData<readonly UserView[]>('/users');
  const [link, setLink] = useState('');
  const [isInviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState('');
  const [editing, setEditing] = useState<UserView>();
  const hasSites = (session.value?.sites ?? []).length > 1;
  const act = (work: () => Promise<void>): void => {
    work()
      .catch((error: unknown) => complain(faultText(error as Fault))) // of `tell`
      .finally(data.reload);
  };
  const invite = async (given: {
    readonly role: string;
    readonly user?: string;
    readonly sites?: readonly string[];
  }): Promise<void> => {
    const { token } = await tell<{ readonly token: string }>('/users/invite', given);
    setLink(`${location.origin}/welcome#${token}`);
    setInviting(true);
  };
  return (
    <>
      <PageHead title={t('users.title')} lead={t('users.lead')}>
        <button
          type="button"
          class="button main"
          onClick={() => {
            setLink('');
            setInviting(true);
          }}
        >
          <Icon name="plus" /> {t('users.invite')}
        </button>
      </PageHead>
      <Panel>
        <Shown data={data}>
          {(users) => (
            <table class="cards users">
              <TableHead
                columns={[t('users.name'), t('users.role'), t('users.totp'), t('users.seen')]}
                hasActs
              />
              <tbody>
                {users.map((user) => (
                  <tr key={user.name}>
                    <th scope="row">
                      {user.name}
                      {user.name === session.value?.user?.name && (
                        <span class="about"> ({t('users.you')})</span>
                      )}
                    </th>
                    <td data-label={t('users.role')}>
                      <select
                        aria-label={`${t('users.role')}: ${user.name}`}
                        value={user.role}
                        disabled={user.isOfProvider}
                        onChange={(event) => {
                          const role = event.currentTarget.value;
                          act(async () => {
                            await tell('/users/role', { user: user.name, role });
                            say(
                              role === ''
                                ? t('users.saved', { name: user.name })
                                : t('users.changed', { name: user.name, role: tOr(`role.${role}`, role) }),
                            );
                          });
                        }}
                      >
                        {(user.role === '' || Object.keys(user.siteRoles).length > 0) && (
                          <option value="">{t('users.noneOfAll')}</option>
                        )}
                        {ROLES.map((role) => (
                          <option key={role} value={role}>
                            {t(`role.${role}`)}
                          </option>
                        ))}
                      </select>
                      <SiteRolesText user={user} />
                    </td>
                    <td data-label={t('users.totp')}>{factorsText(user)}</td>
                    <td data-label={t('users.seen')}>
                      {user.seenMs === undefined ? t('users.never') : <When atMs={user.seenMs} />}
                    </td>
                    <td class="row-act">
                      {hasSites && !user.isOfProvider && (
                        <button
                          type="button"
                          class="button small"
                          aria-label={`${t('users.editSites')}: ${user.name}`}
                          onClick={() => setEditing(user)}
                        >
                          {t('users.sites')}
                        </button>
                      )}
                      {!user.isOfProvider && (
                        <button
                          type="button"
                          class="button small"
                          aria-label={`${t('users.reset')}: ${user.name}`}
                          onClick={() =>
                            act(() =>
                              invite({ role: user.role === '' ? 'viewer' : user.role, user: user.name }),
                            )
                          }
                        >
                          {t('users.reset')}
                        </button>
                      )}
                      <button
                        type="button"
                        class="button small"
                        aria-label={`${t('users.remove')}: ${user.name}`}
                        onClick={() => setLeaving(user.name)}
                      >
                        {t('users.remove')}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Shown>
      </Panel>
      {isInviting && <Invite link={link} onClose={() => setInviting(false)} onMake={invite} />}
      {editing !== undefined && (
        <SiteRoles user={editing} onClose={() => setEditing(undefined)} onSaved={data.reload} />
      )}
      {leaving !== '' && (
        <Dialog title={`${t('users.remove')}: ${leaving}`} onClose={() => setLeaving('')}>
          <p>{t('users.removeSure', { name: leaving })}</p>
          <DialogEnd onCancel={() => setLeaving('')}>
            <button
              type="button"
              class="button danger"
              onClick={() => {
                const name = leaving;
                setLeaving('');
                act(async () => {
                  await tell('/users/remove', { user: name });
                  say(t('users.removed', { name }));
                });
              }}
            >
              {t('users.remove')}
            </button>
          </DialogEnd>
        </Dialog>
      )}
    </>
  );
}

/** On how many single sites, and on which. */
function SiteRolesText({ user }: { readonly user: UserView }): JSX.Element | null {
  const names = Object.keys(user.siteRoles);
  if (names.length === 0) return null;
  return (
    <span class="about" title={names.join(', ')}>
      {' '}
      {t('users.onSites', { n: names.length })}
    </span>
  );
}

function SiteRoles(props: {
  readonly user: UserView;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): JSX.Element {
  const { name, role: ofAll, siteRoles } = props.user;
  const [roles, setRoles] = useState(new Map(Object.entries(siteRoles)));
  const form = useForm(async () => {
    await tell('/users/role', { user: name, role: ofAll, siteRoles: Object.fromEntries(roles) });
    say(t('users.saved', { name }));
    props.onSaved();
    props.onClose();
  });
  const without = (site: string): Map<string, string> => {
    const rest = new Map(roles);
    rest.delete(site);
    return rest;
  };
  return (
    <Dialog title={`${t('users.editSites')}: ${name}`} onClose={props.onClose}>
      <form onSubmit={form.onSubmit}>
        <p>{t('users.sitesLead')}</p>
        <SiteList
          names={[...roles.keys()]}
          onAdd={(site) => setRoles(new Map(roles).set(site, 'viewer'))}
          onDrop={(site) => setRoles(without(site))}
          beside={(site) => (
            <select
              aria-label={`${t('users.role')}: ${site}`}
              value={roles.get(site) ?? 'viewer'}
              onChange={(event) => setRoles(new Map(roles).set(site, event.currentTarget.value))}
            >
              {ROLES.map((role) => (
                <option key={role} value={role}>
                  {t(`role.${role}`)}
                </option>
              ))}
            </select>
          )}
        />
        {form.message}
        <DialogEnd onCancel={props.onClose}>
          <button class="button main" disabled={form.isBusy}>
            {t('users.save')}
          </button>
        </DialogEnd>
      </form>
    </Dialog>
  );
}

function factorsText({ hasTotp, passkeys, isOfProvider }: UserView): string {
  if (isOfProvider) return t('users.provider');
  const factors = [
    hasTotp ? t('users.code') : '',
    passkeys > 0 ? t('users.passkeys', { n: passkeys }) : '',
  ].filter((one) => one !== '');
  return factors.length === 0 ? t('users.no') : factors.join(', ');
}

function Invite(props: {
  readonly link: string;
  readonly onClose: () => void;
  readonly onMake: (given: { readonly role: string; readonly sites?: readonly string[] }) => Promise<void>;
}): JSX.Element {
  const [role, setRole] = useState<RoleName>('viewer');
  const [where, setWhere] = useState<(typeof WHERE)[number]>('users.forAll');
  const [sites, setSites] = useState<readonly string[]>([]);
  const isForAll = where === 'users.forAll';
  const form = useForm(async () => {
    if (!isForAll && sites.length === 0) throw new Fault('needSite', '');
    await props.onMake(isForAll ? { role } : { role, sites });
  });
  return (
    <Dialog title={t('users.invite')} onClose={props.onClose}>
      {props.link === '' ? (
        <form onSubmit={form.onSubmit}>
          <ChoiceField
            label={t('users.role')}
            hint={t(`role.${role}Text`)}
            value={role}
            choices={ROLES}
            textOf={(one) => t(`role.${one}`)}
            onValue={setRole}
          />
          {(session.value?.sites ?? []).length > 1 && (
            <ChoiceField
              label={t('users.where')}
              value={where}
              choices={WHERE}
              textOf={(one) => t(one)}
              onValue={setWhere}
            />
          )}
          {!isForAll && (
            <SiteList
              names={sites}
              onAdd={(name) => setSites([...sites, name])}
              onDrop={(name) => setSites(sites.filter((one) => one !== name))}
            />
          )}
          {form.message}
          <div class="acts end">
            <button class="button main" disabled={form.isBusy}>
              {t('users.makeLink')}
            </button>
          </div>
        </form>
      ) : (
        <>
          <p>{t('users.inviteText')}</p>
          <pre class="command" tabIndex={0}>
            {props.link}
          </pre>
        </>
      )}
    </Dialog>
  );
}

export function Audit(): JSX.Element {
  const before = place.value.query.get('before') ?? '';
  const data = useData<AuditView>(`/audit?before=${before}`);
  return (
    <>
      <PageHead title={t('audit.title')} lead={t('audit.lead')} />
      <Panel>
        <Shown data={data} rows={8}>
          {({ entries, isWhole, brokenAt = 0 }) => (
            <>
              <p class={isWhole ? 'notice good' : 'notice bad'} role="status">
                {isWhole ? t('audit.whole') : t('audit.broken', { n: brokenAt })}
              </p>
              {entries.length === 0 ? (
                <Empty icon="audit" title={t('audit.none')} />
              ) : (
                <table class="cards">
                  <TableHead
                    columns={[
                      t('audit.when'),
                      t('audit.who'),
                      t('audit.act'),
                      t('audit.target'),
                      t('audit.from'),
                    ]}
                  />
                  <tbody>
                    {entries.map((entry) => (
                      <tr key={entry.number}>
                        <td data-label={t('audit.when')}>
                          <At atMs={entry.atMs} />
                        </td>
                        <th scope="row">
                          <Raw>{entry.who === '' ? '–' : entry.who}</Raw>
                        </th>
                        <td data-label={t('audit.act')}>
                          <code>{entry.act}</code>
                        </td>
                        <td data-label={t('audit.target')}>
                          <Raw>{entry.target}</Raw>
                        </td>
                        <td data-label={t('audit.from')}>
                          <Raw>{entry.ip === '' ? '–' : entry.ip}</Raw>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              )}
              {(entries.at(-1)?.number ?? 1) > 1 && (
                <button
                  type="button"
                  class="button wide"
                  onClick={() => filter({ before: String(entries.at(-1)?.number ?? '') })}
                >
                  {t('app.more')}
                </button>
              )}
            </>
          )}
        </Shown>
      </Panel>
    </>
  );
}
