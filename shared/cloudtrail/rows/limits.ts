/** Bounds of what a record and a column may hold. */
export interface RecordLimits {
  /** A longer record becomes a stub. */
  readonly recordBytesCap: number;
  /** A record nested deeper becomes a stub; the record itself is level 1. */
  readonly depthCap: number;
  /** A longer value is shortened. */
  readonly columnBytesCap: number;
}

/** Stubs of one object with a row and a note each; all further ones share one, so that no file of nonsense becomes millions of rows. */
export const mostStubs = 100;

/**
 * CloudTrail allows 256 KB per event in a trail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html
 * The service cuts a column at 64 KB without saying whether it counts bytes or characters, so stay below either:
 * https://learn.microsoft.com/azure/azure-monitor/service-limits#custom-logs
 */
const defaults: RecordLimits = { recordBytesCap: 1024 * 1024, depthCap: 512, columnBytesCap: 64_000 };

/** @throws RangeError for a depth in which not even the objects of every record fit. */
export function recordLimits(changed: Partial<RecordLimits> = {}): RecordLimits {
  const limits = { ...defaults, ...changed };
  if (limits.depthCap < 8) throw new RangeError(`the depth cap must be at least 8; got ${limits.depthCap}`);
  return limits;
}
