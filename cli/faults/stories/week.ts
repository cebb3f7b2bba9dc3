import { TableClient } from '@azure/data-tables';
import { heldBytes } from '../../../local/heldBytes.ts';
import { createRandom, type Random } from '../../../local/trail/random.ts';
import { type FaultName, faultKinds, faultNames, type Misfortune } from '../faultKinds.ts';
import { checker, dayMs, hourMs, minuteMs, type Story } from './story.ts';
import { type StoryFile, type StoryWorld, startStoryWorld } from './storyWorld.ts';

const days = 7;
const everyMs = 5 * minuteMs;
const filesEveryTick = 3;
const recordsPerFile = 6;

/** Those that one process without doors can meet; an answer that never comes would stop the story's clock. */
const told: readonly FaultName[] = faultNames.filter(
  (name) => !['stall', 'refuse', 'storage', 'kill', 'pause', 'terminate'].includes(name),
);

/** A week of one process, with trouble every hour: nothing is lost, and memory stays what it was. */
export const week: Story = {
  summary: 'a week of a trail with random faults in one process; memory and ledger are measured',
  async tell() {
    const ticks = (days * dayMs) / everyMs;
    const world = await startStoryWorld({
      seed: 'week',
      ...{ maxReceiveCount: 10, mostRecords: (ticks + 10) * filesEveryTick * recordsPerFile },
    });
    const { problems, expect } = checker();
    const random = createRandom('story/week');
    const began = world.clock.now();
    const ends = began + days * dayMs;
    const heap: number[] = [];
    const delivered: StoryFile[] = [];
    let files = 0;
    let faults = 0;
    try {
      let troubleAt = began + hourMs;
      let heal = (): void => undefined;
      await world.drainWhile(async () => {
        const now = world.clock.now();
        if (heap.length === 0 && now >= began + (days * dayMs) / 10) heap.push(await heldBytes());
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
      heap.push(await heldBytes());
      const [first = 0, last = 0] = heap;
      const tally = await world.deliveries.tally();
      const entries = await ledgerEntries(world);
      const dead = world.clouds.aws.stats().deadLetters;
      expect(tally.lost === 0, `${tally.lost} records are lost`);
      const unknown = world.rowsOfUnknownOutcome();
      expect(tally.duplicated <= unknown, `${tally.duplicated} rows are there twice, and only ${unknown} were told of`);
      expect(dead === 0, `${dead} healthy messages are in the dead-letter queue`);
      expect(world.isQueueEmpty(), 'messages are left');
      expect(last <= 1.1 * first, `the heap grew from ${first} to ${last} bytes`);
      expect(entries === files, `the ledger has ${entries} entries for ${files} files`);
      return {
        figures: {
          ...{ days, files, 'troubled times': faults },
          'heap after a tenth, MB': megabytes(first),
          'heap at the end, MB': megabytes(last),
          'ledger entries': entries,
          'dead letters': dead,
          'rows of unknown outcome': unknown,
          ...tally,
        },
        problems,
      };
    } finally {
      await world.stop();
    }
  },
};

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
