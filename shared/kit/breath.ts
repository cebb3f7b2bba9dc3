/** Longer than this nobody works without letting the event loop turn: heartbeats, uploads and other files wait meanwhile. */
const longestMs = 10;

let turnBegan: number | undefined;

/**
 * Whether this turn of the event loop has lasted too long: who works in pieces that need not wait for anything asks between
 * two of them, and awaits the next turn then. The turn is everybody's, so many who work side by side share one measure.
 */
export function turnIsLong(): boolean {
  const now = performance.now();
  if (turnBegan === undefined) {
    turnBegan = now;
    setImmediate(() => {
      turnBegan = undefined;
    });
  }
  return now - turnBegan >= longestMs;
}

/** Lets the event loop turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
