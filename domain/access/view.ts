// The two views of a log whose length a tenant may bound: the audit log shows every entry, the change log those that carry a change.

export const views = ['audit', 'changes'] as const;
export type View = (typeof views)[number];

/** What has left a view is noted for so many seqs at once. */
export const viewPartSeqs = 50_000;
