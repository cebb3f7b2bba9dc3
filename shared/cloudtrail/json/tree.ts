import {
  closeBrace,
  closeBracket,
  colonEnd,
  comma,
  openBrace,
  openBracket,
  quote,
  scalarEnd,
  skipBlanks,
  stringEnd,
} from './bytes.ts';

/**
 * Where every value of a valid JSON text lies, in the order of the text: the children of a value follow it, and `after` is
 * the index behind the last of them. Found in one pass, so that nothing that looks at the tree reads the text again.
 */
export interface JsonTree {
  /** Where the member begins: its key's quote, or the value itself in a list. */
  from: Int32Array;
  start: Int32Array;
  end: Int32Array;
  after: Int32Array;
}

/** As many values as an ordinary text of this length has; more make the arrays longer. */
const bytesPerValue = 16;

/** `at` is where the value begins. */
export function treeOf(bytes: Uint8Array, at: number): JsonTree {
  let room = Math.floor(bytes.length / bytesPerValue) + 16;
  const tree: JsonTree = {
    from: new Int32Array(room),
    start: new Int32Array(room),
    end: new Int32Array(room),
    after: new Int32Array(room),
  };
  const open: number[] = [];
  let count = 0;
  let member = at;
  for (;;) {
    const node = count++;
    if (node === room) {
      room *= 2;
      grow(tree, room);
    }
    const first = bytes[at] ?? 0;
    tree.from[node] = member;
    tree.start[node] = at;
    if (first === openBrace || first === openBracket) {
      open.push(node);
      at = skipBlanks(bytes, at + 1);
    } else {
      at = first === quote ? stringEnd(bytes, at + 1) : scalarEnd(bytes, at);
      tree.end[node] = at;
      tree.after[node] = count;
      at = skipBlanks(bytes, at);
    }
    while (open.length > 0 && (bytes[at] === closeBrace || bytes[at] === closeBracket)) {
      const closed = open.pop() ?? 0;
      tree.end[closed] = ++at;
      tree.after[closed] = count;
      at = skipBlanks(bytes, at);
    }
    const parent = open.at(-1);
    if (parent === undefined) return tree;
    if (bytes[at] === comma) at = skipBlanks(bytes, at + 1);
    member = at;
    if (bytes[tree.start[parent] ?? 0] === openBrace) at = colonEnd(bytes, stringEnd(bytes, at + 1));
  }
}

function grow(tree: JsonTree, room: number): void {
  for (const name of ['from', 'start', 'end', 'after'] as const) {
    const larger = new Int32Array(room);
    larger.set(tree[name]);
    tree[name] = larger;
  }
}
