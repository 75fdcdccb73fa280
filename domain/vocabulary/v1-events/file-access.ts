// v1 names of the category file_access: content that was read, by a person or by a model.
import { v1Group } from '../v1-event.ts';

export const fileAccessEvents = v1Group('file_access', {
  'file.download': {},
  'file.preview': {},
  'file.open': {},
  'preview.ready': { resource_type: 'file' },

  'ai.chat_create': { current: 'ai_chat_created' },
  'ai.chat_message': { current: 'ai_chat_new_message' },
  'ai.chat_update': { current: 'ai_chat_updated' },
  'ai.chat_delete': { current: 'ai_chat_deleted' },
  'ai.summary_create': { resource_type: 'file', current: 'node_ai_summary_created' },
  'ai.state_set': { resource_type: 'file', current: 'node_ai_state_set' },
  'ai.index_add': { resource_type: 'file', current: 'node_ai_added_to_rag' },
  'ai.index_remove': { resource_type: 'file', current: 'node_ai_removed_from_rag' },
});
