// Downloads the Temporal program from where Temporal's own SDK gets it.
import { createWriteStream } from 'node:fs';
import { Agent, get } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { runCommand } from '../process/run-command.ts';
import type { Maker } from './provision-temporal.ts';

export interface DownloadOptions {
  readonly origin: string;
  readonly limitMs: number;
  /** For proxies. */
  readonly environment: NodeJS.ProcessEnv;
}

const infoSchema = z.object({ archiveUrl: z.string(), fileToExtract: z.string() });
const largestInfoBytes = 64 * 1024;
const largestArchiveBytes = 500 * 1024 * 1024;
const sayEveryMs = 5_000;
const unpackLimitMs = 120_000;
const redirects = 5;

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const platforms: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' };

export function downloadTemporal({ origin, limitMs, environment }: DownloadOptions): Maker {
  return async ({ into, version, say, signal }) => {
    const arch = architectures[process.arch];
    const platform = platforms[process.platform];
    if (arch === undefined || platform === undefined) return { why: `there is none for ${process.platform} on ${process.arch}` };
    // One timer of our own over all of it, whatever the connection does.
    const limit = new AbortController();
    const timer = setTimeout(() => {
      limit.abort(new Error(`took longer than ${String(Math.round(limitMs / 1000))} s`));
    }, limitMs);
    const agent = new Agent({ proxyEnv: environment });
    const both = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    try {
      const query = new URLSearchParams({ arch, platform, format: 'tar.gz' }).toString();
      const info = infoSchema.parse(JSON.parse(await readText({ url: `${origin}/cli/v${version}?${query}`, agent, signal: both })));
      const archive = join(into, 'archive.tar.gz');
      await save({ url: info.archiveUrl, path: archive, agent, signal: both, say });
      const unpacked = await runCommand({ file: 'tar', args: ['-xzf', archive, '-C', into, '--', info.fileToExtract], limitMs: unpackLimitMs, signal });
      if (!unpacked.ok) return { why: `the archive cannot be unpacked: ${unpacked.stderr.trim() || unpacked.why}` };
      return { made: join(into, basename(info.fileToExtract)) };
    } catch (error) {
      return { why: reason({ error, limit: limit.signal }) };
    } finally {
      clearTimeout(timer);
      agent.destroy();
    }
  };
}

interface Fetch {
  readonly url: string;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

async function readText(fetch: Fetch): Promise<string> {
  const response = await request(fetch);
  const chunks: Buffer[] = [];
  for await (const chunk of bounded({ response, bound: largestInfoBytes })) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function save({ path, say, ...fetch }: Fetch & { path: string; say: (line: string) => void }): Promise<void> {
  const response = await request(fetch);
  const total = Number(response.headers['content-length'] ?? 0);
  let received = 0;
  const reporter = setInterval(() => {
    say(`downloading the Temporal server: ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ''}`);
  }, sayEveryMs);
  try {
    const counted = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of bounded({ response, bound: largestArchiveBytes })) {
        received += chunk.length;
        yield chunk;
      }
    };
    await pipeline(counted, createWriteStream(path, { mode: 0o600 }), { signal: fetch.signal });
  } finally {
    clearInterval(reporter);
  }
}

async function request(fetch: Fetch, followed = 0): Promise<IncomingMessage> {
  const url = new URL(fetch.url);
  if (url.protocol !== 'https:') throw new Error(`${url.origin} is not reached by https`);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: fetch.agent, signal: fetch.signal }, resolve).once('error', reject);
  });
  const status = response.statusCode ?? 0;
  if (status === 200) return response;
  response.destroy();
  if (status >= 300 && status < 400 && response.headers.location !== undefined && followed < redirects) {
    return request({ ...fetch, url: new URL(response.headers.location, url).href }, followed + 1);
  }
  throw new Error(`${url.origin} answered ${String(status)}`);
}

async function* bounded({ response, bound }: { response: IncomingMessage; bound: number }): AsyncGenerator<Buffer> {
  let received = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > bound) throw new Error(`the answer is larger than ${megabytes(bound)}`);
    yield chunk;
  }
}

function reason({ error, limit }: { error: unknown; limit: AbortSignal }): string {
  const cause: unknown = limit.aborted ? limit.reason : error;
  return cause instanceof Error ? cause.message : String(cause);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MB`;
}
