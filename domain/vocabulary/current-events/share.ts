// /current names of the life of a share.
import { currentGroup } from '../current-event.ts';

export const shareEvents = currentGroup(
  { category: 'share', sub_category: 'lifecycle' },
  {
    share_created: {
      v1: 'share.create',
      severity: 'success',
      description: '{calling_user_name} opened the share {share_name}',
    },
    share_updated: { v1: 'share.update', description: '{calling_user_name} changed the share {share_name}' },
    share_deleted: {
      v1: 'share.delete',
      severity: 'danger',
      notification: 'alert',
      description: '{calling_user_name} closed the share {share_name}',
    },
    share_archived: {
      v1: 'share.archive',
      severity: 'warning',
      notification: 'badge',
      description: '{calling_user_name} archived the share {share_name}',
    },
    share_unarchived: {
      v1: 'share.unarchive',
      severity: 'success',
      description: '{calling_user_name} made the archived share {share_name} available again',
    },
    share_imported_to_workspace: {
      v1: 'share.import',
      severity: 'success',
      description: '{calling_user_name} imported the share {share_name} into {workspace_name}',
    },
  },
);
