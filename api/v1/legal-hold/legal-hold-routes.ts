// The routes of legal holds.
import type { Route } from '../../route/define-route.ts';
import { addHoldItemRoute } from './add-items.route.ts';
import { changeHoldRoute } from './change-hold.route.ts';
import { checkHoldRoute } from './check-hold.route.ts';
import { createHoldRoute } from './create-hold.route.ts';
import { guardDeletionRoute } from './guard-deletion.route.ts';
import { listHoldsRoute } from './list-holds.route.ts';
import { listHoldItemsRoute } from './list-items.route.ts';
import { readHoldRoute } from './read-hold.route.ts';
import { deleteHoldRoute, releaseHoldRoute } from './release-hold.route.ts';
import { deleteHoldItemRoute, releaseHoldItemRoute } from './release-item.route.ts';

export const legalHoldRoutes: readonly Route[] = [
  guardDeletionRoute,
  checkHoldRoute,
  createHoldRoute,
  listHoldsRoute,
  readHoldRoute,
  changeHoldRoute,
  releaseHoldRoute,
  deleteHoldRoute,
  addHoldItemRoute,
  listHoldItemsRoute,
  releaseHoldItemRoute,
  deleteHoldItemRoute,
];
