import { describe, expect, it } from 'vitest';
import {
  firstPlace,
  isTrailFolder,
  type Place,
  placesBelow,
  type WantedFolders,
} from '../../../../shared/cloudtrail/listing/places.ts';

/** Looks into every place of a bucket with these keys, one level after the other, and counts the looks. */
function foundIn(keys: readonly string[], prefix?: string, wanted?: WantedFolders) {
  const folders: string[] = [];
  let looks = 0;
  for (let places: readonly Place[] = [firstPlace(prefix)]; places.length > 0; ) {
    folders.push(...places.filter(isTrailFolder).map((place) => place.prefix));
    places = places
      .filter((place) => !isTrailFolder(place))
      .flatMap((place) => {
        looks += 1;
        return placesBelow(place, levelOf(keys, place.prefix), wanted);
      });
  }
  return { folders, looks };
}

function levelOf(keys: readonly string[], prefix: string): readonly string[] {
  const below = keys.filter((key) => key.startsWith(prefix) && key.indexOf('/', prefix.length) !== -1);
  return [...new Set(below.map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1)))].sort();
}

const file = (folder: string): string => `${folder}/2026/11/01/x_CloudTrail_eu-west-1_20261101T0005Z_a.json.gz`;

describe('places', () => {
  it.each([
    ['a single account', undefined, 'AWSLogs/111111111111/CloudTrail/eu-west-1', 4],
    ['an organisation', undefined, 'AWSLogs/o-abcdefghij/111111111111/CloudTrail/eu-west-1', 5],
    ['Control Tower', undefined, 'o-abcdefghij/AWSLogs/o-abcdefghij/111111111111/CloudTrail/eu-west-1', 6],
    ['an older Control Tower', undefined, 'o-abcdefghij/AWSLogs/111111111111/CloudTrail/eu-west-1', 5],
    ['a prefix', 'team/audit', 'team/audit/AWSLogs/111111111111/CloudTrail/eu-west-1', 3],
    ['a prefix written with a slash', 'team/audit/', 'team/audit/AWSLogs/111111111111/CloudTrail/eu-west-1', 3],
    ['Insights', undefined, 'AWSLogs/111111111111/CloudTrail-Insight/eu-west-1', 4],
    ['network activity', undefined, 'AWSLogs/111111111111/CloudTrail-NetworkActivity/us-gov-west-1', 4],
  ])('finds %s', (_, prefix, folder, looks) => {
    expect(foundIn([file(folder)], prefix)).toEqual({ folders: [`${folder}/`], looks });
  });

  it('leaves digests, aggregated events, other services and unknown folders alone', () => {
    const keys = [
      'AWSLogs/111111111111/CloudTrail-Digest/eu-west-1',
      'AWSLogs/111111111111/CloudTrail-Aggregated/eu-west-1',
      'AWSLogs/111111111111/vpcflowlogs/eu-west-1',
      'AWSLogs/111111111111/CloudTrail/a folder of mine',
      'athena/results/eu-west-1',
      'o-short/AWSLogs/111111111111/CloudTrail/eu-west-1',
    ].map(file);
    expect(foundIn(keys).folders).toEqual([]);
  });

  it('looks into wanted accounts and regions only', () => {
    const keys = ['111111111111', '222222222222'].flatMap((account) =>
      ['eu-west-1', 'us-east-1'].map((region) => file(`AWSLogs/${account}/CloudTrail/${region}`)),
    );
    expect(foundIn(keys, undefined, { accounts: ['222222222222'], regions: ['us-east-1'] })).toEqual({
      folders: ['AWSLogs/222222222222/CloudTrail/us-east-1/'],
      looks: 4,
    });
  });
});
