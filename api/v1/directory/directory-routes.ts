// The routes of the directory.
import type { Route } from '../../route/define-route.ts';
import { closeGroupRoute } from './close-group.route.ts';
import { closeProfileRoute } from './close-profile.route.ts';
import { closeUserRoute } from './close-user.route.ts';
import { listGroupsRoute } from './list-groups.route.ts';
import { listMembersRoute } from './list-members.route.ts';
import { listProfilesRoute } from './list-profiles.route.ts';
import { listUsersRoute } from './list-users.route.ts';
import { putGroupRoute } from './put-group.route.ts';
import { putMemberRoute } from './put-member.route.ts';
import { putProfileRoute } from './put-profile.route.ts';
import { putUserRoute } from './put-user.route.ts';
import { readGroupRoute } from './read-group.route.ts';
import { readMemberRoute } from './read-member.route.ts';
import { readProfileRoute } from './read-profile.route.ts';
import { readUserRoute } from './read-user.route.ts';
import { receiveIdentity } from './receive-identity.route.ts';
import { removeMemberRoute } from './remove-member.route.ts';

export const directoryRoutes: readonly Route[] = [
  putUserRoute,
  readUserRoute,
  listUsersRoute,
  closeUserRoute,
  putGroupRoute,
  readGroupRoute,
  listGroupsRoute,
  closeGroupRoute,
  putProfileRoute,
  readProfileRoute,
  listProfilesRoute,
  closeProfileRoute,
  putMemberRoute,
  readMemberRoute,
  listMembersRoute,
  removeMemberRoute,
  receiveIdentity,
];
