// /current names of comments, in a workspace or a share.
import { contentByPlace, currentGroup } from '../current-event.ts';

export const commentEvents = currentGroup(
  { category: contentByPlace, sub_category: 'comments' },
  {
    comment_created: {
      v1: 'comment.create',
      notification: 'badge',
      description: '{calling_user_name} commented on {filename}',
    },
    comment_updated: { v1: 'comment.update', description: '{calling_user_name} edited a comment on {filename}' },
    comment_deleted: {
      v1: 'comment.delete',
      severity: 'warning',
      description: '{calling_user_name} removed a comment from {filename}',
    },
    comment_mentioned: {
      v1: 'comment.mention',
      permission: 'targeted',
      notification: 'alert',
      description: '{calling_user_name} mentioned {member_name} in a comment on {filename}',
    },
    comment_replied: {
      v1: 'comment.reply',
      notification: 'badge',
      description: '{calling_user_name} answered a comment on {filename}',
    },
    comment_reaction: { v1: 'comment.react', description: '{calling_user_name} reacted to a comment on {filename}' },
  },
);
