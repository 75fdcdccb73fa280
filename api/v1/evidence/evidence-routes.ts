// The routes of evidence.
import type { Route } from '../../route/define-route.ts';
import { latestCheckpointRoute } from './latest-checkpoint.route.ts';
import { listCheckpointsRoute } from './list-checkpoints.route.ts';
import { listKeysRoute } from './list-keys.route.ts';
import { readProofRoute } from './read-proof.route.ts';

export const evidenceRoutes: readonly Route[] = [listKeysRoute, latestCheckpointRoute, listCheckpointsRoute, readProofRoute];
