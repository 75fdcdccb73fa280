// The door as it is documented: nothing changes in it unseen, and nothing stands beside it.
import { describe, expect, it } from '@jest/globals';
import type { Express } from 'express';
import { createApp } from '../../api/create-app.ts';
import { routes } from '../../api/routes.ts';
import { doorPages } from '../../realtime/hub/door-pages.ts';
import { createFakeWorld } from '../api/fake-world.ts';
import { currentDocument, keptDocument } from './documented-api.ts';

describe('the OpenAPI document', () => {
  // When the change is wanted: node test/architecture/write-openapi-snapshot.ts
  it('when the door was not meant to change, then the document is the one that was kept', () => {
    expect(JSON.parse(JSON.stringify(currentDocument()))).toEqual(keptDocument());
  });

  it('when a route answers, then it stands in the document, and the other way round, live doors apart', () => {
    const { express } = createApp({ world: createFakeWorld(), routes });
    const doors = Object.values(doorPages).map(({ path }) => `get ${path}`);
    const documented = Object.entries(currentDocument().paths).flatMap(([path, onPath]) =>
      Object.keys(onPath).map((method) => `${method} ${path}`),
    );

    expect([...mounted(express), ...doors].sort()).toEqual(documented.sort());
    expect(documented).toContain('post /api/v1/events');
  });

  it('when a route were put on the application beside the list, then it would be seen', () => {
    const { express } = createApp({ world: createFakeWorld(), routes: [] });
    express.get('/secret/:id', () => undefined);

    expect(mounted(express)).toEqual(['get /secret/{id}']);
  });

  it('when a route is documented, then its words are there', () => {
    const wordless = routes.filter(({ summary, tag }) => summary.trim() === '' || summary.endsWith('.') || tag.trim() === '');

    expect(wordless.map(({ path }) => path)).toEqual([]);
  });
});

/** What Express itself would answer; our answer to methods that are not there has no method of its own. */
function mounted({ router }: Express): string[] {
  return router.stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replaceAll(/:([a-z_]+)/g, '{$1}');
    const methods = new Set(route.stack.map(({ method }) => method as string | undefined));
    return [...methods].filter((method) => method !== undefined).map((method) => `${method} ${path}`);
  });
}
