// Bodies that are too large, of another kind, or no text: refused before they cost anything.
import { request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { BodyBudget } from '../../api/route/body-budget.ts';
import { ingestBody, jsonLimitBytes } from '../../api/route/body-spec.ts';
import { defineRoute } from '../../api/route/define-route.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import { signToken } from './fake-world.ts';
import { codeOf, postJson, withApi } from './with-api.ts';

const mib = 1024 * 1024;

const json = defineRoute({
  method: 'POST',
  path: '/api/v1/json',
  summary: 'Take JSON',
  tag: 'bodies',
  access: 'public',
  body: z.strictObject({ text: z.string() }),
  reply: z.strictObject({ length: z.int() }),
  refusals: [],
  handle: ({ body }) => ({ length: body.text.length }),
});

const raw = defineRoute({
  method: 'POST',
  path: '/api/v1/raw',
  summary: 'Take bytes',
  tag: 'bodies',
  access: 'signed-in',
  body: ingestBody(),
  reply: z.strictObject({ length: z.int(), mediaType: z.string() }),
  refusals: [],
  handle: ({ body }) => ({ length: body.bytes.length, mediaType: body.mediaType }),
});

/** Reads all of a stranger's body before it looks who sent it, as a signature asks for. */
const anybody = defineRoute({
  method: 'POST',
  path: '/api/v1/anybody',
  summary: 'Take bytes of anybody',
  tag: 'bodies',
  access: 'public',
  body: ingestBody(),
  reply: z.strictObject({ length: z.int() }),
  refusals: [],
  handle: ({ body }) => ({ length: body.bytes.length }),
});

const shut = defineRoute({
  method: 'POST',
  path: '/api/v1/shut',
  summary: 'Take nothing',
  tag: 'bodies',
  access: 'public',
  body: ingestBody(),
  reply: z.strictObject({}),
  refusals: ['UNAVAILABLE'],
  before: () => refuse('UNAVAILABLE'),
  handle: () => {
    throw new Error('nothing comes this far');
  },
});

const routes = [json, raw, anybody, shut];

async function postBytes(url: string, bytes: number): Promise<Response> {
  const authorization = `Bearer ${await signToken()}`;
  return fetch(url, { method: 'POST', headers: { authorization, 'content-type': 'application/x-ndjson; charset=utf-8' }, body: Buffer.alloc(bytes, 10) });
}

/** A body of a length that is not announced. */
function postChunked(url: string, { bytes, chunkBytes }: { readonly bytes: number; readonly chunkBytes: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sending.on('error', reject);
    for (let sent = 0; sent < bytes; sent += chunkBytes) sending.write(Buffer.alloc(chunkBytes, 32));
    sending.end();
  });
}

interface Held {
  wasAnswered(): boolean;
  end(): void;
}

/** Sends so much and never ends. */
function holdOpen(url: string, bytes: number): Held {
  let answered = false;
  const sending = request(url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson', 'transfer-encoding': 'chunked' } }, (response) => {
    answered = true;
    response.resume();
    sending.destroy();
  });
  // Cut off in the end, by us or by the listener.
  sending.on('error', () => undefined);
  sending.write(Buffer.alloc(bytes, 10));
  return { wasAnswered: () => answered, end: () => sending.destroy() };
}

describe('limits', () => {
  it('when a JSON body is as large as allowed, then it is taken; one byte more is refused', async () => {
    await withApi({ routes }, async ({ url }) => {
      const room = jsonLimitBytes - '{"text":""}'.length;

      expect((await postJson(`${url}/api/v1/json`, { text: 'x'.repeat(room) })).status).toBe(200);
      const refused = await postJson(`${url}/api/v1/json`, { text: 'x'.repeat(room + 1) });
      expect(refused.status).toBe(413);
      expect(await codeOf(refused)).toBe('PAYLOAD_TOO_LARGE');
    });
  });

  it('when the length is not announced, then the limit holds all the same', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect(await postChunked(`${url}/api/v1/json`, { bytes: 4 * mib, chunkBytes: 64 * 1024 })).toBe(413);
    });
  });

  it('when an ingest body has 16 MiB, then the handler gets every byte; more is refused', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect(await (await postBytes(`${url}/api/v1/raw`, 16 * mib)).json()).toEqual({ length: 16 * mib, mediaType: 'application/x-ndjson' });
      expect((await postBytes(`${url}/api/v1/raw`, 16 * mib + 1)).status).toBe(413);
    });
  });

  it('when the connection had a refused body, then it still serves the next request', async () => {
    await withApi({ routes }, async ({ url }) => {
      await (await postJson(`${url}/api/v1/json`, { text: 'x'.repeat(2 * mib) })).arrayBuffer();

      expect((await postJson(`${url}/api/v1/json`, { text: 'x' })).status).toBe(200);
    });
  });

  it('when all bodies together would hold too much, then the caller is told to come back, and afterwards there is room again', async () => {
    await withApi({ routes, bodyBudgetBytes: mib }, async ({ url }) => {
      const refused = await postBytes(`${url}/api/v1/raw`, 2 * mib);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('1');

      for (let round = 0; round < 3; round += 1) expect((await postBytes(`${url}/api/v1/raw`, mib * 0.75)).status).toBe(200);
    });
  });

  it('when strangers hold all the room there is for strangers, then they are told to come back, and whoever is known is served', async () => {
    await withApi({ routes }, async ({ url }) => {
      const statusOf = async (path: string) => (await postBytes(`${url}${path}`, 6 * mib)).status;
      let held = holdOpen(`${url}/api/v1/anybody`, 7 * mib);
      try {
        const endMs = Date.now() + 10_000;
        while ((await statusOf('/api/v1/anybody')) !== 429) {
          expect(Date.now()).toBeLessThan(endMs);
          // Our own question may have had the room just when it came.
          if (held.wasAnswered()) held = holdOpen(`${url}/api/v1/anybody`, 7 * mib);
        }

        expect(await statusOf('/api/v1/raw')).toBe(200);
      } finally {
        held.end();
      }
    });
  });

  it('when a route takes nothing now, then it says so before it reads anything', async () => {
    await withApi({ routes, publicBodyBudgetBytes: 1 }, async ({ url }) => {
      expect((await postBytes(`${url}/api/v1/anybody`, 2)).status).toBe(429);
      expect((await postBytes(`${url}/api/v1/shut`, mib)).status).toBe(503);
      expect((await postBytes(`${url}/api/v1/shut`, 17 * mib)).status).toBe(503);
    });
  });
});

describe('kinds', () => {
  it.each([
    ['text/plain', '{"text":"x"}'],
    ['application/x-www-form-urlencoded', 'text=x'],
    ['application/x-ndjson', '{"text":"x"}'],
    ['application/json; charset=latin1', '{"text":"x"}'],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('when the content type is %s, then it is refused', async (contentType, body) => {
    await withApi({ routes }, async ({ url }) => {
      const response = await postJson(`${url}/api/v1/json`, body, { 'content-type': contentType });

      expect(response.status).toBe(415);
      expect(await codeOf(response)).toBe('UNSUPPORTED_MEDIA_TYPE');
    });
  });

  it.each(['application/json', 'APPLICATION/JSON; charset="UTF-8"', 'application/json;charset=utf8'])(
    'when the content type is %s, then it is taken',
    async (contentType) => {
      await withApi({ routes }, async ({ url }) => {
        expect((await postJson(`${url}/api/v1/json`, { text: 'x' }, { 'content-type': contentType })).status).toBe(200);
      });
    },
  );

  it('when no content type is given, then it counts as JSON', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/json`, { method: 'POST', body: Buffer.from('{"text":"x"}') })).status).toBe(200);
    });
  });

  it('when the body is compressed, then it is refused', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect((await postJson(`${url}/api/v1/json`, { text: 'x' }, { 'content-encoding': 'gzip' })).status).toBe(415);
    });
  });

  it.each([[Buffer.from([0x22, 0xff, 0x22])], [Buffer.from('{"text":')], [Buffer.from('\ufeff{"text":"x"}')]])(
    'when the bytes %p are no JSON, then they could not be read',
    async (bytes) => {
      await withApi({ routes }, async ({ url }) => {
        const response = await fetch(`${url}/api/v1/json`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: bytes,
        });

        expect(response.status).toBe(400);
        expect(await codeOf(response)).toBe('BAD_REQUEST');
      });
    },
  );

  it('when an ingest call has no body, then the body is named', async () => {
    await withApi({ routes }, async ({ url }) => {
      expect((await fetch(`${url}/api/v1/raw`, { method: 'POST', headers: { authorization: `Bearer ${await signToken()}` } })).status).toBe(422);
    });
  });
});

describe('BodyBudget', () => {
  it('when shares are given back, once or twice, then exactly what was taken is free again', () => {
    const budget = new BodyBudget({ limitBytes: 10 });
    const one = budget.lease();
    const two = budget.lease();

    expect([one.take(6), two.take(6), two.take(4)]).toEqual([true, false, true]);
    one.giveBack();
    one.giveBack();
    expect(budget.heldBytes).toBe(4);
  });
});
