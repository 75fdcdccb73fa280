// Facts of entries for tests: complete, plain, and different only where a test says so.
import type { EntryFacts } from '../../domain/journal/entry.ts';

let made = 0;

export function madeFacts(different: Partial<EntryFacts> = {}): EntryFacts {
  made += 1;
  return {
    id: `TEST${String(made).padStart(22, '0')}`,
    event_time: '2026-04-23T10:15:02Z',
    event_type: 'file.create',
    event: 'share_storage_file_added',
    category: 'file_modification',
    severity: 'info',
    action: 'create',
    outcome: 'success',
    current_category: 'share',
    sub_category: 'storage',
    visibility: 'external',
    permission: 'member',
    notification: 'none',
    activity: [],
    user_id: 'usr_1',
    user_email: null,
    user_name: null,
    service_account: null,
    target_user_id: null,
    org_id: null,
    workspace_id: null,
    share_id: null,
    resource_type: null,
    resource_id: null,
    resource_name: null,
    path: null,
    change_type: null,
    old_path: null,
    new_path: null,
    version_id: null,
    change_metadata: null,
    parent_event_id: null,
    ip_address: null,
    user_agent: null,
    session_id: null,
    request_id: null,
    decision: null,
    provider: null,
    model: null,
    own_action: null,
    details: null,
    ...different,
  };
}
