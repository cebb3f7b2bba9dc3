import { readFileSync } from 'node:fs';
import { parseCommand, refuseUsage } from '../cli/commandLine.ts';
import { plan } from './simulate/model.ts';
import { askedBy, flags, validatedBy } from './simulate/options.ts';
import { renderComparisons, renderPlan, renderTimeline } from './simulate/render.ts';
import { simulate } from './simulate/timeline.ts';
import { compare } from './simulate/validate.ts';
import { endedWell } from './simulate/verdict.ts';

const { values } = parseCommand({
  name: 'simulate',
  summary: 'Says on paper what a deployment carries, needs, adds in time and costs, and plays a day of it.',
  options: flags,
  notes:
    'docs/capacity.md explains the model. Nothing is measured and nothing is contacted.\nExit codes: 0 it keeps up, loses no message to the retention and catches up with a disturbance in the\nsimulated time (with --validate: the model is near all five figures), 1 not so, 2 wrong usage.',
});

/** Moments reported of a simulated time. */
const moments = 24;

const validated = orRefused(() => validatedBy(values));
if (validated === undefined) {
  const { disturbance, prices, scenario, seconds } = orRefused(() => askedBy(values));
  const found = plan(scenario, prices);
  const momentSeconds = Math.max(1, Math.ceil(seconds / moments));
  const timeline = await simulate({
    scenario,
    seconds,
    momentSeconds,
    ...(disturbance === undefined ? {} : { disturbance }),
  });
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...found, prices, disturbance, timeline })}\n`
      : `${renderPlan(found, prices)}\n${renderTimeline(timeline, scenario.sources, disturbance)}`,
  );
  process.exitCode = found.keepsUp && endedWell(timeline, disturbance) ? 0 : 1;
} else {
  const comparisons = orRefused(() => compare(readFileSync(validated, 'utf8')));
  process.stdout.write(values.json ? `${JSON.stringify({ comparisons })}\n` : renderComparisons(comparisons));
  process.exitCode = comparisons.every(({ isWithin }) => isWithin) ? 0 : 1;
}

/** What is wrong with what was typed, or with the file: exit code 2. */
function orRefused<Answer>(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) {
      return refuseUsage('simulate', error.message);
    }
    throw error;
  }
}
