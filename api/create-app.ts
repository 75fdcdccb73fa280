// The Express application over a list of routes: everything but the listening.
import express from 'express';
import type { Express } from 'express';
import { BodyBudget } from './route/body-budget.ts';
import { createCors } from './route/cors.ts';
import type { Route } from './route/define-route.ts';
import { mountRoutes } from './route/mount-routes.ts';
import { OpenWaits } from './route/open-waits.ts';
import type { ApiWorld } from './world.ts';

export interface AppParts {
  readonly world: ApiWorld;
  readonly routes: readonly Route[];
  readonly corsOrigins?: readonly string[];
  /** Compares every reply with its schema and every refusal with the route's list: for tests, it costs too much for users. */
  readonly checkReplies?: boolean;
  readonly bodyBudgetBytes?: number;
  /** Of the routes that ask for no token. */
  readonly publicBodyBudgetBytes?: number;
}

export interface App {
  readonly express: Express;
  readonly waits: OpenWaits;
}

export function createApp({
  world,
  routes,
  corsOrigins = [],
  checkReplies = false,
  bodyBudgetBytes = defaultBodyBudgetBytes,
  publicBodyBudgetBytes = defaultPublicBodyBudgetBytes,
}: AppParts): App {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // Queries are read by our own reader, which refuses what Express would quietly bend into shape.
  app.set('query parser', false);
  app.enable('case sensitive routing');
  const waits = new OpenWaits();
  const serving = {
    world,
    waits,
    checkReplies,
    cors: createCors({ origins: corsOrigins }),
    bodies: new BodyBudget({ limitBytes: bodyBudgetBytes }),
    publicBodies: new BodyBudget({ limitBytes: publicBodyBudgetBytes }),
  };
  mountRoutes(app, { routes, serving });
  return { express: app, waits };
}

const defaultBodyBudgetBytes = 256 * 1024 * 1024;
const defaultPublicBodyBudgetBytes = 8 * 1024 * 1024;
