// The sentence of every /current name, the params it needs, and their values from an entry.
import { describe, expect, it } from '@jest/globals';
import { currentEventNames } from '../../domain/vocabulary/current-events.ts';
import { describeAttempt, describeCurrent } from '../../domain/vocabulary/describe-current.ts';
import { templateParams } from '../../domain/vocabulary/template-params.ts';
import type { TemplateEntry } from '../../domain/vocabulary/template-params.ts';

describe('the sentence of a /current name', () => {
  it.each(currentEventNames)('when the name is %s, then there is a sentence that names exactly its required params', (name) => {
    const { description, params, required_params } = describeCurrent(name);
    expect(description.trim()).not.toBe('');
    expect(description).not.toBe(name);
    expect(description).not.toContain(name);
    expect(required_params).toEqual(paramsIn(description));
    expect(params).toEqual(required_params);
  });

  it('when all sentences are compared, then no two are the same', () => {
    const sentences = currentEventNames.map((name) => describeCurrent(name).description);
    expect(new Set(sentences).size).toBe(sentences.length);
  });

  it('when a file was added, then the row is rendered as a success inside its folder', () => {
    expect(describeCurrent('workspace_storage_file_added')).toEqual({
      description: '{calling_user_name} added {filename}',
      params: ['calling_user_name', 'filename'],
      severity: 'success',
      requires_parent_node: true,
      required_params: ['calling_user_name', 'filename'],
      notification: 'none',
    });
  });

  it('when the name is custom, then it still gets a sentence that is not its name', () => {
    expect(describeCurrent('acme_invoice_paid')).toEqual({
      description: '{calling_user_name} reported: acme invoice paid',
      params: ['calling_user_name'],
      severity: 'info',
      requires_parent_node: false,
      required_params: ['calling_user_name'],
      notification: 'none',
    });
  });

  it('when a custom name has braces or nothing readable in it, then no param appears from it', () => {
    expect(paramsIn(describeCurrent('odd_{filename}').description)).toEqual(['calling_user_name']);
    expect(describeCurrent('___').description).toBe('{calling_user_name} did something');
  });

  it('when it was refused or failed, then the sentence does not claim that it happened', () => {
    expect(describeAttempt({ event: 'share_deleted', outcome: 'denied' }).description).toMatch(/^Was refused: /);
    expect(describeAttempt({ event: 'share_deleted', outcome: 'failure' }).description).toMatch(/^Did not succeed: /);
    expect(describeAttempt({ event: 'acme_thing', outcome: 'denied' }).description).toMatch(/^Was refused: /);
    expect(describeAttempt({ event: 'share_deleted', outcome: 'success' })).toEqual(describeCurrent('share_deleted'));
  });

  it('when the sentence tells the outcome itself, then nothing is put before it', () => {
    for (const event of ['auth_login', 'authz_permission_denied', 'compliance_legal_hold_blocked_deletion', 'security_account_lockout']) {
      expect(describeAttempt({ event, outcome: 'denied' })).toEqual(describeCurrent(event));
    }
  });
});

describe('the params of an entry', () => {
  it.each(currentEventNames)('when an entry of %s says nothing, then its sentence can still be read', (name) => {
    const params = templateParams({ event: name });
    expect(Object.keys(params)).toEqual(describeCurrent(name).required_params);
    expect(filled({ event: name })).not.toMatch(/[{}]|undefined|null/);
    for (const value of Object.values(params)) expect(value).not.toBe('');
  });

  it('when details name the file, then they go before the resource name', () => {
    const entry = { event: 'workspace_storage_file_added', user_name: 'Jane Smith', resource_name: 'a.pdf' };
    expect(templateParams(entry)).toEqual({ calling_user_name: 'Jane Smith', filename: 'a.pdf' });
    expect(templateParams({ ...entry, details: { filename: 'b.pdf' } })).toMatchObject({ filename: 'b.pdf' });
  });

  it('when only a path is known, then its last part names the file', () => {
    expect(templateParams({ event: 'file_open', path: '/Engineering/spec.pdf' })).toMatchObject({ filename: 'spec.pdf' });
    const moved = { event: 'share_storage_file_moved', path: '/a/x', change: { old_path: '/a/x', new_path: '/b/y' } };
    expect(templateParams(moved)).toMatchObject({ filename: 'y', new_path: '/b/y' });
  });

  it('when the actor has no name, then the next best thing stands for it, and never a detail', () => {
    const event = 'auth_logout';
    const details = { calling_user_name: 'Mallory' };
    expect(templateParams({ event, user_email: 'j@example.com', user_id: 'usr_1', details })).toEqual({
      calling_user_name: 'j@example.com',
    });
    expect(templateParams({ event, user_id: 'usr_1', service_account: 'svc' })).toEqual({ calling_user_name: 'usr_1' });
    expect(templateParams({ event, service_account: 'svc', details })).toEqual({ calling_user_name: 'svc' });
    expect(templateParams({ event, details })).toEqual({ calling_user_name: 'The system' });
  });

  it('when the entry states outcome and address, then details do not change them', () => {
    const entry = {
      event: 'auth_login',
      outcome: 'failure',
      ip_address: '203.0.113.7',
      details: { outcome: 'success', ip_address: '::1' },
    };
    expect(templateParams(entry)).toMatchObject({ outcome: 'failure', ip_address: '203.0.113.7' });
  });

  it('when the directory knows the names, then they are used', () => {
    const entry = { event: 'added_member_to_workspace', user_name: 'Jane', target_user_id: 'usr_2', workspace_id: 'wks_1' };
    expect(filled(entry)).toBe('Jane let usr_2 into wks_1');
    expect(filled({ ...entry, target_user_name: 'Bob', workspace_name: 'Engineering' })).toBe('Jane let Bob into Engineering');
    expect(filled({ ...entry, details: { member_name: 'Bob' }, resource_type: 'workspace', resource_name: 'Design' })).toBe(
      'Jane let Bob into Design',
    );
  });

  it('when a detail is a number, then it is shown, and anything deeper is not', () => {
    expect(templateParams({ event: 'task_status_changed', details: { status: 3 } })).toMatchObject({ status: '3' });
    expect(templateParams({ event: 'task_status_changed', details: { status: { deep: 1 } } })).toMatchObject({ status: 'another status' });
  });

  it('when the name is custom, then the actor is filled in', () => {
    expect(filled({ event: 'acme_invoice_paid', user_name: 'Jane' })).toBe('Jane reported: acme invoice paid');
  });
});

function paramsIn(sentence: string): string[] {
  const found: string[] = [];
  for (const part of sentence.split('{').slice(1)) {
    const name = part.slice(0, part.indexOf('}'));
    if (!found.includes(name)) found.push(name);
  }
  return found;
}

function filled(entry: TemplateEntry): string {
  let sentence = describeCurrent(entry.event).description;
  for (const [name, value] of Object.entries(templateParams(entry))) sentence = sentence.replaceAll(`{${name}}`, value);
  return sentence;
}
