import type { BucketReads } from '../../../aws/s3/bucketReads.ts';

/** A bucket has many accounts and regions; a few tell whether log files lie where they are looked for. */
const mostTried = 4;

/**
 * Walks down a bucket to one of the newest log files of CloudTrail; undefined when there is none where it writes them:
 * `[prefix/]AWSLogs/[o-.../]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/`. About ten requests.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
 */
export async function newestLogFile(
  buckets: Pick<BucketReads, 'level'>,
  bucket: string,
  region: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folders = async (prefix: string) => (await buckets.level(bucket, prefix, signal)).folders;

  const trailFolder = async (root: string): Promise<string | undefined> => {
    const below = await folders(root);
    for (const folder of below.slice(-mostTried).reverse()) {
      const name = folder.slice(root.length);
      if (/^o-[a-z0-9]+\/$/.test(name)) {
        const found = await trailFolder(folder);
        if (found !== undefined) return found;
      } else if ((await folders(folder)).includes(`${folder}CloudTrail/`)) {
        return `${folder}CloudTrail/`;
      }
    }
    return undefined;
  };

  for (const root of await rootsOf(folders)) {
    const trail = await trailFolder(root);
    if (trail === undefined) continue;
    const regions = await folders(trail);
    let place = regions.find((one) => one === `${trail}${region}/`) ?? regions.at(-1);
    // Year, month, day: the names are numbers of one length, so that the last is the newest.
    for (let depth = 0; depth < 3 && place !== undefined; depth++) place = (await folders(place)).at(-1);
    if (place === undefined) continue;
    const key = (await buckets.level(bucket, place, signal)).keys.findLast((one) => one.endsWith('.json.gz'));
    if (key !== undefined) return key;
  }
  return undefined;
}

/** Every `AWSLogs/` at the top of the bucket, or one or two folders below. */
async function rootsOf(folders: (prefix: string) => Promise<readonly string[]>): Promise<readonly string[]> {
  const roots: string[] = [];
  let level: readonly string[] = [''];
  for (let depth = 0; depth < 3 && roots.length === 0; depth++) {
    const below = (await Promise.all(level.slice(0, mostTried).map((prefix) => folders(prefix)))).flat();
    roots.push(...below.filter((folder) => /(?:^|\/)AWSLogs\/$/.test(folder)));
    level = below;
  }
  return roots;
}
