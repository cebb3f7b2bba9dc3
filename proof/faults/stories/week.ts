import { TableClient } from '@azure/data-tables';
import { type HeldBytes, heldBytes } from '../../../local/process/heldBytes.ts';
import { createRandom, type Random } from '../../../local/trail/random.ts';
import { type FaultName, faultKinds, faultNames, type Misfortune } from '../run/faultKinds.ts';
import { expectAllThere, inStoryWorld } from './inStoryWorld.ts';
import { dayMs, hourMs, minuteMs, type Story } from './story.ts';
import type { StoryFile, StoryWorld } from './storyWorld.ts';

const days = 7;
const everyMs = 5 * minuteMs;
const filesEveryTick = 3;
const recordsPerFile = 6;
const mostRecords = ((days * dayMs) / everyMs + 10) * filesEveryTick * recordsPerFile;

/** Those that one process without doors can meet; an answer that never comes would stop the story's clock. */
const told: readonly FaultName[] = faultNames.filter(
  (name) => !['stall', 'refuse', 'storage', 'kill', 'pause', 'terminate'].includes(name),
);

/** A week of one process, with trouble every hour: nothing is lost, and memory stays what it was. */
export const week: Story = {
  summary: 'a week of a trail with random faults in one process; memory and ledger are measured',
  tell: () =>
    inStoryWorld({ seed: 'week', maxReceiveCount: 10, mostRecords }, async (world, expect) => {
      const random = createRandom('story/week');
      const began = world.clock.now();
      const ends = began + days * dayMs;
      const held: HeldBytes[] = [];
      const delivered: StoryFile[] = [];
      let files = 0;
      let faults = 0;
      let troubleAt = began + hourMs;
      let heal = (): void => undefined;
      await world.drainWhile(async () => {
        const now = world.clock.now();
        if (held.length === 0 && now >= began + (days * dayMs) / 10) held.push(await heldBytes());
        if (now >= ends) return false;
        heal();
        heal = () => undefined;
        if (now >= troubleAt) {
          heal = inflict(world, random);
          faults += 1;
          troubleAt = now + random.below(2 * hourMs);
        }
        for (let file = 0; file < filesEveryTick; file++) {
          const made = world.makeFile(recordsPerFile);
          await world.deliver(made);
          delivered.push(made);
          files += 1;
        }
        expireOldFiles(world, delivered);
        return true;
      }, everyMs);
      heal();
      await world.drainWhile(() => !world.isQueueEmpty() && world.clock.now() < ends + dayMs, everyMs);
      held.push(await heldBytes());
      const [first = nothingHeld, last = nothingHeld] = held;
      const counts = await expectAllThere(world, expect);
      const entries = await ledgerEntries(world);
      const unknown = world.rowsOfUnknownOutcome();
      expect(
        counts.duplicated <= unknown,
        `${counts.duplicated} rows are there twice, and only ${unknown} were told of`,
      );
      expect(last.heap <= 1.1 * first.heap, `the heap grew from ${first.heap} to ${last.heap} bytes`);
      expect(inAll(last) <= 1.1 * inAll(first), `memory grew from ${inAll(first)} to ${inAll(last)} bytes`);
      expect(entries === files, `the ledger has ${entries} entries for ${files} files`);
      return {
        ...{ days, files, 'troubled times': faults },
        'heap after a tenth, MB': megabytes(first.heap),
        'heap at the end, MB': megabytes(last.heap),
        'with buffers after a tenth, MB': megabytes(inAll(first)),
        'with buffers at the end, MB': megabytes(inAll(last)),
        'ledger entries': entries,
        'dead letters': world.clouds.aws.stats().deadLetters,
        'rows of unknown outcome': unknown,
        ...counts,
      };
    }),
};

const nothingHeld: HeldBytes = { heap: 0, buffers: 0 };

function inAll({ heap, buffers }: HeldBytes): number {
  return heap + buffers;
}

/** The bucket's lifecycle rule: the embedded S3 keeps what it knows of each object in memory. */
function expireOldFiles({ clouds: { aws } }: StoryWorld, files: StoryFile[]): void {
  const mostKept = 600;
  for (const { key } of files.splice(0, files.length - mostKept)) aws.deleteLogFile(key);
}

/** Begins one misfortune; the answer ends it. */
function inflict(world: StoryWorld, random: Random): () => void {
  const { aws, identity, ingestion } = world.clouds;
  const misfortune: Misfortune = faultKinds[random.pick(told)].draw(random);
  switch (misfortune.type) {
    case 'aws': {
      const { rule } = misfortune;
      if (rule.action.kind === 'cut-body' && rule.action.how === 'stall') return () => undefined;
      const id = aws.faults.add(rule);
      return () => aws.faults.remove(id);
    }
    case 'ingestion':
    case 'identity': {
      const { faults } = misfortune.type === 'ingestion' ? ingestion : identity;
      faults.plan([misfortune.fault]);
      return () => faults.plan([]);
    }
    case 'expire-visibility':
      aws.expireVisibility();
      return () => undefined;
    default:
      return () => undefined;
  }
}

async function ledgerEntries({ clouds: { storage } }: StoryWorld): Promise<number> {
  const table = TableClient.fromConnectionString(storage.connectionString, 'ledger', { allowInsecureConnection: true });
  let entries = 0;
  for await (const _ of table.listEntities({ queryOptions: { select: ['RowKey'] } })) entries += 1;
  return entries;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}
