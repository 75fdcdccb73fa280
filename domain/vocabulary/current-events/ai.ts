// /current names of chats with a model and of what it reads; the bookkeeping of the index never leaves the house.
import { currentGroup } from '../current-event.ts';

export const aiEvents = currentGroup(
  { category: 'ai', sub_category: 'ai' },
  {
    ai_chat_created: { v1: 'ai.chat_create', severity: 'success', description: '{calling_user_name} started the AI chat {chat_name}' },
    ai_chat_new_message: {
      v1: 'ai.chat_message',
      notification: 'badge',
      description: 'There is a new message in the AI chat {chat_name} of {calling_user_name}',
    },
    ai_chat_updated: { v1: 'ai.chat_update', description: '{calling_user_name} changed the AI chat {chat_name}' },
    ai_chat_deleted: { v1: 'ai.chat_delete', severity: 'warning', description: '{calling_user_name} deleted the AI chat {chat_name}' },
    ai_chat_published: {
      v1: 'ai.chat_publish',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} published the AI chat {chat_name} for everybody here',
    },
    workspace_ai_share_created: {
      v1: 'ai.share_create',
      severity: 'success',
      activity: ['settings'],
      description: '{calling_user_name} had the assistant set up the share {share_name}',
    },
    node_ai_summary_created: {
      v1: 'ai.summary_create',
      category: 'node',
      severity: 'success',
      activity: ['ai_state:{resource_id}'],
      description: 'An AI summary of {filename} was written',
    },
    node_ai_state_set: {
      v1: 'ai.state_set',
      category: 'node',
      visibility: 'internal',
      permission: 'admin',
      activity: ['ai_state:{resource_id}'],
      description: 'AI processing of {filename} entered another state',
    },
    node_ai_added_to_rag: {
      v1: 'ai.index_add',
      category: 'node',
      visibility: 'internal',
      permission: 'admin',
      activity: ['ai_state:{resource_id}'],
      description: '{filename} was added to the AI index',
    },
    node_ai_removed_from_rag: {
      v1: 'ai.index_remove',
      category: 'node',
      visibility: 'internal',
      permission: 'admin',
      activity: ['ai_state:{resource_id}'],
      description: '{filename} was taken out of the AI index',
    },
  },
);
