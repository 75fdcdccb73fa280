// /current names of the work people organise beside their files: task lists, tasks, worklogs, approvals, todos.
import { currentGroup } from '../current-event.ts';

export const taskEvents = currentGroup(
  { category: 'workflow', sub_category: 'workflow' },
  {
    task_list_created: {
      v1: 'task_list.create',
      severity: 'success',
      description: '{calling_user_name} started the task list {list_name}',
    },
    task_list_updated: { v1: 'task_list.update', description: '{calling_user_name} changed the task list {list_name}' },
    task_list_deleted: {
      v1: 'task_list.delete',
      severity: 'warning',
      description: '{calling_user_name} deleted the task list {list_name}',
    },
    task_created: { v1: 'task.create', severity: 'success', description: '{calling_user_name} added the task {task_name}' },
    task_updated: { v1: 'task.update', description: '{calling_user_name} edited the task {task_name}' },
    task_deleted: { v1: 'task.delete', severity: 'warning', description: '{calling_user_name} dropped the task {task_name}' },
    task_status_changed: {
      v1: 'task.status_change',
      notification: 'badge',
      description: '{calling_user_name} set {task_name} to {status}',
    },
    task_assigned: {
      v1: 'task.assign',
      notification: 'alert',
      description: '{calling_user_name} gave the task {task_name} to {member_name}',
    },
    todo_created: { v1: 'todo.create', severity: 'success', description: '{calling_user_name} noted {todo_name} as a to-do' },
    todo_updated: { v1: 'todo.update', description: '{calling_user_name} reworded the to-do {todo_name}' },
    todo_deleted: { v1: 'todo.delete', severity: 'warning', description: '{calling_user_name} crossed out the to-do {todo_name}' },
    todo_toggled: { v1: 'todo.toggle', description: '{calling_user_name} ticked or unticked {todo_name}' },
  },
);

export const approvalEvents = currentGroup(
  { category: 'workflow', sub_category: 'workflow' },
  {
    approval_requested: {
      v1: 'approval.request',
      notification: 'alert',
      description: '{calling_user_name} asks for approval of {approval_name}',
    },
    approval_updated: { v1: 'approval.update', description: '{calling_user_name} changed the request for approval of {approval_name}' },
    approval_deleted: {
      v1: 'approval.delete',
      severity: 'warning',
      description: '{calling_user_name} withdrew the request for approval of {approval_name}',
    },
    approval_approved: {
      v1: 'approval.approve',
      severity: 'success',
      notification: 'badge',
      description: '{calling_user_name} approved {approval_name}',
    },
    approval_rejected: {
      v1: 'approval.reject',
      severity: 'danger',
      notification: 'alert',
      description: '{calling_user_name} rejected {approval_name}',
    },
  },
);

export const worklogEvents = currentGroup(
  { category: 'workflow', sub_category: 'workflow' },
  {
    worklog_entry_added: { v1: 'worklog.entry_add', description: '{calling_user_name} wrote in the worklog of {resource_name}' },
    interjection_created: {
      v1: 'interjection.create',
      severity: 'warning',
      notification: 'alert',
      description: '{calling_user_name} interrupts the work on {resource_name} and waits for an answer',
    },
    interjection_acknowledged: {
      v1: 'interjection.acknowledge',
      severity: 'success',
      description: '{calling_user_name} took note of the interjection on {resource_name}',
    },
    workflow_enabled: {
      v1: 'admin.workflow_enable',
      severity: 'success',
      activity: ['settings'],
      description: '{calling_user_name} turned workflow on for {workspace_name}',
    },
    workflow_disabled: {
      v1: 'admin.workflow_disable',
      severity: 'warning',
      activity: ['settings'],
      description: '{calling_user_name} turned workflow off for {workspace_name}',
    },
  },
);
