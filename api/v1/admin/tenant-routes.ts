// The routes of tenants.
import type { Route } from '../../route/define-route.ts';
import { listTenantsRoute } from './list-tenants.route.ts';
import { putTenantRoute } from './put-tenant.route.ts';
import { readTenantRoute } from './read-tenant.route.ts';

export const tenantRoutes: readonly Route[] = [putTenantRoute, readTenantRoute, listTenantsRoute];
