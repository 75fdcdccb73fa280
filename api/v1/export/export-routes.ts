// The routes of exports.
import type { Route } from '../../route/define-route.ts';
import { cancelExportRoute, createExportRoute, listExportsRoute, readExportRoute } from './export.routes.ts';
import { fetchFileRoute, readManifestRoute } from './file.routes.ts';
import { reportRoutes } from './report.routes.ts';
import { streamExportRoute } from './stream-export.route.ts';

export const exportRoutes: readonly Route[] = [createExportRoute, streamExportRoute, listExportsRoute, readExportRoute, cancelExportRoute, readManifestRoute, fetchFileRoute, ...reportRoutes];
