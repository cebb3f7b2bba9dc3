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
 * Where every value of a valid JSON text lies, in the order of the text: the children of a value follow it. Found in one
 * pass, so that nothing that looks at the tree reads the text again. Four numbers a value, at the offsets below.
 */
export type JsonTree = Int32Array;

/** From one value to the next. */
export const nodeNumbers = 4;

/** Where the member begins (its key's quote, or the value itself in a list); where the value does, and ends. */
export const memberAt = 0;
export const startAt = 1;
export const endAt = 2;

/** The place behind the last of its children. */
export const afterAt = 3;

/** As many values as an ordinary text of this length has; more make the array longer. */
const bytesPerValue = 16;

/** `at` is where the value begins. */
export function treeOf(bytes: Uint8Array, at: number): JsonTree {
  let tree: JsonTree = new Int32Array(nodeNumbers * (Math.floor(bytes.length / bytesPerValue) + 16));
  const open: number[] = [];
  let count = 0;
  let member = at;
  for (;;) {
    const node = count;
    count += nodeNumbers;
    if (count > tree.length) tree = twice(tree);
    const first = bytes[at] ?? 0;
    tree[node] = member;
    tree[node + startAt] = at;
    if (first === openBrace || first === openBracket) {
      open.push(node);
      at = skipBlanks(bytes, at + 1);
    } else {
      at = first === quote ? stringEnd(bytes, at + 1) : scalarEnd(bytes, at);
      tree[node + endAt] = at;
      tree[node + afterAt] = count;
      at = skipBlanks(bytes, at);
    }
    while (open.length > 0 && (bytes[at] === closeBrace || bytes[at] === closeBracket)) {
      const closed = open.pop() ?? 0;
      tree[closed + endAt] = ++at;
      tree[closed + afterAt] = count;
      at = skipBlanks(bytes, at);
    }
    const parent = open[open.length - 1];
    if (parent === undefined) return tree;
    if (bytes[at] === comma) at = skipBlanks(bytes, at + 1);
    member = at;
    if (bytes[tree[parent + startAt] ?? 0] === openBrace) at = colonEnd(bytes, stringEnd(bytes, at + 1));
  }
}

function twice(tree: JsonTree): JsonTree {
  const larger = new Int32Array(2 * tree.length);
  larger.set(tree);
  return larger;
}
