// v1 names of the category file_modification: content that changed, and the work people write down beside it.
import { inStorage, v1Group } from '../v1-event.ts';
import type { Escalation } from '../v1-event.ts';
import type { ByPlace } from '../place.ts';

const permanently: readonly Escalation[] = [{ detail: 'permanent', equals: true, severity: 'warning' }];

/** The /current list has no share names for these two, so in a share they are the nearest thing that happened to the file. */
const linkAdded: ByPlace<string> = { ...inStorage('link_added'), share: 'share_storage_file_added' };
const versionRestored: ByPlace<string> = { ...inStorage('file_version_restored'), share: 'share_storage_file_updated' };

export const fileModificationEvents = v1Group('file_modification', {
  'file.create': { current: inStorage('file_added') },
  'file.update': { current: inStorage('file_updated') },
  'file.delete': { current: inStorage('file_deleted'), escalations: permanently },
  'file.restore': { current: inStorage('file_restored') },
  'file.rename': {},
  'file.move': { current: inStorage('file_moved') },
  'file.copy': { current: inStorage('file_copied') },
  'file.version_restore': { current: versionRestored },
  'file.link_add': { current: linkAdded },
  'file.lock_override': { severity: 'warning', current: inStorage('lock_overridden') },

  'folder.create': { current: inStorage('folder_created') },
  'folder.update': {},
  'folder.delete': { current: inStorage('folder_deleted'), escalations: permanently },
  'folder.rename': {},
  'folder.move': { current: inStorage('folder_moved') },

  'upload.complete': { current: 'upload_completed' },
  'upload.fail': { current: 'upload_failed', severity: 'warning' },

  'comment.create': { current: 'comment_created' },
  'comment.update': { current: 'comment_updated' },
  'comment.delete': { current: 'comment_deleted' },
  'comment.mention': { current: 'comment_mentioned' },
  'comment.reply': { current: 'comment_replied' },
  'comment.react': { current: 'comment_reaction' },

  'metadata.kv_update': {},
  'metadata.kv_delete': {},
  'metadata.kv_extract': {},
  'metadata.template_update': {},
  'metadata.template_delete': {},
  'metadata.template_settings_update': {},
  'metadata.template_select': {},
  'metadata.view_create': {},
  'metadata.view_update': {},
  'metadata.view_delete': {},

  'task_list.create': { current: 'task_list_created' },
  'task_list.update': { current: 'task_list_updated' },
  'task_list.delete': { current: 'task_list_deleted' },
  'task.create': { current: 'task_created' },
  'task.update': { current: 'task_updated' },
  'task.delete': { current: 'task_deleted' },
  'task.status_change': { current: 'task_status_changed' },
  'task.assign': { current: 'task_assigned' },
  'worklog.entry_add': { current: 'worklog_entry_added' },
  'interjection.create': { current: 'interjection_created' },
  'interjection.acknowledge': { current: 'interjection_acknowledged' },
  'approval.request': { current: 'approval_requested' },
  'approval.update': { current: 'approval_updated' },
  'approval.delete': { current: 'approval_deleted' },
  'approval.approve': { current: 'approval_approved' },
  'approval.reject': { current: 'approval_rejected' },
  'todo.create': { current: 'todo_created' },
  'todo.update': { current: 'todo_updated' },
  'todo.delete': { current: 'todo_deleted' },
  'todo.toggle': { current: 'todo_toggled' },
});
