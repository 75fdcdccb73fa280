// The list of entities the ORM knows.
import { DirGroup } from './directory/group.entity.ts';
import { Profile, ProfileMember } from './directory/profile.entity.ts';
import { DirUser } from './directory/user.entity.ts';
import { SavedQueryRow } from './filter/saved-query.entity.ts';
import { SyncCursor, SyncDevice, SyncPreference } from './sync/device.entity.ts';

export const entities = [DirUser, DirGroup, Profile, ProfileMember, SyncDevice, SyncCursor, SyncPreference, SavedQueryRow];
