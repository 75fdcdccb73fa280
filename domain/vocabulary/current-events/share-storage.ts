// /current names of files and folders in a share.
import { currentGroup } from '../current-event.ts';

export const shareStorageEvents = currentGroup(
  { category: 'share', sub_category: 'storage', requires_parent_node: true },
  {
    share_storage_file_added: {
      v1: 'file.create',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} added {filename} to the share',
    },
    share_storage_file_deleted: {
      v1: 'file.delete',
      severity: 'danger',
      description: '{calling_user_name} deleted {filename} from the share',
    },
    share_storage_file_moved: {
      v1: 'file.move',
      description: '{calling_user_name} moved {filename} within the share to {new_path}',
    },
    share_storage_file_copied: {
      v1: 'file.copy',
      severity: 'success',
      description: '{calling_user_name} copied {filename} in the share',
    },
    share_storage_file_updated: {
      v1: 'file.update',
      description: '{calling_user_name} changed {filename} in the share',
    },
    share_storage_file_restored: {
      v1: 'file.restore',
      severity: 'success',
      description: '{calling_user_name} restored {filename} to the share',
    },
    share_storage_folder_created: {
      v1: 'folder.create',
      severity: 'success',
      description: '{calling_user_name} created the folder {foldername} in the share',
    },
    share_storage_folder_deleted: {
      v1: 'folder.delete',
      severity: 'danger',
      description: '{calling_user_name} deleted the folder {foldername} from the share',
    },
    share_storage_folder_moved: {
      v1: 'folder.move',
      description: '{calling_user_name} moved the folder {foldername} within the share to {new_path}',
    },
    share_storage_download_token_created: {
      v1: 'file.download',
      activity: [],
      description: '{calling_user_name} asked to download {filename} from the share',
    },
    share_storage_zip_downloaded: {
      v1: 'file.download',
      activity: [],
      description: '{calling_user_name} took {filename} out of the share as a ZIP archive',
    },
    share_storage_lock_overridden: {
      v1: 'file.lock_override',
      severity: 'warning',
      notification: 'badge',
      description: '{calling_user_name} overrode the lock on {filename} in the share',
    },
  },
);
