/** Longer than this nobody works without letting the event loop turn: heartbeats, uploads and other files wait meanwhile. */
const longestMs = 10;

let turnBegan: number | undefined;

/**
 * Lets the event loop turn when this turn has lasted too long: whatever works in pieces that need not wait for anything
 * awaits it between two of them. The turn is everybody's, so many who work side by side share one measure.
 */
export async function breathe(): Promise<void> {
  const now = performance.now();
  if (turnBegan === undefined) {
    turnBegan = now;
    setImmediate(() => {
      turnBegan = undefined;
    });
  }
  if (now - turnBegan >= longestMs) await new Promise((resolve) => setImmediate(resolve));
}
