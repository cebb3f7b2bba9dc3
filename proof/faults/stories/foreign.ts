import { deadAmong, feedBesideTrouble, type Lag } from './besideTrouble.ts';
import { expectAllThereOnce, inStoryWorld } from './inStoryWorld.ts';
import type { Story } from './story.ts';
import { type StoryWorld, startStoryWorld } from './storyWorld.ts';

const minutes = 60;
const filesAMinute = 20;
const foreignAMinute = 300;
const worlds = { seed: 'foreign', maxReceiveCount: 5, mostRecords: 10_000 };

/** A bucket that also takes access logs, Config's snapshots and the like announces fifteen of them for each log file. */
export const foreign: Story = {
  summary: "300 notifications a minute about other services' files beside 20 log files a minute, for an hour",
  async tell() {
    const without = await lagWithoutTrouble();
    return await inStoryWorld(worlds, async (world, expect) => {
      const fed = await feedBesideTrouble(world, {
        minutes,
        filesAMinute,
        trouble: async (minute) => announceForeign(world, minute),
      });
      const lag = fed.lag();
      expect(
        lag.median <= 2 * without.median + 1,
        `half of the log files took more than ${lag.median} s, ${without.median} s when alone`,
      );
      expect(
        lag.longest <= 2 * without.longest + 60,
        `a log file took ${lag.longest} s, ${without.longest} s when alone`,
      );
      expect(deadAmong(world, fed.healthy) === 0, 'messages of log files are dead');
      const reads = world.clouds.aws.stats().requests['s3:GetObject'] ?? 0;
      expect(reads <= fed.healthy.length, `${reads} objects were read for ${fed.healthy.length} log files`);
      expect(
        (world.events['object-skipped'] ?? 0) === minutes * foreignAMinute,
        'not every foreign object was counted',
      );
      return {
        'log files': fed.healthy.length,
        'foreign notifications': minutes * foreignAMinute,
        'median lag in seconds': lag.median,
        'longest lag in seconds': lag.longest,
        'median lag when alone': without.median,
        'longest lag when alone': without.longest,
        ...(await expectAllThereOnce(world, expect)),
      };
    });
  },
};

async function lagWithoutTrouble(): Promise<Lag> {
  const world = await startStoryWorld(worlds);
  try {
    return (await feedBesideTrouble(world, { minutes, filesAMinute, trouble: async () => undefined })).lag();
  } finally {
    await world.stop();
  }
}

function announceForeign({ clouds: { aws } }: StoryWorld, minute: number): void {
  const bodies = Array.from({ length: foreignAMinute }, (_, index) => {
    const number = (minute * foreignAMinute + index).toString(16).toUpperCase().padStart(16, '0');
    const keys = [
      `access-logs/2026-11-01-00-05-00-${number}`,
      `AWSLogs/222222222222/Config/eu-central-1/2026/11/1/ConfigSnapshot/222222222222_Config_eu-central-1_ConfigSnapshot_20261101T000500Z_${number}.json.gz`,
      `AWSLogs/222222222222/elasticloadbalancing/eu-central-1/2026/11/01/222222222222_elasticloadbalancing_eu-central-1_app.x.${number}_20261101T0005Z_10.0.0.1_x.log.gz`,
    ];
    const s3 = { bucket: { name: aws.bucket }, object: { key: keys[index % keys.length], size: 1234 } };
    return JSON.stringify({
      Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3 }],
    });
  });
  aws.announce(bodies);
}
