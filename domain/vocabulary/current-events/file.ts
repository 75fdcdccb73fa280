// Names of files and folders that the /current list has no counterpart for; they belong to the place where they happened.
import { contentByPlace, currentGroup } from '../current-event.ts';

export const fileEvents = currentGroup(
  { category: contentByPlace, sub_category: 'storage', requires_parent_node: true },
  {
    file_download: { v1: 'file.download', activity: [], description: '{calling_user_name} downloaded {filename}' },
    file_preview: { v1: 'file.preview', activity: [], description: '{calling_user_name} looked at a preview of {filename}' },
    file_open: { v1: 'file.open', activity: [], description: '{calling_user_name} opened {filename}' },
    file_rename: { v1: 'file.rename', description: '{calling_user_name} renamed {old_path} to {filename}' },
    folder_rename: { v1: 'folder.rename', description: '{calling_user_name} renamed the folder {old_path} to {foldername}' },
    folder_update: { v1: 'folder.update', description: '{calling_user_name} changed the folder {foldername}' },
    preview_ready: { v1: 'preview.ready', activity: ['preview:{resource_id}'], description: 'The preview of {filename} is ready' },
  },
);
