// The closed word lists of the /current dialect: categories, subcategories, audiences and render hints.
import { z } from 'zod';

/** The last two are known although the public list of categories does not name them. */
export const currentCategories = [
  'upload',
  'user',
  'org',
  'workspace',
  'share',
  'ai',
  'invitation',
  'email',
  'billing',
  'metadata',
  'domain',
  'apps',
  'workflow',
  'node',
  'import',
] as const;
export type CurrentCategory = (typeof currentCategories)[number];

/** The last two are known although the public list of subcategories does not name them. */
export const currentSubcategories = [
  'storage',
  'comments',
  'members',
  'lifecycle',
  'settings',
  'security',
  'authentication',
  'ai',
  'invitations',
  'billing',
  'assets',
  'upload',
  'transfer',
  'import_export',
  'quickshare',
  'metadata',
  'workflow',
  'fileshare',
  'cloud_import',
] as const;
export type CurrentSubcategory = (typeof currentSubcategories)[number];

/** From closed to open. */
export const visibilities = ['internal', 'external_audit_log', 'external'] as const;
export type Visibility = (typeof visibilities)[number];

export const permissions = ['member', 'admin', 'targeted'] as const;
export type Permission = (typeof permissions)[number];

/** What a feed row looks like; not the severity of the audit event. */
export const currentSeverities = ['info', 'success', 'warning', 'danger'] as const;
export type CurrentSeverity = (typeof currentSeverities)[number];

export const notifications = ['none', 'badge', 'alert'] as const;
export type Notification = (typeof notifications)[number];

export const currentCategory = z.enum(currentCategories);
export const currentSubcategory = z.enum(currentSubcategories);
export const visibility = z.enum(visibilities);
export const permission = z.enum(permissions);
export const currentSeverity = z.enum(currentSeverities);
export const notification = z.enum(notifications);
