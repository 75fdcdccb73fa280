// Whether there is such a profile, for those whose rights do not depend on it: closed ones and shares that only the log knows count too.
import type { ProfileType } from '../../domain/access/profile-chain.ts';
import type { Ask } from './ask.ts';

export async function isProfileKnown(ask: Ask, { tenantId, type, id }: { tenantId: string; type: ProfileType; id: string }): Promise<boolean> {
  const inDirectory = await ask({
    name: 'profile-known',
    text: 'SELECT 1 AS known FROM profile WHERE tenant_id = $1 AND id = $2 AND type = $3',
    values: [tenantId, id, type],
  });
  if (inDirectory.length > 0 || type !== 'share') return inDirectory.length > 0;
  const inLog = await ask({
    name: 'share-named-in-log',
    text: 'SELECT 1 AS named FROM entry WHERE tenant_id = $1 AND share_id = $2 AND change_type IS NOT NULL LIMIT 1',
    values: [tenantId, id],
  });
  return inLog.length > 0;
}
