// /current names of invitations.
import { currentGroup } from '../current-event.ts';

export const invitationEvents = currentGroup(
  { category: 'invitation', sub_category: 'invitations' },
  {
    invitation_email_sent: {
      v1: 'invitation.send',
      permission: 'admin',
      description: '{calling_user_name} sent an invitation to {invitee}',
    },
    invitation_accepted: {
      v1: 'invitation.accept',
      severity: 'success',
      notification: 'badge',
      description: '{invitee} accepted the invitation',
    },
    invitation_declined: {
      v1: 'invitation.decline',
      permission: 'admin',
      severity: 'warning',
      notification: 'badge',
      description: '{invitee} turned the invitation down',
    },
  },
);
