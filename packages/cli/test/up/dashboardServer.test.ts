import { describe, expect, it, onTestFinished } from 'vitest';
import { serveDashboard } from '../../src/up/dashboardServer.ts';

describe('the listener of the dashboard', () => {
  it.each([
    ['the peer', false, '198.51.100.7', '127.0.0.1'],
    ['who the web server says, when there is one in front', true, '198.51.100.7', '198.51.100.7'],
    ['the last one, which the web server has written', true, '10.0.0.1, 203.0.113.5', '203.0.113.5'],
    ['the peer, when what is said is no address', true, 'somebody', '127.0.0.1'],
  ])('tells who asks: %s', async (_, isBehind, told, expected) => {
    const server = await serveDashboard(
      '127.0.0.1:0',
      async (_request, { ip }) => new Response(ip),
      isBehind,
    );
    if ('problem' in server) throw new Error(server.problem);
    onTestFinished(() => server.close());
    const answer = await fetch(server.url, { headers: { 'x-forwarded-for': told } });
    expect(await answer.text()).toBe(expected);
  });

  it('lets go of what comes by itself when the page is gone', async () => {
    let isOpen = false;
    const server = await serveDashboard(
      '127.0.0.1:0',
      async () =>
        new Response(
          new ReadableStream({
            start: (controller) => {
              isOpen = true;
              controller.enqueue(new TextEncoder().encode('retry: 2000\n\n'));
            },
            cancel: () => void (isOpen = false),
          }),
          { headers: { 'content-type': 'text/event-stream' } },
        ),
      false,
    );
    if ('problem' in server) throw new Error(server.problem);
    onTestFinished(() => server.close());
    const going = new AbortController();
    const answer = await fetch(server.url, { signal: going.signal });
    await answer.body!.getReader().read();
    expect(isOpen).toBe(true);
    going.abort();
    await expect.poll(() => isOpen, { timeout: 10_000 }).toBe(false);
  });

  it('says why it cannot listen, and throws nothing', async () => {
    const nothing = async (): Promise<Response> => new Response('');
    const first = await serveDashboard('127.0.0.1:0', nothing, false);
    if ('problem' in first) throw new Error(first.problem);
    onTestFinished(() => first.close());
    const second = await serveDashboard(first.url.replace('http://', ''), nothing, false);
    expect(second).toEqual({ problem: expect.stringContaining('EADDRINUSE') });
    expect(await serveDashboard('nonsense', nothing, false)).toHaveProperty('problem');
  });
});
