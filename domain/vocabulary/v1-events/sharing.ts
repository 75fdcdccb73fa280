// v1 names of the category sharing: who was let in, by membership, invitation or link, and the life of a share.
import { v1Group } from '../v1-event.ts';

export const sharingEvents = v1Group('sharing', {
  'share.create': { current: 'share_created' },
  'share.update': { current: 'share_updated' },
  'share.delete': { current: 'share_deleted' },
  'share.archive': { current: 'share_archived' },
  'share.unarchive': { current: 'share_unarchived' },
  'share.import': { current: 'share_imported_to_workspace' },

  'share.member_added': { current: 'added_member_to_share' },
  'share.member_removed': { current: 'removed_member_from_share' },
  'share.member_role_changed': { current: 'membership_updated' },
  'workspace.member_added': { current: 'added_member_to_workspace' },
  'workspace.member_removed': { current: 'removed_member_from_workspace' },
  'workspace.member_role_changed': { current: 'membership_updated' },
  'org.member_added': { current: 'added_member_to_org' },
  'org.member_removed': { current: 'removed_member_from_org' },
  'org.member_role_changed': { current: 'membership_updated' },

  'invitation.send': { current: 'invitation_email_sent' },
  'invitation.accept': { current: 'invitation_accepted' },
  'invitation.decline': { current: 'invitation_declined' },

  'link.create': { current: 'file_share_created' },
  'link.update': { current: 'file_share_updated' },
  'link.content_update': { current: 'file_share_content_updated' },
  'link.revoke': { current: 'file_share_deleted' },
  'link.access': {},
  'link.access_grant': { current: 'file_share_access_granted' },
  'link.access_revoke': { current: 'file_share_access_revoked' },

  'ai.chat_publish': { current: 'ai_chat_published' },
  'ai.share_create': { resource_type: 'share', current: 'workspace_ai_share_created' },
});
