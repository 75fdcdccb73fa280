// /current names of metadata: values on files, the templates that name them, the views that show them.
import { currentGroup } from '../current-event.ts';

export const metadataEvents = currentGroup(
  { category: 'metadata', sub_category: 'metadata' },
  {
    metadata_kv_update: { v1: 'metadata.kv_update', description: '{calling_user_name} set metadata on {filename}' },
    metadata_kv_delete: {
      v1: 'metadata.kv_delete',
      severity: 'warning',
      description: '{calling_user_name} cleared metadata of {filename}',
    },
    metadata_kv_extract: {
      v1: 'metadata.kv_extract',
      severity: 'success',
      description: 'Metadata was read out of {filename} for {calling_user_name}',
    },
    metadata_template_update: {
      v1: 'metadata.template_update',
      description: '{calling_user_name} changed the metadata template {template_name}',
    },
    metadata_template_delete: {
      v1: 'metadata.template_delete',
      severity: 'warning',
      description: '{calling_user_name} deleted the metadata template {template_name}',
    },
    metadata_template_settings_update: {
      v1: 'metadata.template_settings_update',
      description: '{calling_user_name} changed how the metadata template {template_name} is applied',
    },
    metadata_template_select: {
      v1: 'metadata.template_select',
      description: '{calling_user_name} chose the metadata template {template_name}',
    },
    metadata_view_create: {
      v1: 'metadata.view_create',
      severity: 'success',
      description: '{calling_user_name} created the metadata view {view_name}',
    },
    metadata_view_update: { v1: 'metadata.view_update', description: '{calling_user_name} changed the metadata view {view_name}' },
    metadata_view_delete: {
      v1: 'metadata.view_delete',
      severity: 'warning',
      description: '{calling_user_name} deleted the metadata view {view_name}',
    },
  },
);
