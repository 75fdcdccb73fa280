// The routes of tenants and of their settings.
import type { Route } from '../../route/define-route.ts';
import { changeSettingsRoute, readSettingsRoute } from './settings.route.ts';
import { listTenantsRoute } from './list-tenants.route.ts';
import { putTenantRoute } from './put-tenant.route.ts';
import { readTenantRoute } from './read-tenant.route.ts';

export const tenantRoutes: readonly Route[] = [putTenantRoute, readTenantRoute, listTenantsRoute, readSettingsRoute, changeSettingsRoute];
