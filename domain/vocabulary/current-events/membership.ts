// /current names of who belongs to an organization, a workspace or a share.
import { categoryByPlace, currentGroup } from '../current-event.ts';
import type { ByPlace } from '../place.ts';

const roleChanged: ByPlace<string> = {
  share: 'share.member_role_changed',
  workspace: 'workspace.member_role_changed',
  org: 'org.member_role_changed',
  nowhere: 'org.member_role_changed',
};

export const membershipEvents = currentGroup(
  { category: categoryByPlace('org'), sub_category: 'members' },
  {
    added_member_to_org: {
      v1: 'org.member_added',
      category: 'org',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} added {member_name} to {org_name}',
    },
    added_member_to_workspace: {
      v1: 'workspace.member_added',
      category: 'workspace',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} let {member_name} into {workspace_name}',
    },
    added_member_to_share: {
      v1: 'share.member_added',
      category: 'share',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} shared {share_name} with {member_name}',
    },
    removed_member_from_org: {
      v1: 'org.member_removed',
      category: 'org',
      severity: 'warning',
      description: '{calling_user_name} removed {member_name} from {org_name}',
    },
    removed_member_from_workspace: {
      v1: 'workspace.member_removed',
      category: 'workspace',
      severity: 'warning',
      description: '{member_name} no longer belongs to {workspace_name}; {calling_user_name} removed them',
    },
    removed_member_from_share: {
      v1: 'share.member_removed',
      category: 'share',
      severity: 'warning',
      description: '{calling_user_name} stopped sharing {share_name} with {member_name}',
    },
    membership_updated: {
      v1: roleChanged,
      description: '{calling_user_name} made {member_name} {role}',
    },
  },
);
