// /current names of the life of a workspace.
import { currentGroup } from '../current-event.ts';

export const workspaceEvents = currentGroup(
  { category: 'workspace', sub_category: 'lifecycle' },
  {
    workspace_created: {
      v1: 'admin.profile_create',
      visibility: 'external',
      permission: 'member',
      severity: 'success',
      description: '{calling_user_name} created the workspace {workspace_name}',
    },
    workspace_updated: {
      v1: 'admin.profile_update',
      visibility: 'external',
      permission: 'member',
      description: '{calling_user_name} changed the settings of {workspace_name}',
    },
    workspace_deleted: {
      v1: 'admin.profile_delete',
      visibility: 'external',
      permission: 'member',
      severity: 'danger',
      notification: 'alert',
      description: '{calling_user_name} closed the workspace {workspace_name}',
    },
    workspace_archived: {
      v1: 'admin.workspace_archive',
      visibility: 'external',
      permission: 'member',
      severity: 'warning',
      notification: 'badge',
      description: '{calling_user_name} put {workspace_name} into the archive',
    },
    workspace_unarchived: {
      v1: 'admin.workspace_unarchive',
      visibility: 'external',
      permission: 'member',
      severity: 'success',
      description: '{calling_user_name} took {workspace_name} out of the archive',
    },
  },
);
