/** JSON that can be changed in place: scalars and keys are their own text, so that any spelling can be written. */
export type Tree = Scalar | List | Obj;
export interface Scalar {
  readonly kind: 'scalar';
  text: string;
}
export interface List {
  readonly kind: 'list';
  readonly items: Tree[];
}
export interface Obj {
  readonly kind: 'object';
  readonly members: Member[];
}
export interface Member {
  /** With its quotes. */
  key: string;
  value: Tree;
}

/** The tree of valid JSON. */
export function treeOf(json: string): Tree {
  return toTree(JSON.parse(json));
}

function toTree(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', items: value.map(toTree) };
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', text: JSON.stringify(value) };
  const members = Object.entries(value).map(([key, inside]) => ({ key: JSON.stringify(key), value: toTree(inside) }));
  return { kind: 'object', members };
}

export function copyTree(tree: Tree): Tree {
  switch (tree.kind) {
    case 'scalar':
      return { ...tree };
    case 'list':
      return { kind: 'list', items: tree.items.map(copyTree) };
    case 'object':
      return { kind: 'object', members: tree.members.map(({ key, value }) => ({ key, value: copyTree(value) })) };
  }
}

/** The text of a tree; `blank` is asked for what stands between two tokens. */
export function renderTree(tree: Tree, blank: () => string): string {
  const between = (parts: readonly string[]) => parts.join(`${blank()},${blank()}`);
  switch (tree.kind) {
    case 'scalar':
      return tree.text;
    case 'list':
      return `[${blank()}${between(tree.items.map((item) => renderTree(item, blank)))}${blank()}]`;
    case 'object': {
      const members = tree.members.map(({ key, value }) => `${key}${blank()}:${blank()}${renderTree(value, blank)}`);
      return `{${blank()}${between(members)}${blank()}}`;
    }
  }
}

/** A value with the means to put another in its place. */
export interface Place {
  readonly value: Tree;
  replace(value: Tree): void;
}

/** Every value inside a tree. */
export function placesIn(tree: Tree, found: Place[] = []): Place[] {
  if (tree.kind === 'list') {
    for (const [index, value] of tree.items.entries()) {
      found.push({ value, replace: (other) => tree.items.splice(index, 1, other) });
      placesIn(value, found);
    }
  } else if (tree.kind === 'object') {
    for (const member of tree.members) {
      const replace = (other: Tree) => {
        member.value = other;
      };
      found.push({ value: member.value, replace });
      placesIn(member.value, found);
    }
  }
  return found;
}
