// /current names of what outsiders reach by a link: file shares, quick shares, and opening one.
import { contentByPlace, currentGroup } from '../current-event.ts';

export const fileShareEvents = currentGroup(
  { category: 'share', sub_category: 'fileshare' },
  {
    file_share_created: {
      v1: 'link.create',
      severity: 'success',
      description: '{calling_user_name} created a link to {filename}',
    },
    file_share_updated: { v1: 'link.update', description: '{calling_user_name} changed the terms of the link to {filename}' },
    file_share_content_updated: {
      v1: 'link.content_update',
      description: '{calling_user_name} replaced what the link to {filename} shows',
    },
    file_share_deleted: {
      v1: 'link.revoke',
      severity: 'warning',
      description: '{calling_user_name} withdrew the link to {filename}',
    },
    file_share_access_granted: {
      v1: 'link.access_grant',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} gave {member_name} access to the link to {filename}',
    },
    file_share_access_revoked: {
      v1: 'link.access_revoke',
      severity: 'warning',
      description: '{calling_user_name} took access to the link to {filename} away from {member_name}',
    },
    link_access: {
      v1: 'link.access',
      category: contentByPlace,
      activity: [],
      description: '{calling_user_name} used the link to {filename}',
    },
  },
);

export const quickShareEvents = currentGroup(
  { category: 'workspace', sub_category: 'quickshare' },
  {
    workspace_quickshare_created: {
      v1: 'link.create',
      severity: 'success',
      description: '{calling_user_name} made a quick share of {filename}',
    },
    workspace_quickshare_updated: {
      v1: 'link.update',
      description: '{calling_user_name} changed the quick share of {filename}',
    },
    workspace_quickshare_deleted: {
      v1: 'link.revoke',
      severity: 'warning',
      description: '{calling_user_name} ended the quick share of {filename}',
    },
    workspace_quickshare_file_downloaded: {
      v1: 'link.access',
      notification: 'badge',
      activity: [],
      description: '{filename} was downloaded from a quick share by {calling_user_name}',
    },
    workspace_quickshare_file_previewed: {
      v1: 'link.access',
      activity: [],
      description: '{filename} was viewed in a quick share by {calling_user_name}',
    },
  },
);
