import type { DesignName } from './design.ts';

/** A design at a gzip level, on one processor or two. */
export interface Contender {
  readonly name: string;
  readonly design: DesignName | 'python';
  readonly level: number;
  readonly cores: 1 | 2;
}

/** Azure's client in JavaScript and Microsoft's in Python compress at level 6 and take no other. */
export const contenders = {
  plain: { name: 'plain', design: 'plain', level: 6, cores: 1 },
  python: { name: 'python', design: 'python', level: 6, cores: 1 },
  ours6: { name: 'ours-6', design: 'ours', level: 6, cores: 1 },
  ours3: { name: 'ours-3', design: 'ours', level: 3, cores: 1 },
  selected6: { name: 'selected-6', design: 'selected', level: 6, cores: 1 },
  limit6: { name: 'limit-6', design: 'limit', level: 6, cores: 1 },
  limit3: { name: 'limit-3', design: 'limit', level: 3, cores: 1 },
  plainOn2: { name: 'plain on 2', design: 'plain', level: 6, cores: 2 },
  ours6On2: { name: 'ours-6 on 2', design: 'ours', level: 6, cores: 2 },
  ours3On2: { name: 'ours-3 on 2', design: 'ours', level: 3, cores: 2 },
  limit6On2: { name: 'limit-6 on 2', design: 'limit', level: 6, cores: 2 },
  limit3On2: { name: 'limit-3 on 2', design: 'limit', level: 3, cores: 2 },
  rows: { name: 'rows', design: 'rows', level: 0, cores: 1 },
  plainRows: { name: 'plain rows', design: 'plain-rows', level: 0, cores: 1 },
} as const satisfies Record<string, Contender>;

export type ContenderName = keyof typeof contenders;
