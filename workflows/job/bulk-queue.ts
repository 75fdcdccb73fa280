// The queue of work that takes minutes or hours, few at a time: exports and removals, which must hold up nothing that is short.
export const bulkTaskQueue = 'bulk';
