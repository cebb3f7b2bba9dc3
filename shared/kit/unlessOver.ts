/** Waits for work to end, but no longer than until the signal aborts: what still hangs then is left to itself. */
export async function unlessOver(work: Promise<unknown>, over: AbortSignal): Promise<void> {
  if (over.aborted) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  over.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([work, ended]);
  } finally {
    over.removeEventListener('abort', end);
  }
}
