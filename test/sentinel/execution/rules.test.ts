import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventTime, found, record, rowsOf, sentinelFolder } from './support.ts';

const named = (folder: string): string[] =>
  readdirSync(join(sentinelFolder, folder)).map((file) => `${folder}/${file.replace(/\.yaml$/, '')}`);

const root = {
  type: 'Root',
  arn: 'arn:aws:iam::111122223333:root',
  accountId: '111122223333',
  principalId: '111122223333',
};
const login = (over: Record<string, unknown>) =>
  record({
    ...{ eventName: 'ConsoleLogin', eventSource: 'signin.amazonaws.com', eventType: 'AwsConsoleSignIn' },
    ...{ responseElements: { ConsoleLogin: 'Success' }, additionalEventData: { MFAUsed: 'No' } },
    ...over,
  });

/** Rules of which firing and not firing is shown. All others are only shown to run. */
const shown = {
  TrailStopped: {
    fires: record({ eventName: 'StopLogging', requestParameters: { name: 'main' } }),
    staysQuiet: [
      record({ eventName: 'StopLogging', requestParameters: { name: 'main' }, errorCode: 'AccessDenied' }),
      record({ eventName: 'StartLogging', requestParameters: { name: 'main' } }),
    ],
    entities: { Actor: 'alice', ActorIp: '198.51.100.7', Trail: 'main' },
  },
  ConsoleLoginWithoutMfa: {
    fires: login({}),
    staysQuiet: [
      login({ additionalEventData: { MFAUsed: 'Yes' } }),
      login({ responseElements: { ConsoleLogin: 'Failure' } }),
      login({ userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/sso/bob' } }),
    ],
    entities: { Actor: 'alice' },
  },
  RootUsed: {
    fires: record({ userIdentity: root, eventName: 'ListBuckets' }),
    staysQuiet: [record(), record({ userIdentity: { ...root, invokedBy: 'trustedadvisor.amazonaws.com' } })],
    entities: { Actor: 'root' },
  },
  AccessKeyForAnother: {
    fires: record({ eventName: 'CreateAccessKey', requestParameters: { userName: 'bob' } }),
    staysQuiet: [
      record({ eventName: 'CreateAccessKey', requestParameters: { userName: 'Alice' } }),
      record({ eventName: 'CreateAccessKey', requestParameters: null }),
      record({ eventName: 'CreateAccessKey', requestParameters: { userName: 'bob' }, errorCode: 'AccessDenied' }),
    ],
    entities: { Actor: 'alice', Target: 'bob' },
  },
};

describe('rules and hunts', () => {
  it.each([...named('rules'), ...named('hunting')])('%s runs over mapped rows, and is refused nothing', (name) => {
    expect(() => found(name, rowsOf([record(), login({})]))).not.toThrow();
  });

  describe.each(Object.entries(shown))('%s', (name, { entities, fires, staysQuiet }) => {
    it('fires, with its entities', () => {
      expect(found(`rules/${name}`, rowsOf([record(), fires]))).toMatchObject([entities]);
    });

    it('stays quiet about what only looks alike', () => {
      expect(found(`rules/${name}`, rowsOf(staysQuiet))).toEqual([]);
    });

    it('fires about a late event when it arrives, and not again an hour and a half later', () => {
      const late = rowsOf([fires], Date.parse(eventTime) + 24 * 3_600_000);
      const arrived = Date.parse(eventTime) + 24 * 3_600_000;
      expect(found(`rules/${name}`, late, arrived + 60_000)).toHaveLength(1);
      expect(found(`rules/${name}`, late, arrived + 90 * 60_000)).toEqual([]);
    });

    it('tells an event once that two trails delivered', () => {
      expect(found(`rules/${name}`, [...rowsOf([fires]), ...rowsOf([fires])])).toHaveLength(1);
    });
  });
});
