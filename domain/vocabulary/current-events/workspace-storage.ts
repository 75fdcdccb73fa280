// /current names of files and folders in a workspace.
import { currentGroup } from '../current-event.ts';

export const workspaceStorageEvents = currentGroup(
  { category: 'workspace', sub_category: 'storage', requires_parent_node: true },
  {
    workspace_storage_file_added: {
      v1: 'file.create',
      severity: 'success',
      description: '{calling_user_name} added {filename}',
    },
    workspace_storage_file_deleted: {
      v1: 'file.delete',
      severity: 'danger',
      description: '{calling_user_name} deleted {filename}',
    },
    workspace_storage_file_moved: {
      v1: 'file.move',
      description: '{calling_user_name} moved {filename} to {new_path}',
    },
    workspace_storage_file_copied: {
      v1: 'file.copy',
      severity: 'success',
      description: '{calling_user_name} made a copy of {filename}',
    },
    workspace_storage_file_updated: {
      v1: 'file.update',
      description: '{calling_user_name} changed {filename}',
    },
    workspace_storage_file_restored: {
      v1: 'file.restore',
      severity: 'success',
      description: '{calling_user_name} brought {filename} back from the trash',
    },
    workspace_storage_file_version_restored: {
      v1: 'file.version_restore',
      description: '{calling_user_name} went back to an earlier version of {filename}',
    },
    workspace_storage_folder_created: {
      v1: 'folder.create',
      severity: 'success',
      description: '{calling_user_name} created the folder {foldername}',
    },
    workspace_storage_folder_deleted: {
      v1: 'folder.delete',
      severity: 'danger',
      description: '{calling_user_name} deleted the folder {foldername} and what was in it',
    },
    workspace_storage_folder_moved: {
      v1: 'folder.move',
      description: '{calling_user_name} moved the folder {foldername} to {new_path}',
    },
    workspace_storage_download_token_created: {
      v1: 'file.download',
      activity: [],
      description: '{calling_user_name} asked for a download of {filename}',
    },
    workspace_storage_zip_downloaded: {
      v1: 'file.download',
      activity: [],
      description: '{calling_user_name} downloaded {filename} as a ZIP archive',
    },
    workspace_storage_link_added: {
      v1: 'file.link_add',
      severity: 'success',
      description: '{calling_user_name} put a link to {filename} into the workspace',
    },
    workspace_storage_lock_overridden: {
      v1: 'file.lock_override',
      severity: 'warning',
      notification: 'badge',
      description: '{calling_user_name} overrode the lock on {filename}',
    },
    workspace_storage_file_sync_added: {
      v1: 'file.create',
      severity: 'success',
      description: 'Sync brought in {filename} for {calling_user_name}',
    },
    workspace_storage_file_sync_updated: {
      v1: 'file.update',
      description: 'Sync brought a newer {filename} from {calling_user_name}',
    },
  },
);
