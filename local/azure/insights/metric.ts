import * as v from 'valibot';

/** One metric as it is taken. */
export interface Metric {
  readonly time: string;
  readonly role: string;
  readonly name: string;
  readonly value: number;
  readonly properties: Readonly<Record<string, string>>;
}

/** What an item must look like; lengths are those of the published description. */
const item = v.object({
  name: v.pipe(v.string(), v.minLength(1)),
  time: v.pipe(v.string(), v.isoTimestamp()),
  iKey: v.string(),
  tags: v.optional(v.record(v.string(), v.pipe(v.string(), v.maxLength(256)))),
  data: v.object({
    baseType: v.literal('MetricData'),
    baseData: v.object({
      ver: v.literal(2),
      // Of several the service keeps the first only: whoever sends more loses them.
      metrics: v.pipe(
        v.array(v.object({ name: v.pipe(v.string(), v.maxLength(1024)), value: v.pipe(v.number(), v.finite()) })),
        v.length(1),
      ),
      properties: v.optional(v.record(v.string(), v.pipe(v.string(), v.maxLength(8192)))),
    }),
  }),
});

/** An item that was sent as a metric, or what is wrong with it. */
export function readMetric(value: unknown, key: string): Metric | string {
  const read = v.safeParse(item, value);
  if (!read.success) return read.issues.map(({ message }) => message).join('; ');
  const { data, iKey, tags, time } = read.output;
  if (iKey !== key) return 'The instrumentation key is that of another resource.';
  const { metrics, properties = {} } = data.baseData;
  const [metric] = metrics;
  if (metric === undefined) return 'There is no metric.';
  return { time, role: tags?.['ai.cloud.role'] ?? '', ...metric, properties };
}
