// Does the same to many things, a few at a time; the first failure lets none begin after it.

export async function inParallel<Item>(items: readonly Item[], { atOnce, work }: { readonly atOnce: number; work(item: Item): Promise<void> }): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  for (const outcome of lanes) if (outcome.status === 'rejected') throw outcome.reason;
}
