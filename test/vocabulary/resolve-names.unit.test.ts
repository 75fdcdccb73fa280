// What the words of one entry are: from its names, its place, its own say, and the defaults.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { resolveNames } from '../../domain/vocabulary/resolve-names.ts';
import { v1Categories } from '../../domain/vocabulary/v1-words.ts';
import { v1NamesByCategory } from './expected-names.ts';

const outcome = 'success';

describe('the place of an entry', () => {
  it.each([
    ['file.create', 'file_added'],
    ['file.update', 'file_updated'],
    ['file.delete', 'file_deleted'],
    ['file.restore', 'file_restored'],
    ['file.move', 'file_moved'],
    ['file.copy', 'file_copied'],
    ['folder.create', 'folder_created'],
    ['folder.delete', 'folder_deleted'],
    ['folder.move', 'folder_moved'],
  ])('when %s names a share and a workspace, then the share gives the name', (name, what) => {
    const share = resolveNames({ event_type: name, outcome, share_id: 'shr_1', workspace_id: 'wks_1' });
    expect(share).toMatchObject({ event: `share_storage_${what}`, current_category: 'share', sub_category: 'storage' });
    const workspace = resolveNames({ event_type: name, outcome, workspace_id: 'wks_1', org_id: 'org_1' });
    expect(workspace).toMatchObject({ event: `workspace_storage_${what}`, current_category: 'workspace', sub_category: 'storage' });
    const nowhere = resolveNames({ event_type: name, outcome, share_id: null });
    expect(nowhere).toMatchObject({ event: `workspace_storage_${what}`, current_category: 'workspace', sub_category: 'storage' });
  });

  it('when a file name has no counterpart, then its category still follows the place', () => {
    expect(resolveNames({ event_type: 'file.rename', outcome, share_id: 'shr_1' })).toMatchObject({
      event: 'file_rename',
      current_category: 'share',
      sub_category: 'storage',
    });
    expect(resolveNames({ event_type: 'file.download', outcome, workspace_id: 'wks_1' })).toMatchObject({
      event: 'file_download',
      current_category: 'workspace',
      sub_category: 'storage',
    });
  });

  it('when a profile is made inside another, then its own type decides', () => {
    const made = { event_type: 'admin.profile_create', outcome, org_id: 'org_1', workspace_id: 'wks_1' } as const;
    expect(resolveNames({ ...made, resource_type: 'org' }).event).toBe('org_created');
    expect(resolveNames({ ...made, resource_type: 'workspace' }).event).toBe('workspace_created');
    expect(resolveNames(made).event).toBe('workspace_created');
    expect(resolveNames({ event_type: 'admin.profile_delete', outcome, org_id: 'org_1' }).event).toBe('org_closed');
  });

  it('when a membership changes, then the v1 name follows the profile', () => {
    const event = 'membership_updated';
    expect(resolveNames({ event, outcome, share_id: 'shr_1' }).event_type).toBe('share.member_role_changed');
    expect(resolveNames({ event, outcome, workspace_id: 'wks_1' }).event_type).toBe('workspace.member_role_changed');
    expect(resolveNames({ event, outcome, org_id: 'org_1' }).event_type).toBe('org.member_role_changed');
  });
});

describe('the audience of an entry', () => {
  const expected = {
    file_access: ['external', 'member'],
    file_modification: ['external', 'member'],
    sharing: ['external', 'member'],
    authentication: ['external_audit_log', 'targeted'],
    authorization: ['external_audit_log', 'admin'],
    admin: ['external_audit_log', 'admin'],
    security: ['external_audit_log', 'admin'],
    compliance: ['external_audit_log', 'admin'],
  } as const;

  it.each(v1Categories)('when nothing else is said, then the category %s decides', (category) => {
    for (const name of v1NamesByCategory[category]) {
      const words = resolveNames({ event_type: name, outcome, share_id: 'shr_1' });
      expect([name, words.visibility, words.permission]).toEqual([name, ...expected[category]]);
    }
    const custom = resolveNames({ event_type: 'acme.thing', category, outcome });
    expect([custom.visibility, custom.permission]).toEqual(expected[category]);
  });

  it('when the entry states another category, then the audience follows it', () => {
    expect(resolveNames({ event_type: 'file.create', category: 'security', outcome })).toMatchObject({
      visibility: 'external_audit_log',
      permission: 'admin',
    });
  });

  it('when the /current name says who may see it, then its word goes before the category', () => {
    expect(resolveNames({ event: 'workspace_created', outcome })).toMatchObject({
      category: 'admin',
      visibility: 'external',
      permission: 'member',
    });
    expect(resolveNames({ event: 'comment_mentioned', outcome })).toMatchObject({ visibility: 'external', permission: 'targeted' });
    expect(resolveNames({ event_type: 'sync.force', outcome })).toMatchObject({ visibility: 'internal', permission: 'admin' });
  });

  it('when the category is unknown, then the fewest may see it', () => {
    expect(resolveNames({ event_type: 'acme.thing', outcome })).toMatchObject({
      category: null,
      visibility: 'external_audit_log',
      permission: 'admin',
    });
  });
});

describe('what the entry says itself', () => {
  it('when every word is given, then none is taken from the vocabulary', () => {
    const said = {
      event_type: 'file.create',
      event: 'comment_created',
      category: 'compliance',
      severity: 'critical',
      action: 'imported',
      current_category: 'apps',
      sub_category: 'transfer',
      visibility: 'internal',
      permission: 'targeted',
      notification: 'alert',
      activity: ['cloudsync', 'storage:fil_9'],
    } as const;
    expect(resolveNames({ ...said, outcome, share_id: 'shr_1' })).toEqual(said);
  });

  it('when category and severity are UPPER case, then they come out lower', () => {
    expect(resolveNames({ event_type: 'acme.thing', category: 'FILE_ACCESS', severity: 'WARNING', outcome })).toMatchObject({
      category: 'file_access',
      severity: 'warning',
    });
  });

  it('when the activity is given empty, then nothing is touched', () => {
    expect(resolveNames({ event_type: 'file.create', outcome, resource_id: 'fil_1', activity: [] }).activity).toEqual([]);
  });

  it('when both names are given, then each decides about its own dialect', () => {
    expect(resolveNames({ event_type: 'file.create', event: 'comment_created', outcome, share_id: 'shr_1' })).toMatchObject({
      event_type: 'file.create',
      action: 'create',
      event: 'comment_created',
      sub_category: 'comments',
    });
  });
});

describe('custom names', () => {
  it('when a v1 name is unknown, then /current shows it with underscores, in the place where it happened', () => {
    expect(resolveNames({ event_type: 'acme.invoice.paid', category: 'admin', outcome, workspace_id: 'wks_1' })).toEqual({
      event_type: 'acme.invoice.paid',
      event: 'acme_invoice_paid',
      category: 'admin',
      severity: 'info',
      action: 'paid',
      current_category: 'workspace',
      sub_category: 'settings',
      visibility: 'external_audit_log',
      permission: 'admin',
      notification: 'none',
      activity: ['settings'],
    });
  });

  it('when a /current name is unknown, then its first word becomes the v1 area', () => {
    const words = resolveNames({ event: 'invoice_paid_late', category: 'sharing', outcome });
    expect(words).toMatchObject({ event_type: 'invoice.paid_late', event: 'invoice_paid_late', action: 'paid_late' });
    expect(resolveNames({ event: 'ping', outcome }).event_type).toBe('ping');
    expect(resolveNames({ event: '_ping', outcome }).event_type).toBe('_ping');
    expect(resolveNames({ event: 'ping_', outcome }).event_type).toBe('ping_');
  });

  it('when neither name is known and no category is given, then the category is null', () => {
    expect(resolveNames({ event_type: 'acme.thing', event: 'acme_thing', outcome }).category).toBeNull();
  });

  it('when one of two names is known, then it speaks for both', () => {
    expect(resolveNames({ event_type: 'acme.upload', event: 'workspace_storage_file_added', outcome })).toMatchObject({
      event_type: 'acme.upload',
      category: 'file_modification',
      action: 'create',
      sub_category: 'storage',
    });
    expect(resolveNames({ event_type: 'file.create', event: 'acme_upload', outcome, share_id: 'shr_1' })).toMatchObject({
      event: 'acme_upload',
      category: 'file_modification',
      current_category: 'share',
      sub_category: 'storage',
    });
  });

  it('when a name is a known one of the other family in another spelling, then its words apply', () => {
    expect(resolveNames({ event_type: 'comment.created', outcome })).toMatchObject({
      event_type: 'comment.created',
      event: 'comment_created',
      category: 'file_modification',
    });
    expect(resolveNames({ event: 'file_create', outcome, share_id: 'shr_1' })).toMatchObject({
      event_type: 'file.create',
      event: 'file_create',
      category: 'file_modification',
      current_category: 'share',
    });
  });

  it('when a name is a word of every object, then it is a custom name like any other', () => {
    expect(resolveNames({ event_type: 'constructor', outcome })).toMatchObject({ category: null, event: 'constructor' });
    expect(resolveNames({ event: '__proto__', outcome }).category).toBeNull();
  });

  it('when the name is any text, then every word is there and the name given is kept', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        const byV1 = resolveNames({ event_type: name, category: 'admin', outcome });
        const byCurrent = resolveNames({ event: name, category: 'admin', outcome });
        expect([byV1.event_type, byCurrent.event]).toEqual([name, name]);
        for (const words of [byV1, byCurrent]) {
          expect([words.event_type, words.event, words.action]).not.toContain('');
          expect(words.category).toBe('admin');
        }
      }),
    );
  });

  it('when there is no name at all, then it fails loudly', () => {
    expect(() => resolveNames({ outcome })).toThrow('event_type');
  });
});

describe('activity', () => {
  it.each([
    ['file.create', ['storage:id_1']],
    ['share.member_added', ['member:usr_1']],
    ['comment.create', ['comments:id_1']],
    ['metadata.kv_update', ['metadata:id_1']],
    ['ai.chat_message', ['ai_chat:id_1']],
    ['upload.complete', ['upload:id_1']],
    ['preview.ready', ['preview:id_1']],
    ['share.update', ['settings']],
    ['file.download', []],
    ['auth.login', []],
  ])('when %s comes in, then it touches %j', (name, activity) => {
    expect(resolveNames({ event_type: name, outcome, resource_id: 'id_1', target_user_id: 'usr_1' }).activity).toEqual(activity);
  });

  it('when the id is missing, then the bare key is touched', () => {
    expect(resolveNames({ event_type: 'file.create', outcome }).activity).toEqual(['storage']);
    expect(resolveNames({ event_type: 'share.member_added', outcome }).activity).toEqual(['members']);
  });

  it('when a custom name carries a change, then storage or settings are touched', () => {
    const entry = { event_type: 'acme.sync', category: 'admin', outcome, resource_id: 'id_1', change_type: 'updated' } as const;
    expect(resolveNames({ ...entry, resource_type: 'folder' }).activity).toEqual(['storage:id_1']);
    expect(resolveNames({ ...entry, resource_type: 'share' }).activity).toEqual(['settings']);
  });

  it('when a custom name only reads a file, then nothing is touched', () => {
    expect(resolveNames({ event_type: 'acme.peek', category: 'file_access', outcome, resource_id: 'id_1' }).activity).toEqual([]);
  });

  it('when a caller changes what it was given, then the next entry is not affected', () => {
    resolveNames({ event_type: 'share.update', outcome }).activity.push('storage');
    expect(resolveNames({ event_type: 'share.update', outcome }).activity).toEqual(['settings']);
  });
});
