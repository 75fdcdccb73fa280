// /current names of uploads, for the one who uploads.
import { currentGroup } from '../current-event.ts';

export const uploadEvents = currentGroup(
  { category: 'upload', sub_category: 'upload' },
  {
    upload_completed: {
      v1: 'upload.complete',
      permission: 'targeted',
      severity: 'success',
      description: '{calling_user_name} finished uploading {filename}',
    },
    upload_failed: {
      v1: 'upload.fail',
      tells_outcome: true,
      permission: 'targeted',
      severity: 'danger',
      notification: 'alert',
      description: 'The upload of {filename} by {calling_user_name} did not come through',
    },
  },
);
