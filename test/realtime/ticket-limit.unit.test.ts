// Tickets cost of the usual limit: each is a row, and a way in.
import { describe, expect, it } from '@jest/globals';
import { issueLiveTicket } from '../../api/v1/realtime/issue-ticket.route.ts';

describe('POST /api/v1/auth/tickets', () => {
  it('when a ticket is asked for, then it counts as a request that writes', () => {
    expect(issueLiveTicket.limit).toEqual({ name: 'requests', cost: 2 });
  });
});
