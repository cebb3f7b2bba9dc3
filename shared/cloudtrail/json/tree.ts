import {
  closeBrace,
  closeBracket,
  colonEnd,
  comma,
  openBrace,
  openBracket,
  quote,
  skipBlanks,
  stringEnd,
} from './bytes.ts';

/**
 * Where the values of a valid JSON text lie, in the order of the text: the children of a value follow it. Found in one
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

/** What is in a container no longer than this nobody needs: it is not made shorter. */
export const closedBytes = 48;

/** As many values as an ordinary text of this length has; more make the array longer. */
const bytesPerValue = 8;

/** The array of a tree that nobody needs any more: fresh memory of megabytes costs as much as reading the text. */
let spare: JsonTree | undefined;

/** What is longer is left to the garbage collector: it is more than a record of a mebibyte needs. */
const mostSpareNumbers = 2 * 1024 * 1024;

/** Says that a tree is not needed any more. */
export function giveBack(tree: JsonTree): void {
  if (tree.length <= mostSpareNumbers && tree.length > (spare?.length ?? 0)) spare = tree;
}

/** 1 for what may follow a number, `true`, `false` or `null`, and for the end of the bytes. */
const endsScalar: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte <= 0x20 || byte === comma || byte === closeBrace || byte === closeBracket ? 1 : 0,
);

/** `at` is where the value begins. */
export function treeOf(bytes: Uint8Array, at: number): JsonTree {
  const usual = nodeNumbers * (Math.floor(bytes.length / bytesPerValue) + 16);
  let tree = spare !== undefined && spare.length >= usual ? spare : new Int32Array(usual);
  spare = undefined;
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
      if (first === quote) at = stringEnd(bytes, at + 1);
      else while (endsScalar[bytes[++at] ?? 0] === 0);
      tree[node + endAt] = at;
      tree[node + afterAt] = count;
      if ((bytes[at] ?? 0) <= 0x20) at = skipBlanks(bytes, at);
    }
    while (open.length > 0 && (bytes[at] === closeBrace || bytes[at] === closeBracket)) {
      const closed = open.pop() ?? 0;
      tree[closed + endAt] = ++at;
      if (open.length > 0 && at - (tree[closed + startAt] ?? 0) <= closedBytes) count = closed + nodeNumbers;
      tree[closed + afterAt] = count;
      if ((bytes[at] ?? 0) <= 0x20) at = skipBlanks(bytes, at);
    }
    const parent = open[open.length - 1];
    if (parent === undefined) return tree;
    if (bytes[at] === comma && (bytes[++at] ?? 0) <= 0x20) at = skipBlanks(bytes, at);
    member = at;
    if (bytes[tree[parent + startAt] ?? 0] === openBrace) at = colonEnd(bytes, stringEnd(bytes, at + 1));
  }
}

function twice(tree: JsonTree): JsonTree {
  const larger = new Int32Array(2 * tree.length);
  larger.set(tree);
  return larger;
}
