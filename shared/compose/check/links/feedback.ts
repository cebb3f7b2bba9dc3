import type { EventSelectors } from '../../../aws/cloudtrail/trails.ts';

/**
 * True when the trail records the reading of its own bucket's objects. Each log file that is read is then an event, and
 * events make log files. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
export function readsLogBucket({ AdvancedEventSelectors, EventSelectors }: EventSelectors, bucket: string): boolean {
  const object = `:::${bucket}/`;
  const basic = (EventSelectors ?? []).some(({ DataResources }) =>
    (DataResources ?? []).some(
      ({ Type, Values }) => Type === 'AWS::S3::Object' && (Values ?? []).some((value) => covers(value, object)),
    ),
  );
  return basic || (AdvancedEventSelectors ?? []).some(({ FieldSelectors }) => selects(FieldSelectors, object));
}

type FieldSelectors = NonNullable<EventSelectors['AdvancedEventSelectors']>[number]['FieldSelectors'];

function selects(fields: FieldSelectors, object: string): boolean {
  const of = (name: string) => fields.filter(({ Field }) => Field === name);
  if (!of('resources.type').some(({ Equals = [] }) => Equals.includes('AWS::S3::Object'))) return false;
  if (of('readOnly').some(({ Equals = [] }) => Equals.includes('false'))) return false;
  return of('resources.ARN').every(({ Equals, StartsWith, NotStartsWith = [], NotEquals: _ }) => {
    if (NotStartsWith.some((value) => covers(value, object))) return false;
    const wanted = [...(Equals ?? []), ...(StartsWith ?? [])];
    return wanted.length === 0 || wanted.some((value) => covers(value, object));
  });
}

/** `arn:aws:s3` is every object; `arn:aws:s3:::bucket/` all of one bucket; a longer one, some of it. */
function covers(value: string, object: string): boolean {
  const rest = value.replace(/^arn:[a-z-]+:s3/, '');
  return object.startsWith(rest) || rest.startsWith(object);
}
