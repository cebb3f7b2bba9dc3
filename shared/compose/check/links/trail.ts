import { NotTold } from '../../../aws/answers/notTold.ts';
import type { EventSelectors, Trail, TrailStatus } from '../../../aws/cloudtrail/trails.ts';
import { type Finding, failure, type Link, notVerifiable, ok, warning } from '../link.ts';
import type { SourceLook } from '../sourceLook.ts';
import { readsLogBucket } from './feedback.ts';

/** The trails that write to the buckets of the source: do they write, and everything? */
export function trailLink({ name, parts, settings, found }: SourceLook): Link {
  const { allowedBuckets, queueRegion, roleArn } = settings;
  return {
    name: name('trail'),
    needs: [name('target role')],
    run: async (signal) => {
      try {
        const all = await parts().trails.describe(queueRegion, signal);
        const trails = all.filter(
          ({ S3BucketName: bucket }) => bucket !== undefined && allowedBuckets.includes(bucket),
        );
        found.trails = trails;
        for (const { S3BucketName: bucket = '', S3KeyPrefix: prefix = '' } of trails) {
          found.prefixes.set(bucket, prefix === '' ? '' : `${prefix}/`);
        }
        const [first] = trails;
        if (first === undefined) return noTrail(allowedBuckets);
        const findings: Finding[] = [];
        for (const trail of trails) findings.push(...statusFindings(trail, await parts().trails.status(trail, signal)));
        return findings.find(({ status }) => status === 'failure') ?? findings[0] ?? ok(`${namesOf(trails)}: logging`);
      } catch (error) {
        if (error instanceof NotTold) return notTold(error, roleArn);
        throw error;
      }
    },
  };
}

/** What the trails record: is it enough, and not too much? */
export function selectorsLink({ name, parts, settings, found }: SourceLook): Link {
  return {
    name: name('event selectors'),
    needs: [name('target role')],
    run: async (signal) => {
      const { trails } = found;
      if (trails.length === 0) return noTrail(settings.allowedBuckets);
      try {
        const findings: Finding[] = [];
        for (const trail of trails) {
          findings.push(...selectorFindings(trail, await parts().trails.selectors(trail, signal)));
        }
        return findings[0] ?? ok(`${namesOf(trails)}: no events of the log buckets themselves`);
      } catch (error) {
        if (error instanceof NotTold) return notTold(error, settings.roleArn);
        throw error;
      }
    },
  };
}

function statusFindings(trail: Trail, { IsLogging, LatestDeliveryError: error }: TrailStatus): readonly Finding[] {
  const arn = trail.TrailARN ?? 'the trail';
  const command = (action: string): string => `Run: aws cloudtrail ${action} --name ${arn}`;
  const findings: Finding[] = [];
  if (IsLogging === false) findings.push(failure('trail-stopped', `${arn} does not log`, command('start-logging')));
  if (error !== undefined && error !== '') {
    const detail = `${arn} cannot deliver its log files: ${error}`;
    const remedy = `Let cloudtrail.amazonaws.com write to the bucket ${trail.S3BucketName} and use its key, in their policies.`;
    findings.push(failure('trail-delivery-error', detail, remedy));
  }
  if (trail.LogFileValidationEnabled === false) {
    const detail = `${arn} writes no digest files: nobody could prove that log files were not changed`;
    findings.push(warning('validation-off', detail, command('update-trail --enable-log-file-validation')));
  }
  if (trail.IsMultiRegionTrail === false) {
    const detail = `${arn} records one region only: what happens in others is not seen`;
    findings.push(warning('trail-one-region', detail, command('update-trail --is-multi-region-trail')));
  }
  return findings;
}

function selectorFindings(trail: Trail, selectors: EventSelectors): readonly Finding[] {
  const arn = trail.TrailARN ?? 'the trail';
  const bucket = trail.S3BucketName ?? '';
  if (readsLogBucket(selectors, bucket)) {
    const fields = `{"Field":"resources.ARN","NotStartsWith":["arn:aws:s3:::${bucket}/"]}`;
    return [
      warning(
        'feedback-loop',
        `${arn} records every reading of an object in ${bucket}: each log file that is read makes new events, without end`,
        `Add ${fields} to the selector of S3 data events (aws cloudtrail put-event-selectors --trail-name ${arn} --advanced-event-selectors ...).`,
      ),
    ];
  }
  if (!recordsManagement(selectors)) {
    const detail = `${arn} records no management events: sign-ins and changes of permissions are not seen`;
    return [warning('no-management-events', detail, 'Add management events to the event selectors of a trail.')];
  }
  return [];
}

/** A trail without selectors records them. */
function recordsManagement({ AdvancedEventSelectors: advanced, EventSelectors: basic }: EventSelectors): boolean {
  const isListed = (advanced ?? []).some(({ FieldSelectors }) =>
    FieldSelectors.some(({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.includes('Management')),
  );
  if ((advanced ?? []).length > 0) return isListed;
  return (basic ?? []).length === 0 || (basic ?? []).some((one) => one.IncludeManagementEvents !== false);
}

function noTrail(buckets: readonly string[]): Finding {
  return notVerifiable(
    'no-trail-seen',
    `no trail that the account of the role sees writes to ${buckets.join(', ')}`,
    'Nothing is wrong if the trail belongs to another account; look at it there.',
  );
}

function notTold({ action, message }: NotTold, roleArn: string): Finding {
  const remedy = `To have it looked at, allow ${action} on * to ${roleArn} (statement CheckTrails of infra/aws/connector.yaml).`;
  return notVerifiable('trail-not-told', message, remedy);
}

function namesOf(trails: readonly Trail[]): string {
  return trails.map(({ TrailARN }) => TrailARN).join(', ');
}
