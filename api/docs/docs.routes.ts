// /openapi.json and /docs: the lists of routes and live doors as a document, and a page to read it that needs nothing from outside.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { refuse } from '../../domain/shared/refusal.ts';
import { doorPages } from '../../realtime/hub/door-pages.ts';
import { defineRoute } from '../route/define-route.ts';
import type { Route } from '../route/define-route.ts';
import { answer, media, rawJson } from '../route/reply.ts';
import { openApiDocument } from './openapi-document.ts';

/** The whole list: the routes given, and those that document all of them, themselves included. */
export function withDocumentation(routes: readonly Route[]): readonly Route[] {
  const all: readonly Route[] = [...routes, documentRoute(() => all), pageRoute, assetRoute];
  return all;
}

function documentRoute(listed: () => readonly Route[]): Route {
  let text: string | undefined;
  return defineRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document',
    tag: 'documentation',
    access: 'public',
    reply: z.looseObject({ openapi: z.string() }),
    refusals: [],
    handle: (_request, { version }) => {
      text ??= JSON.stringify(openApiDocument({ routes: listed(), doors: Object.values(doorPages), version }));
      return rawJson(text);
    },
  });
}

// The page sets styles on its elements by itself; scripts come from here alone.
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Holdfast API</title>
    <link rel="icon" href="/docs/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="page"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const startScript = `window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null });\n`;

const pageRoute = defineRoute({
  method: 'GET',
  path: '/docs',
  summary: 'A page to read this document and to try it',
  tag: 'documentation',
  access: 'public',
  reply: media('text/html; charset=utf-8'),
  refusals: [],
  handle: () => answer({ headers: { 'content-security-policy': pagePolicy }, body: page }),
});

const assetTypes: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['start.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

const assetRoute = defineRoute({
  method: 'GET',
  path: '/docs/{file}',
  summary: 'The parts of the page',
  tag: 'documentation',
  access: 'public',
  params: z.strictObject({ file: z.string() }),
  reply: media('text/javascript; charset=utf-8', 'text/css; charset=utf-8', 'image/png'),
  refusals: ['NOT_FOUND'],
  handle: async ({ params: { file } }) => {
    const type = assetTypes.get(file);
    if (type === undefined) return refuse('NOT_FOUND');
    return answer({ headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' }, body: await readAsset(file) });
  },
});

const packageFolder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

function readAsset(file: string): string | Promise<Buffer> {
  return file === 'start.js' ? startScript : readFile(path.join(packageFolder, file));
}
