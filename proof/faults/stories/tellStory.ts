import { refuseUsage } from '../../../cli/commandLine.ts';
import type { Story, StoryOutcome } from './story.ts';
import { isStoryName, stories } from './storyList.ts';

/** Tells one story, or what stories there are, on standard output; answers the exit code. */
export async function tellStory(name: string, asJson: boolean): Promise<0 | 1> {
  if (name === 'list') {
    const summaries = Object.entries<Story>(stories).map(([each, { summary }]) => [each, summary] as const);
    if (asJson) print(JSON.stringify(Object.fromEntries(summaries)));
    else for (const [each, summary] of summaries) print(`${each.padEnd(11)} ${summary}`);
    return 0;
  }
  if (!isStoryName(name)) {
    return refuseUsage('faults', `--story must be list or one of ${Object.keys(stories).join(', ')}; got "${name}"`);
  }
  const story: Story = stories[name];
  const started = performance.now();
  process.stderr.write(`${name}: ${story.summary} ...\n`);
  const { figures, problems } = await story.tell();
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  const told = { figures: { ...figures, 'seconds to tell': seconds }, problems };
  print(asJson ? JSON.stringify({ story: name, ...told }) : rendered(told));
  return problems.length === 0 ? 0 : 1;
}

function rendered({ figures, problems }: StoryOutcome): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  const lines = Object.entries(figures).map(([name, figure]) => `${name.padEnd(width)}  ${figure}`);
  const verdict = problems.length === 0 ? ['every promise was kept'] : problems.map((problem) => `BROKEN: ${problem}`);
  return [...lines, ...verdict].join('\n');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
