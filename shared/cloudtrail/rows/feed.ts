import type { RowBody } from './body.ts';
import type { FeedResult, RowStream } from './engine.ts';

/**
 * Feeds one piece to a stream. Stops whenever the body is full: whoever iterates empties it, or has `body` answer
 * another, before it goes on. @throws what the stream throws
 */
export function* feedPiece(stream: RowStream, piece: Uint8Array, body: () => RowBody): Generator<'body-full', void> {
  yield* untilFed(stream.feed(piece, body()), stream, body);
}

/** Ends a stream in the same way. @throws what the stream throws */
export function* feedEnd(stream: RowStream, body: () => RowBody): Generator<'body-full', void> {
  yield* untilFed(stream.end(body()), stream, body);
}

function* untilFed(first: FeedResult, stream: RowStream, body: () => RowBody): Generator<'body-full', void> {
  for (let result = first; result !== 'fed'; result = stream.resume(body())) yield result;
}
