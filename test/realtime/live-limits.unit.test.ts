// The bounds that are promised to clients, as they are when nobody sets others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { liveLimits } from '../../realtime/hub/limits.ts';
import { messageBytes } from '../../realtime/wire/message-rate.ts';

it('when nothing else is set, then pings, budgets and ends are the promised ones', () => {
  expect(liveLimits).toMatchObject({
    pingMs: 30_000,
    budgetBytes: 1024 * 1024,
    budgetFrames: 1_000,
    closeBytes: 4 * 1024 * 1024,
    stalledMs: 30_000,
    auditRooms: 20,
    connectionsPerUser: 100,
    connectionsPerTenant: 20_000,
  });
  // Expiry is looked for so often, and must be seen within a second.
  expect(liveLimits.sweepMs).toBeLessThanOrEqual(500);
  expect(messageBytes).toBeLessThanOrEqual(64 * 1024);
});

it('when a process opens its doors, then it takes them as they are', () => {
  const root = readFileSync(join(import.meta.dirname, '..', '..', 'bin', 'api.ts'), 'utf8');
  expect(root).toContain('openLive({');
  expect(root).not.toMatch(/openLive\(\{[^)]*limits/);
});
